import { Pace, type Steps } from "../base/breather.js";

/**
 * Part of each sample for cross-validation: the labels' shares are about the same in all, by order and not by chance.
 * Samples of one group share a part. Undefined when some label has fewer than two samples or groups.
 */
export function* foldsOf(
  classes: readonly number[],
  wanted: number,
  groups: readonly (string | number)[] | undefined,
): Steps<number[] | undefined> {
  const pace = new Pace();
  const keys = groups ?? classes.map((_, index) => index);
  const members = new Map<string | number, number[]>();
  for (const [index, key] of keys.entries()) {
    const group = members.get(key);
    if (group) group.push(index);
    else members.set(key, [index]);
    if (pace.isDue()) yield undefined;
  }
  const holders = new Map<number, Set<string | number>>();
  for (const [index, label] of classes.entries()) {
    const set = holders.get(label) ?? new Set();
    holders.set(label, set.add(keys[index] as string | number));
    if (pace.isDue()) yield undefined;
  }
  const folds = [...holders.values()].reduce((least, { size }) => Math.min(least, size), wanted);
  if (folds < 2 || holders.size < 2) return undefined;
  const counts = Array.from({ length: folds }, () => new Map<number, number>());
  const parts = new Array<number>(classes.length);
  for (const group of members.values()) {
    if (pace.isDue()) yield undefined;
    const part = emptiest(counts, group, classes);
    for (const index of group) {
      parts[index] = part;
      const label = classes[index] as number;
      counts[part]?.set(label, (counts[part].get(label) ?? 0) + 1);
    }
  }
  return (yield* everyLabelOutside(parts, classes, folds)) ? parts : undefined;
}

/** The part with the fewest samples of the group's labels, then the first. */
function emptiest(
  counts: readonly Map<number, number>[],
  group: readonly number[],
  classes: readonly number[],
): number {
  const labels = [...new Set(group.map((index) => classes[index] as number))];
  const alike = counts.map((own) => labels.reduce((sum, label) => sum + (own.get(label) ?? 0), 0));
  return alike.indexOf(Math.min(...alike));
}

/** Each fit must see every label, and each part must hold something. */
function* everyLabelOutside(
  parts: readonly number[],
  classes: readonly number[],
  folds: number,
): Steps<boolean> {
  const labels = new Set(classes).size;
  for (let part = 0; part < folds; part++) {
    yield undefined;
    const seen = new Set(classes.filter((_, index) => parts[index] !== part));
    if (seen.size < labels || !parts.includes(part)) return false;
  }
  return true;
}
