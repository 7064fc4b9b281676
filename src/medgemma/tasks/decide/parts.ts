import { Breather, sortSteps } from "../../../base/breather.js";
import type { RecordEntry } from "../../../fhir/record.js";
import { entryLine, entryLines } from "../../record/record-lines.js";
import type { TokenMeter } from "../../record/token-meter.js";

export interface PartsSize {
  /** Tokens of a part. */
  readonly budget: number;
  /** Parts at most. */
  readonly parts: number;
}

/** Tokens that no entry is shorter than. */
const LEAST = 12;
/** Times that entries which only fill up are given up because the count was higher than the estimate. */
const MAX_TRIES = 8;

/**
 * The best entries that fit into so many parts, each part in order of time. The chosen come first; what room they
 * leave in their last part is filled with the others, the best of them first. No part is added for those.
 */
export async function makeParts(
  chosen: readonly RecordEntry[],
  others: readonly RecordEntry[],
  { budget, parts }: PartsSize,
  meter: TokenMeter,
): Promise<RecordEntry[][]> {
  const all = budget * parts;
  const best = await thatFit(chosen, all, meter);
  const alone = await cut(best.entries, { budget, parts }, meter);
  const count = Math.max(1, alone.length);
  const taken = new Set(best.entries);
  const next = [...chosen.filter((entry) => !taken.has(entry)), ...others];
  let filling = (await thatFit(next, budget * count - best.tokens, meter)).entries;
  for (let tries = 0; filling.length > 0 && tries < MAX_TRIES; tries++) {
    const together = await cut([...best.entries, ...filling], { budget, parts: count + 1 }, meter);
    if (together.length <= count) return together;
    // The estimate was too low: the last to come go, so that nothing chosen is pushed out.
    const over = together.slice(count).flat().length;
    filling = filling.slice(
      0,
      Math.max(0, Math.min(filling.length - over - 1, Math.floor(filling.length * 0.95))),
    );
  }
  return alone;
}

async function thatFit(
  ranked: readonly RecordEntry[],
  tokens: number,
  meter: TokenMeter,
): Promise<{ readonly entries: RecordEntry[]; readonly tokens: number }> {
  let used = 0;
  const entries: RecordEntry[] = [];
  const breather = new Breather();
  for (const entry of ranked) {
    await breather.breathe();
    const size = meter.estimate(entryLine(entry).length);
    // A long entry that does not fit does not keep out the shorter ones after it.
    if (tokens - used < LEAST) break;
    if (used + size > tokens) continue;
    used += size;
    entries.push(entry);
  }
  return { entries, tokens: used };
}

async function cut(
  entries: readonly RecordEntry[],
  { budget, parts }: PartsSize,
  meter: TokenMeter,
): Promise<RecordEntry[][]> {
  const made: RecordEntry[][] = [];
  let rest = await new Breather().through(sortSteps(entries, (a, b) => numberOf(a) - numberOf(b)));
  while (rest.length > 0 && made.length < parts) {
    const count = await meter.fit(await entryLines(rest), budget);
    if (count === 0) rest = rest.slice(1);
    else made.push(rest.slice(0, count));
    rest = rest.slice(count);
  }
  return made;
}

function numberOf({ id }: RecordEntry): number {
  return Number(id.slice(1));
}
