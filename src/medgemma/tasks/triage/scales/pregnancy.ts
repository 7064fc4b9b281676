import type { VitalName, VitalRule } from "../scale.js";

/** Limits in pregnancy, where NEWS2 is not to be used: each alone calls for a clinician at once, and makes level 2. */
const CRITERIA =
  "Mhyre JM, D'Oria R, Hameed AB, et al. The maternal early warning criteria: a proposal from the National Partnership for Maternal Safety. Obstet Gynecol 2014;124:782-786 (each needs prompt bedside evaluation)";
const TRIGGER =
  "Shields LE, Wiesner S, Klein C, Pelletreau B, Hedriana HL. Use of Maternal Early Warning Trigger tool reduces maternal morbidity. Am J Obstet Gynecol 2016;214:527 (there with a second abnormal value; here alone, for the criteria of 2014 have no temperature)";

const LIMITS: readonly { vital: VitalName; below?: number; above?: number; source: string }[] = [
  { vital: "systolicBp", below: 90, above: 160, source: CRITERIA },
  { vital: "diastolicBp", above: 100, source: CRITERIA },
  { vital: "heartRate", below: 50, above: 120, source: CRITERIA },
  { vital: "respiratoryRate", below: 10, above: 30, source: CRITERIA },
  { vital: "spo2", below: 95, source: CRITERIA },
  { vital: "temperature", below: 36, above: 38, source: TRIGGER },
];

export const PREGNANCY: readonly VitalRule[] = LIMITS.map((limit) => ({
  ...limit,
  id: `pregnancy-${limit.vital}`,
  pregnant: true,
  level: 2,
}));
