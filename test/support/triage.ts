import type { Vitals } from "../../src/index.js";

/** All measured, and nothing of note. */
export const WELL = {
  heartRate: 70,
  respiratoryRate: 15,
  spo2: 98,
  systolicBp: 120,
  temperature: 37,
  avpu: "A",
} as const satisfies Vitals;
