import { requireDependency } from "../machine/package.js";
import type { Dataset } from "./dataset.js";
import { TAG } from "./tags.js";
import { decodeJapanese, isJapanese } from "./text-japanese.js";

interface CharacterSets {
  convertBytes(sets: string, bytes: Uint8Array, options: { vr?: string }): string;
}

const { convertBytes } = requireDependency("@wearemothership/dicom-character-set") as CharacterSets;

/** Longest text that is decoded; names and descriptions are far shorter. */
const LONGEST = 10_240;

/**
 * Text in the data set's Specific Character Set (PS3.3 C.12.1.1.2, PS3.5 6.1).
 * Identifying, therefore only for callers who asked. The decoder fails on some valid input; Latin-1 then stands in.
 */
export function readText(dataset: Dataset, tag: string, vr: "PN" | "LO" | "SH" | "LT"): string | undefined {
  const raw = dataset.raw(tag);
  if (!raw || raw.length > LONGEST) return undefined;
  const sets = dataset.strings(TAG.specificCharacterSet).join("\\");
  return decodeText(raw, sets, vr) || undefined;
}

export function decodeText(raw: Uint8Array, sets: string, vr: string): string {
  let text: string;
  try {
    text = isJapanese(sets)
      ? decodeJapanese(raw)
      : convertBytes(sets === "" ? "ISO_IR 6" : sets, raw, { vr });
  } catch {
    text = Buffer.from(raw).toString("latin1");
  }
  return text.replace(/\0+$/, "").trim();
}

/** Who and what the study is of. Present only when `identity: true` was asked for. */
export interface Identity {
  readonly patientName?: string | undefined;
  readonly patientId?: string | undefined;
  readonly birthDate?: string | undefined;
  readonly accessionNumber?: string | undefined;
  readonly studyDate?: string | undefined;
  readonly studyDescription?: string | undefined;
  readonly seriesDescription?: string | undefined;
  readonly studyInstanceUid?: string | undefined;
  readonly seriesInstanceUid?: string | undefined;
  readonly sopInstanceUid?: string | undefined;
  readonly sopClassUid?: string | undefined;
}

export function readIdentity(dataset: Dataset): Identity {
  const entries: readonly (readonly [keyof Identity, string | undefined])[] = [
    ["patientName", readText(dataset, TAG.patientName, "PN")],
    ["patientId", readText(dataset, TAG.patientId, "LO")],
    ["birthDate", dataset.string(TAG.patientBirthDate)],
    ["accessionNumber", readText(dataset, TAG.accessionNumber, "SH")],
    ["studyDate", dataset.string(TAG.studyDate)],
    ["studyDescription", readText(dataset, TAG.studyDescription, "LO")],
    ["seriesDescription", readText(dataset, TAG.seriesDescription, "LO")],
    ["studyInstanceUid", dataset.string(TAG.studyInstance)],
    ["seriesInstanceUid", dataset.string(TAG.seriesInstance)],
    ["sopInstanceUid", dataset.string(TAG.sopInstance)],
    ["sopClassUid", dataset.string(TAG.sopClass)],
  ];
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
