import type { ScaleQuestion } from "../scale.js";

/** Decision point A, "does this patient require immediate life-saving intervention?", in parts that a sentence can answer. */
const QUESTIONS: readonly (readonly [id: string, question: string])[] = [
  ["esi-ask-arrest", "Is the patient in cardiac arrest, without a pulse, or being resuscitated now?"],
  ["esi-ask-breathing", "Has the patient stopped breathing, or only gasps now?"],
  ["esi-ask-airway", "Is the patient's airway blocked, or is the patient intubated now?"],
  ["esi-ask-distress", "Is the patient in severe respiratory distress now?"],
  ["esi-ask-unresponsive", "Is the patient unresponsive, or responding to pain only, now?"],
  ["esi-ask-seizure", "Is the patient having a seizure now?"],
  ["esi-ask-shock", "Does the patient have shock, anaphylaxis or massive bleeding now?"],
];

export function esiQuestions(source: string): ScaleQuestion[] {
  return QUESTIONS.map(([id, question]) => ({ id, question, level: 1, source }));
}
