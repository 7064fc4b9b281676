import { badOption, MedGemmaError } from "../../../base/errors.js";
import { checkName } from "../../run/check-name.js";

export interface LabelProbability {
  readonly label: string;
  /** 0..1. Of a choice they sum to 1; of yes/no questions each stands for itself. */
  readonly probability: number;
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const MAX_YES_NO = 1000;

/** @throws MedGemmaError `bad_option` for an empty list, repeated labels, too many, or a choice of one. */
export function checkLabels(labels: unknown, multiLabel: boolean): string[] {
  if (!Array.isArray(labels) || labels.length === 0) throw badOption("labels", "a list of labels", labels);
  const [fewest, most] = multiLabel ? [1, MAX_YES_NO] : [2, LETTERS.length];
  if (labels.length < fewest || labels.length > most) {
    const count = `${fewest} to ${most} labels${multiLabel ? "" : " (any number with multiLabel)"}`;
    throw badOption("labels", count, labels.length);
  }
  const names = labels.map((label: unknown) => checkName("labels", "labels of words", label));
  const seen = new Set<string>();
  for (const [index, name] of names.entries()) {
    if (seen.size < seen.add(name.toLowerCase()).size) continue;
    throw new MedGemmaError("bad_option", `Label ${index + 1} of labels repeats an earlier one.`, {
      facts: { option: "labels" },
      remedy: "Give each label once; capitals make no difference.",
    });
  }
  return labels as string[];
}

export function letterOf(index: number): string {
  return LETTERS[index] ?? "";
}

/** `A: effusion` a line, as Google's fine-tuning notebook writes options. */
export function optionLines(labels: readonly string[]): string {
  return labels.map((label, index) => `${letterOf(index)}: ${label.trim()}`).join("\n");
}

/** Every label once in every place: the indices of the labels, in the order of each question. */
export function rotations(count: number, orders: number): number[][] {
  return Array.from({ length: Math.min(count, orders) }, (_, turn) => {
    // Spread evenly when not all are asked for.
    const shift = Math.floor((turn * count) / Math.min(count, orders));
    return Array.from({ length: count }, (_, place) => (place + shift) % count);
  });
}
