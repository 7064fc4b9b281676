import path from "node:path";
import { badOption } from "../../base/errors.js";
import type { AdapterInfo, AdapterUse, FileInfo } from "../engine.js";
import type { NativeAdapterUse } from "./addon.js";

/** A LoRA adapter to load beside the model. */
export interface AdapterOption {
  /** Path of the adapter's GGUF, as llama.cpp's convert_lora_to_gguf.py writes it. */
  file: string;
  /** How strongly it acts on requests that say nothing else: 0 not at all, 1 as trained. -10..10. Defaults to `1`. */
  scale?: number | undefined;
  /** What requests call it. Defaults to the file's name without `.gguf`. */
  name?: string | undefined;
}

export interface ResolvedAdapter {
  readonly file: string;
  readonly scale: number;
  readonly name: string;
}

const MAX_ADAPTERS = 16;
const MAX_SCALE = 10;

/** @throws MedGemmaError `bad_option`. */
export function resolveAdapterOptions(adapters: unknown): ResolvedAdapter[] {
  if (adapters === undefined) return [];
  if (!Array.isArray(adapters) || adapters.length > MAX_ADAPTERS)
    throw badOption("adapters", `a list of at most ${MAX_ADAPTERS} adapters`, adapters);
  const resolved = adapters.map((adapter: unknown): ResolvedAdapter => {
    if (typeof adapter !== "object" || adapter === null)
      throw badOption("adapters", "objects {file, scale?, name?}", adapter);
    const { file, scale = 1, name } = adapter as Partial<AdapterOption>;
    if (typeof file !== "string" || file === "") throw badOption("adapters.file", "a path", file);
    checkScale(scale);
    if (name !== undefined && (typeof name !== "string" || name === ""))
      throw badOption("adapters.name", "a name", name);
    return { file, scale, name: name ?? path.basename(file).replace(/\.gguf$/i, "") };
  });
  if (new Set(resolved.map(({ name }) => name)).size < resolved.length)
    throw badOption("adapters.name", "a different one for each adapter", adapters);
  return resolved;
}

/**
 * What a request asks for, by name, as far as that can be said without knowing what is loaded.
 * @throws MedGemmaError `bad_option`.
 */
export function checkAdapterUses(adapters: unknown): void {
  if (adapters === undefined) return;
  if (!Array.isArray(adapters) || adapters.length > MAX_ADAPTERS)
    throw badOption("adapters", `a list of at most ${MAX_ADAPTERS} {name, scale?}`, adapters);
  for (const use of adapters as unknown[]) {
    const { name, scale = 1 } = (use ?? {}) as Partial<AdapterUse>;
    if (typeof name !== "string") throw badOption("adapters", "objects {name, scale?}", use);
    checkScale(scale);
  }
  if (new Set(adapters.map(({ name }: AdapterUse) => name)).size < adapters.length)
    throw badOption("adapters", "each adapter once", adapters);
}

/**
 * The adapters of one request: those it names, or all as they were loaded.
 * @throws MedGemmaError `bad_option` for a name that was not loaded.
 */
export function activeAdapters(
  loaded: readonly AdapterInfo[] = [],
  uses: readonly AdapterUse[] | undefined,
): AdapterInfo[] {
  checkAdapterUses(uses);
  const active = uses?.map(({ name, scale = 1 }) => {
    const found = loaded.find((adapter) => adapter.name === name);
    if (!found) throw badOption("adapters", `names of loaded adapters (${nameList(loaded)})`, name);
    return { ...found, scale };
  });
  return (active ?? loaded).filter(({ scale }) => scale !== 0);
}

export function toNativeAdapters(
  loaded: readonly AdapterInfo[] = [],
  uses: readonly AdapterUse[] | undefined,
): NativeAdapterUse[] {
  return activeAdapters(loaded, uses).map(({ name, scale }) => ({
    adapter: loaded.findIndex((adapter) => adapter.name === name),
    scale,
  }));
}

export function describeAdapters(
  adapters: readonly ResolvedAdapter[],
  files: readonly FileInfo[],
): AdapterInfo[] {
  return adapters.flatMap(({ name, scale }, index) => {
    const file = files[index];
    return file ? [{ name, scale, file }] : [];
  });
}

function checkScale(scale: unknown): void {
  if (typeof scale !== "number" || !(Math.abs(scale) <= MAX_SCALE))
    throw badOption("adapters.scale", `a number from -${MAX_SCALE} to ${MAX_SCALE}`, scale);
}

function nameList(loaded: readonly AdapterInfo[]): string {
  return loaded.length === 0 ? "none is" : loaded.map(({ name }) => name).join(", ");
}
