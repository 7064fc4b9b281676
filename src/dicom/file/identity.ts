import { decodeCharacters } from "./character-sets.js";
import type { Dataset } from "./dataset.js";
import { TAG } from "./tags.js";

/** Longest text that is decoded; names and descriptions are far shorter. */
const LONGEST = 10_240;

/**
 * Text in the data set's Specific Character Set (PS3.3 C.12.1.1.2). Identifying, therefore only for callers who asked.
 */
export function readText(dataset: Dataset, tag: string): string | undefined {
  const raw = dataset.raw(tag);
  if (!raw || raw.length > LONGEST) return undefined;
  return decodeText(raw, dataset.strings(TAG.specificCharacterSet)) || undefined;
}

export function decodeText(raw: Uint8Array, sets: readonly string[]): string {
  return decodeCharacters(raw, sets).replace(/\0+$/, "").trim();
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
    ["patientName", readText(dataset, TAG.patientName)],
    ["patientId", readText(dataset, TAG.patientId)],
    ["birthDate", dataset.string(TAG.patientBirthDate)],
    ["accessionNumber", readText(dataset, TAG.accessionNumber)],
    ["studyDate", dataset.string(TAG.studyDate)],
    ["studyDescription", readText(dataset, TAG.studyDescription)],
    ["seriesDescription", readText(dataset, TAG.seriesDescription)],
    ["studyInstanceUid", dataset.string(TAG.studyInstance)],
    ["seriesInstanceUid", dataset.string(TAG.seriesInstance)],
    ["sopInstanceUid", dataset.string(TAG.sopInstance)],
    ["sopClassUid", dataset.string(TAG.sopClass)],
  ];
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
