import { rename, rm, rmdir } from "node:fs/promises";
import path from "node:path";
import { Callback } from "../base/callback.js";
import { badOption } from "../base/errors.js";
import { checkSignal, functionOption, readOnce, stringOption } from "../base/options.js";
import { hashAnew } from "../machine/file-hash.js";
import { listAddressedFiles } from "./catalogue/addressed.js";
import { catalogueEntries, findEntry, knownFile, readCatalogue } from "./catalogue/catalogue.js";
import { isHubAddress, parseHubAddress, partsOf, understandName } from "./catalogue/hub-address.js";
import { isAccepted } from "./catalogue/licenses.js";
import { expectedBytes, expectedMemory, filesOf, isHere, targetOf } from "./catalogue/places.js";
import { type ModelSettings, resolveSettings } from "./catalogue/settings.js";
import type { Catalogue, CatalogueEntry, CatalogueFile } from "./catalogue/types.js";
import { fileSize, partOf, readRecord, recordOf, rejectedOf } from "./download/download.js";
import { inModelsFolder, refuseLinks } from "./download/models-folder.js";

export interface ListedModel {
  readonly name: string;
  readonly title: string;
  /** `partial`: a download was begun, or the projector is missing. */
  readonly state: "here" | "partial" | "absent";
  /** Bytes of model and projector together; undefined when the catalogue does not know. */
  readonly bytes: number | undefined;
  /** Expected memory in bytes with a context of 8192 tokens. */
  readonly memory: number | undefined;
  /** Tokens the model was made for. */
  readonly contextSize: number;
  /** Whether it takes pictures. */
  readonly pictures: boolean;
  readonly license: { readonly name: string; readonly url: string; readonly accepted: boolean };
  /** Paths, where the model is here. */
  readonly model: string | undefined;
  readonly projector: string | undefined;
}

export interface VerifiedFile {
  /** The catalogue's name of the model, or the file's address. */
  readonly model: string;
  readonly file: string;
  readonly sha256: string;
  /** `unknown`: nobody has named a hash that it could be compared with. `rejected`: another one; it was put aside. */
  readonly outcome: "verified" | "unknown" | "rejected";
}

/** The catalogue, and what of it is on this machine. */
export async function listModels(settings: ModelSettings = {}): Promise<ListedModel[]> {
  const { folder, catalogue } = resolveSettings(settings);
  const entries = catalogueEntries(await readCatalogue(catalogue));
  return Promise.all(entries.map((entry) => listed(folder, entry)));
}

/** @throws MedGemmaError `model_unknown`, `catalogue_invalid`. */
export async function localModel(name: string, settings: ModelSettings = {}): Promise<ListedModel> {
  const { folder, catalogue } = resolveSettings(settings);
  const known = await readCatalogue(catalogue);
  return listed(folder, findEntry(known, understandName(known, name)));
}

async function listed(folder: string, entry: CatalogueEntry): Promise<ListedModel> {
  const { name, model, variant, projector, license, licenseId } = entry;
  const files = filesOf(entry);
  const here = await Promise.all(files.map((file) => isHere(folder, file)));
  const begun = await fileSize(partOf(targetOf(folder, variant)));
  const whole = here.every(Boolean);
  const sizes = files.map(expectedBytes);
  return {
    name,
    title: model.title,
    state: whole ? "here" : here[0] || begun !== undefined ? "partial" : "absent",
    bytes: sizes.includes(undefined) ? undefined : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0),
    memory: expectedMemory(entry),
    contextSize: model.contextSize,
    pictures: projector !== undefined,
    license: { name: license.name, url: license.url, accepted: await isAccepted(folder, licenseId) },
    model: whole ? targetOf(folder, variant) : undefined,
    projector: whole && projector !== undefined ? targetOf(folder, projector) : undefined,
  };
}

/**
 * Deletes a model's files and what is left of its downloads. A projector that another model here needs stays; a file
 * named by its address (`hf:OWNER/REPOSITORY/FILE.gguf`) goes.
 * @returns names of the files that were deleted.
 * @throws MedGemmaError `model_unknown`, `bad_option`, `catalogue_invalid`, `models_folder`.
 */
export async function removeModel(name: string, settings: ModelSettings = {}): Promise<string[]> {
  if (typeof name !== "string" || name === "") throw badOption("name", "a model's name", name);
  const { folder, catalogue: file } = resolveSettings(settings);
  const catalogue = await readCatalogue(file);
  const wanted = understandName(catalogue, name);
  if (isHubAddress(wanted)) {
    const targets = partsOf(parseHubAddress("name", wanted)).map((file) => targetOf(folder, file));
    const removed = targets.map((target) => inModelsFolder(() => removeFile(folder, target)));
    return (await Promise.all(removed)).flat();
  }
  const entry = findEntry(catalogue, wanted);
  const others = catalogueEntries(catalogue).filter((it) => it.name !== entry.name);
  const needed = new Set<string>();
  for (const other of others) {
    if (!(await isHere(folder, other.variant))) continue;
    for (const it of filesOf(other)) needed.add(targetOf(folder, it));
  }
  const removed: string[] = [];
  for (const target of filesOf(entry).map((it) => targetOf(folder, it))) {
    if (!needed.has(target)) removed.push(...(await inModelsFolder(() => removeFile(folder, target))));
  }
  return removed;
}

async function removeFile(folder: string, target: string): Promise<string[]> {
  await refuseLinks(folder, path.dirname(target));
  const removed = (await fileSize(target)) === undefined ? [] : [path.basename(target)];
  for (const leftover of [target, partOf(target), recordOf(target), rejectedOf(target), `${target}.etag`])
    await rm(leftover, { force: true });
  await removeEmpty(path.dirname(target), folder);
  return removed;
}

/** Folders of a repository that hold nothing any more, up to the models folder. */
async function removeEmpty(folder: string, top: string): Promise<void> {
  if (folder === top || !folder.startsWith(top)) return;
  const gone = await rmdir(folder).then(
    () => true,
    () => false,
  );
  if (gone) await removeEmpty(path.dirname(folder), top);
}

/**
 * Hashes the files of one model, or of all that are here, and compares. A wrong one is renamed to FILE.rejected.
 * @param name As for `pullModel`. Defaults to all, those fetched by their address too.
 * @throws MedGemmaError `model_unknown`, `bad_option`, `catalogue_invalid`, `aborted`.
 */
export async function verifyModels(
  name?: string,
  options: ModelSettings & { signal?: AbortSignal; onProgress?: (file: string, share: number) => void } = {},
): Promise<VerifiedFile[]> {
  stringOption("name", name);
  const { signal, onProgress } = readOnce("verifyModels", options);
  checkSignal(signal);
  const progress = new Callback(functionOption("onProgress", onProgress));
  const { folder, catalogue: file } = resolveSettings(options);
  const seen = new Set<string>();
  const verified: VerifiedFile[] = [];
  for (const { model, file: it } of await filesToVerify(name, await readCatalogue(file), options)) {
    const target = targetOf(folder, it);
    if (seen.has(target) || (await fileSize(target)) === undefined) continue;
    seen.add(target);
    const sha256 = await hashAnew(target, signal, (share) => progress.call(it.file, share));
    progress.check();
    verified.push({ model, file: it.file, sha256, outcome: await judge(target, it, sha256) });
  }
  return verified;
}

async function filesToVerify(
  name: string | undefined,
  catalogue: Catalogue,
  settings: ModelSettings,
): Promise<{ model: string; file: CatalogueFile }[]> {
  const addressed = (address: string) => ({
    model: address,
    file: knownFile(catalogue, parseHubAddress("name", address)),
  });
  const wanted = name && understandName(catalogue, name);
  if (wanted && isHubAddress(wanted)) return [addressed(wanted)];
  const entries = wanted ? [findEntry(catalogue, wanted)] : catalogueEntries(catalogue);
  const files = entries.flatMap((entry) => filesOf(entry).map((file) => ({ model: entry.name, file })));
  if (name !== undefined) return files;
  const others = await listAddressedFiles(settings);
  return [...files, ...others.map((other) => addressed(other.name))];
}

async function judge(target: string, file: CatalogueFile, sha256: string): Promise<VerifiedFile["outcome"]> {
  const expected = file.sha256 ?? (await readRecord(target))?.sha256;
  if (expected === undefined) return "unknown";
  if (expected === sha256) return "verified";
  await rename(target, rejectedOf(target));
  return "rejected";
}
