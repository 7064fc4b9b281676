import { isPhantomName } from "../../machine/phantom.js";
import type { GgufHeader } from "./gguf.js";

/** What the names in a file tell of where it comes from. The architecture is the same in all of them. */
export interface ModelKind {
  readonly family: "medgemma" | "gemma3" | "phantom" | "unknown";
  /** MedGemma's; undefined when nothing tells. */
  readonly version?: "1.0" | "1.5" | undefined;
  /** 270M, 1B, 4B, 12B, 27B: by the number of layers, or for a projector by name. */
  readonly size?: string | undefined;
  /** MedGemma 27B comes in a kind that was not trained on pictures. */
  readonly textOnly: boolean;
}

/**
 * `MedGemma 1.5`, `medgemma-1.5-4b-it`, `Medgemma 1 5 4B`, `medgemma1_5`: the number belongs to the family's name, or to
 * the size behind it. Not `medgemma-4b-lora-epoch-1-500`, whose numbers are a training's.
 */
const VERSION_1_5 = /medgemma[-_. ]*(?:\d+b[-_. ]*)?(?:(?:it|pt)[-_. ]*)?v?1[-_. ]5(?!\d)/i;

/** `medgemma-27b-text-it`, `Medgemma 27b Text It`: no other size has that kind, and of others the word says something else. */
const TEXT_27B = /27b[-_. ]*text(?![a-z])/i;

/** Keys with a name in it, of the model itself before those of what it was made from. */
const OWN_NAMES = ["general.name", "general.basename", "general.source.url", "general.source.repo_url"];
const BASE_NAMES = /^general\.base_model\.\d+\.(?:name|repo_url|url)$/;

/** All names that a header holds. */
export function namesOf({ values }: GgufHeader): string[] {
  const texts = [...values].flatMap(([key, { value }]) =>
    typeof value === "string" && (OWN_NAMES.includes(key) || BASE_NAMES.test(key)) ? [value] : [],
  );
  const version = values.get("general.version")?.value;
  const basename = values.get("general.basename")?.value;
  // llama.cpp's converter takes "medgemma-1.5-4b-it" apart.
  if (typeof version === "string" && typeof basename === "string") texts.push(`${basename}-${version}`);
  return texts;
}

/**
 * What names tell: those in the header, and the file's where the header's say too little, for files are renamed.
 * @param size By the number of layers, where that is known.
 */
export function kindOf(header: readonly string[], file: string, size?: string): ModelKind {
  const all = [...header, file];
  const family = familyOf(header) === "unknown" ? familyOf(all) : familyOf(header);
  const own = header.join("\n");
  const enough = familyOf(header) !== "unknown" && (family !== "medgemma" || sizeIn(own) !== undefined);
  const names = enough ? own : all.join("\n");
  const told = size ?? sizeIn(names);
  return {
    family,
    ...(family === "medgemma" && { version: versionIn(names) }),
    ...(told !== undefined && { size: told }),
    textOnly: family === "medgemma" && told === "27B" && all.some((name) => TEXT_27B.test(name)),
  };
}

/** The first version has no number in its names. */
function versionIn(names: string): "1.0" | "1.5" {
  return VERSION_1_5.test(names) ? "1.5" : "1.0";
}

function familyOf(names: readonly string[]): ModelKind["family"] {
  if (names.some(isPhantomName)) return "phantom";
  if (names.some((name) => /medgemma/i.test(name))) return "medgemma";
  return names.some((name) => /gemma/i.test(name)) ? "gemma3" : "unknown";
}

function sizeIn(names: string): string | undefined {
  const size = /gemma[-_. ]*(?:[\d.]+[-_. ])*?(270m|1b|4b|12b|27b)(?![a-z\d])/i.exec(names)?.[1];
  return size?.toUpperCase();
}

/** For people: "MedGemma 1.5 4B". */
export function describeKind({ family, version, size }: ModelKind): string {
  const name = {
    medgemma: `MedGemma ${version === "1.5" ? "1.5" : "1"}`,
    gemma3: "Gemma 3",
    phantom: "the phantom",
  };
  return [family === "unknown" ? "a model without a name" : name[family], size].filter(Boolean).join(" ");
}

/** Whether two files cannot be of one model, as far as their names tell. */
export function contradict(one: ModelKind, other: ModelKind): boolean {
  if (one.family === "unknown" || other.family === "unknown") return false;
  if (one.family !== other.family) return true;
  if (one.version !== other.version) return true;
  return one.size !== undefined && other.size !== undefined && one.size !== other.size;
}
