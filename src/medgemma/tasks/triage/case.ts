import { badOption, MedGemmaError } from "../../../base/errors.js";
import { checkNames, readOnce, stringOption } from "../../../base/options.js";

/** Alert; new confusion; responds to voice; to pain; unresponsive. */
export type Consciousness = "A" | "C" | "V" | "P" | "U";

/** What was measured; leave out what was not. */
export interface Vitals {
  /** Beats a minute, 0..300. */
  heartRate?: number | undefined;
  /** Breaths a minute, 0..120. */
  respiratoryRate?: number | undefined;
  /** Millimetres of mercury, 0..300. */
  systolicBp?: number | undefined;
  /** Millimetres of mercury, 0..250. */
  diastolicBp?: number | undefined;
  /** Oxygen saturation in percent, 0..100; a share such as 0.97 is refused. */
  spo2?: number | undefined;
  /** Degrees Celsius, 20..45. */
  temperature?: number | undefined;
  /** Glasgow coma scale, 3..15. */
  gcs?: number | undefined;
  avpu?: Consciousness | undefined;
  /** True while oxygen is given. Taken for false in scores when it is not said. */
  onOxygen?: boolean | undefined;
  /** True for a prescribed saturation of 88-92 % (hypercapnic failure): NEWS2 then takes its scale 2. Defaults to `false`. */
  hypercapnic?: boolean | undefined;
}

export interface TriageCase {
  /** Years, 0..130; months of a small child as parts of a year (2 months: `2 / 12`). */
  age?: number | undefined;
  sex?: "female" | "male" | "other" | undefined;
  /** Why the patient comes. */
  complaint: string;
  /** What is known from before. */
  history?: string | readonly string[] | undefined;
  symptoms?: string | readonly string[] | undefined;
  medications?: string | readonly string[] | undefined;
  allergies?: string | readonly string[] | undefined;
  /** Changes limits; early warning scores are then not computed. Defaults to `false`. */
  pregnant?: boolean | undefined;
  vitals?: Vitals | undefined;
}

const CASE_NAMES = [
  "age",
  "sex",
  "complaint",
  "history",
  "symptoms",
  "medications",
  "allergies",
  "pregnant",
  "vitals",
];
/** Beyond these a number is a slip, not a patient. */
export const POSSIBLE = {
  heartRate: [0, 300],
  respiratoryRate: [0, 120],
  systolicBp: [0, 300],
  diastolicBp: [0, 250],
  spo2: [0, 100],
  temperature: [20, 45],
  gcs: [3, 15],
} as const;

const MAX_LETTERS = 100_000;

/**
 * Refuses values that no patient has.
 * @throws MedGemmaError `bad_option`.
 */
export function checkCase(input: TriageCase): void {
  checkNames("triage case", input, CASE_NAMES);
  if (stringOption("complaint", input.complaint)?.trim() === "" || input.complaint === undefined) {
    throw badOption("complaint", "some words", input.complaint);
  }
  number("age", input.age, 0, 130);
  if (input.sex !== undefined && !["female", "male", "other"].includes(input.sex)) {
    throw badOption("sex", '"female", "male" or "other"', input.sex);
  }
  for (const name of ["history", "symptoms", "medications", "allergies"] as const) {
    const value = input[name];
    const words = value === undefined ? [] : [value].flat();
    if (!words.every((it) => typeof it === "string"))
      throw badOption(name, "a string or a list of strings", value);
  }
  checkLength(input);
  boolean("pregnant", input.pregnant);
  checkVitals(input.vitals === undefined ? {} : readOnce("vitals", input.vitals));
}

/** The rules read every word of it, and no case has as many as a book. */
function checkLength({ complaint, history, symptoms, medications, allergies }: TriageCase): void {
  const texts = [complaint, history ?? [], symptoms ?? [], medications ?? [], allergies ?? []].flat();
  const letters = texts.reduce((sum, text) => sum + text.length, 0);
  if (letters <= MAX_LETTERS) return;
  throw new MedGemmaError("bad_option", `The case has ${letters} characters.`, {
    facts: { option: "complaint" },
    remedy: `Tell the case in at most ${MAX_LETTERS} characters; longer records are for \`decide\`.`,
  });
}

function checkVitals(vitals: Vitals): void {
  checkNames("vitals", vitals, [...Object.keys(POSSIBLE), "avpu", "onOxygen", "hypercapnic"]);
  for (const [name, [min, max]] of Object.entries(POSSIBLE)) {
    number(`vitals.${name}`, vitals[name as keyof typeof POSSIBLE], min, max);
  }
  // No patient has 0.97 %.
  if (vitals.spo2 !== undefined && vitals.spo2 > 0 && vitals.spo2 <= 1) {
    throw badOption("vitals.spo2", "percent, as 97, not a share of 1,", vitals.spo2);
  }
  if (vitals.gcs !== undefined && !Number.isInteger(vitals.gcs)) {
    throw badOption("vitals.gcs", "a whole number from 3 to 15", vitals.gcs);
  }
  if (vitals.avpu !== undefined && !["A", "C", "V", "P", "U"].includes(vitals.avpu)) {
    throw badOption("vitals.avpu", '"A", "C", "V", "P" or "U"', vitals.avpu);
  }
  boolean("vitals.onOxygen", vitals.onOxygen);
  boolean("vitals.hypercapnic", vitals.hypercapnic);
}

function number(name: string, value: unknown, min: number, max: number): void {
  if (value === undefined) return;
  if (typeof value === "number" && value >= min && value <= max) return;
  const unit = name === "vitals.temperature" ? " (degrees Celsius; 98.6 Fahrenheit are 37)" : "";
  throw badOption(name, `a number from ${min} to ${max}${unit}`, value);
}

function boolean(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== "boolean") throw badOption(name, "true or false", value);
}

/**
 * Values that a patient may have, but not together, as what to measure again. They are not put right: the rules count
 * the more urgent reading.
 */
export function contradictions(vitals: Vitals): string[] {
  const { systolicBp, diastolicBp, avpu, gcs, heartRate, respiratoryRate, spo2, temperature } = vitals;
  const found: string[] = [];
  if (systolicBp !== undefined && diastolicBp !== undefined && systolicBp <= diastolicBp) {
    found.push(`Systolic pressure ${systolicBp} is not above diastolic ${diastolicBp}: measure again?`);
  }
  if (avpu === "A" && gcs !== undefined && gcs < 13)
    found.push(`Alert, but a coma scale of ${gcs}: which is right?`);
  if ((avpu === "P" || avpu === "U") && gcs !== undefined && gcs > 12) {
    found.push(
      `Responds ${avpu === "P" ? "to pain only" : "to nothing"}, but a coma scale of ${gcs}: which is right?`,
    );
  }
  const awake = avpu === "A" || (gcs ?? 0) >= 14;
  if (heartRate !== undefined && heartRate < 20 && awake) {
    found.push(`A heart rate of ${heartRate} in an awake patient: measure again?`);
  }
  if (temperature !== undefined && temperature < 28 && awake) {
    found.push(`A temperature of ${temperature} degrees in an awake patient: measure again?`);
  }
  if (respiratoryRate === 0 && awake)
    found.push("A respiratory rate of 0 in an awake patient: measure again?");
  if (spo2 !== undefined && spo2 < 50 && awake)
    found.push(`A saturation of ${spo2} % in an awake patient: measure again?`);
  if (systolicBp !== undefined && systolicBp < 40 && awake) {
    found.push(`A systolic pressure of ${systolicBp} in an awake patient: measure again?`);
  }
  return found;
}
