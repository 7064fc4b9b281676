import type { VitalRule } from "../scale.js";

/**
 * Limits below which a child is in danger, for ESI has none: each from a published table, and each makes level 2. Up to
 * the day before the 16th birthday; from then on NEWS2 counts.
 */
const PALS =
  "American Heart Association, Pediatric Advanced Life Support: systolic hypotension, below 60 in term neonates (0 to 28 days), 70 in infants, 70 + 2 x age in years from 1 to 10, 90 from 10 years";
const BEDSIDE =
  "Parshuram CS, Hutchison J, Middaugh K. Development and initial validation of the Bedside Paediatric Early Warning System score. Crit Care 2009;13:R135, table 1, the column of 4 points";
const NICE =
  "NICE guideline NG51 (2016, updated 2024), tables 1 and 2: high risk criteria in children under 5 and from 5 to 11 years";
const COLD = `${BEDSIDE.replace(", the column of 4 points", "")}: below 35 scores highest for temperature among its candidates`;
const INFANT =
  "ESI handbook version 4, table 6-3: hypothermic infants under 90 days, temperature below 36.5 degrees (rectal)";

const DAY = 1 / 365.25;
const NEONATE = 28 * DAY;
const GROWN = 16;

const HYPOTENSION: readonly Omit<VitalRule, "id" | "vital" | "level" | "source">[] = [
  { toAge: NEONATE, below: 60 },
  { fromAge: NEONATE, toAge: 1, below: 70 },
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((age) => ({ fromAge: age, toAge: age + 1, below: 70 + 2 * age })),
  { fromAge: 10, toAge: GROWN, below: 90 },
];

/** Years from, and up to; rates at which 4 points are given. */
const SLOW = [
  { fromAge: 0, toAge: 0.25, heartRate: 80, respiratoryRate: 15 },
  { fromAge: 0.25, toAge: 1, heartRate: 70, respiratoryRate: 15 },
  { fromAge: 1, toAge: 4, heartRate: 60, respiratoryRate: 12 },
  { fromAge: 4, toAge: 12, heartRate: 50, respiratoryRate: 10 },
  { fromAge: 12, toAge: GROWN, heartRate: 40, respiratoryRate: 9 },
] as const;

export const CHILDREN: readonly VitalRule[] = [
  ...HYPOTENSION.map((row) => ({
    ...row,
    id: "child-hypotension",
    vital: "systolicBp" as const,
    level: 2,
    source: PALS,
  })),
  ...SLOW.flatMap(({ fromAge, toAge, heartRate, respiratoryRate }): VitalRule[] => [
    {
      id: "child-slow-heart",
      vital: "heartRate",
      atMost: heartRate,
      fromAge,
      toAge,
      level: 2,
      source: BEDSIDE,
    },
    {
      id: "child-slow-breathing",
      vital: "respiratoryRate",
      atMost: respiratoryRate,
      fromAge,
      toAge,
      level: 2,
      source: BEDSIDE,
    },
  ]),
  { id: "child-bradycardia", vital: "heartRate", below: 60, toAge: 12, level: 2, source: NICE },
  { id: "infant-cold", vital: "temperature", below: 36.5, toAge: 90 * DAY, level: 2, source: INFANT },
  { id: "child-cold", vital: "temperature", below: 36, toAge: 5, level: 2, source: NICE },
  {
    id: "child-hypothermia",
    vital: "temperature",
    below: 35,
    fromAge: 5,
    toAge: GROWN,
    level: 2,
    source: COLD,
  },
];
