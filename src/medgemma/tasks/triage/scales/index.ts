import { badOption } from "../../../../base/errors.js";
import type { TriageScale } from "../scale.js";
import { ESI } from "./esi.js";
import { NEWS2 } from "./news2.js";

export const TRIAGE_SCALES = { esi: ESI, news2: NEWS2 } as const;

export type TriageScaleId = keyof typeof TRIAGE_SCALES;

/** @throws MedGemmaError `bad_option`. */
export function findScale(scale: TriageScaleId | TriageScale): TriageScale {
  if (typeof scale === "string") {
    if (Object.hasOwn(TRIAGE_SCALES, scale)) return TRIAGE_SCALES[scale];
    throw badOption("scale", `${Object.keys(TRIAGE_SCALES).join(", ")} or a scale of your own`, scale);
  }
  const own = scale as Partial<TriageScale> | null;
  const levels = own?.levels ?? [];
  const ordered = levels.length >= 2 && levels.every((it, index) => it.level === index + 1);
  if (!ordered || typeof own?.id !== "string" || !Array.isArray(own.rules)) {
    throw badOption("scale", "an object with id, rules, and levels from 1 on", scale);
  }
  return scale;
}
