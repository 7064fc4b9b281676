import { seededRandom } from "../../base/random.js";

/**
 * The indices that are held back for validation: about `share` of all, whole groups only, the same for one seed. Of two
 * groups or more one is held back at least, and one stays for training; a share of 0 holds nothing back.
 */
export function holdBack(groups: readonly string[], share: number, seed: number): Set<number> {
  const members = new Map<string, number[]>();
  for (const [index, group] of groups.entries()) members.set(group, [...(members.get(group) ?? []), index]);
  const order = [...members.values()];
  const random = seededRandom(seed);
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other] as number[], order[last] as number[]];
  }
  const held = new Set<number>();
  const wanted = Math.round(groups.length * share);
  for (const group of order) {
    if (held.size + group.length > wanted) continue;
    for (const index of group) held.add(index);
  }
  if (held.size === 0 && share > 0 && order.length > 1) {
    // All are larger than what was wanted: the smallest is the nearest to it.
    const smallest = order.reduce((least, group) => (group.length < least.length ? group : least));
    for (const index of smallest) held.add(index);
  }
  return held;
}
