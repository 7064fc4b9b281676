import type { Token } from "./tokens.js";

/** Units of doses, amounts and results, folded, after which a number or a name is a measurement or a medicine. */
const UNITS: ReadonlySet<string> = new Set([
  ...[
    "mg",
    "mcg",
    "ug",
    "μg",
    "g",
    "kg",
    "ng",
    "pg",
    "l",
    "ml",
    "dl",
    "cl",
    "ul",
    "μl",
    "fl",
    "iu",
    "ie",
    "ui",
    "u",
    "e",
  ],
  ...[
    "unit",
    "units",
    "einheiten",
    "unites",
    "unidades",
    "mmol",
    "mol",
    "umol",
    "μmol",
    "nmol",
    "pmol",
    "meq",
    "mval",
  ],
  ...[
    "mmhg",
    "cmh2o",
    "kpa",
    "hpa",
    "bpm",
    "min",
    "h",
    "hr",
    "hrs",
    "hour",
    "hours",
    "std",
    "d",
    "day",
    "days",
    "tage",
  ],
  ...[
    "mm",
    "cm",
    "m",
    "cc",
    "ccm",
    "hz",
    "khz",
    "mhz",
    "gy",
    "mgy",
    "bq",
    "mbq",
    "kcal",
    "cal",
    "j",
    "ms",
    "s",
    "sec",
  ],
  ...[
    "x10",
    "10",
    "tablet",
    "tablets",
    "tbl",
    "tab",
    "caps",
    "puffs",
    "drops",
    "gtt",
    "tropfen",
    "steps",
    "beats",
  ],
  ...[
    "french",
    "ch",
    "gauge",
    "weeks",
    "wk",
    "months",
    "mo",
    "years",
    "yr",
    "yrs",
    "yo",
    "jahre",
    "ans",
    "anos",
  ],
  ...["copies", "cells", "thou", "mio", "cfu", "kbe", "systolic", "diastolic"],
]);

/** Whether a number is followed by what it counts: a unit, or more of it after a comma. */
export function isMeasured(text: string, tokens: readonly Token[], at: number): boolean {
  const own = tokens[at] as Token;
  const next = tokens[at + 1];
  const after = text.slice(own.end, own.end + 3);
  if (/^\s{0,2}[%‰°/]/.test(after) || /^[.,]\d/.test(after)) return true;
  return (
    next !== undefined && UNITS.has(next.key) && /^[\s\u00a0-]{0,2}$/.test(text.slice(own.end, next.start))
  );
}

/** "Yasmin 0.03 mg" is a medicine, "Li 0.8 mmol/l" a result. */
export function isMeasure(text: string, tokens: readonly Token[], at: number): boolean {
  for (let i = at + 1; i <= at + 4; i++) {
    const token = tokens[i];
    if (token === undefined || !/^\d+$/.test(token.key)) return false;
    const before = text.slice((tokens[i - 1] as Token).end, token.start);
    if (!/^[\s:=<>~.,/-]{0,3}$/.test(before)) return false;
    if (isMeasured(text, tokens, i) && !/^\s*[.,]\d/.test(text.slice(token.end, token.end + 2))) return true;
  }
  return false;
}
