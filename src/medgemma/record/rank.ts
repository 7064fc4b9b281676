import { Breather, sortSteps } from "../../base/breather.js";
import { table } from "../../base/table.js";
import type { RecordEntry } from "../../fhir/record.js";

/** What a clinician looks at first, whatever the question. */
const WEIGHTS: Readonly<Record<string, number>> = table({
  AllergyIntolerance: 3,
  Condition: 2.5,
  MedicationRequest: 2,
  MedicationOrder: 2,
  MedicationStatement: 2,
  MedicationUsage: 2,
  Procedure: 1,
  DiagnosticReport: 1,
  FamilyMemberHistory: 1,
});
/** What must not be done, of whatever type. */
const PROHIBITION = 3;
/** Types that are looked at even when the model does not ask for them: leaving them out may do harm. */
const ALWAYS: readonly string[] = [
  "AllergyIntolerance",
  "Condition",
  "MedicationRequest",
  // DSTU2's name of it.
  "MedicationOrder",
  "MedicationStatement",
  "MedicationUsage",
];

/** Also what must not be done: an order not to resuscitate is a ServiceRequest like any other. */
export function isAlways({ type, prohibition }: RecordEntry): boolean {
  return ALWAYS.includes(type) || prohibition === true;
}

/** Entries, most useful for the question first: shared rare words, kind, and how late they are. */
export async function rankEntries(entries: readonly RecordEntry[], question: string): Promise<RecordEntry[]> {
  const breather = new Breather();
  const wanted = new Set(wordsOf(question));
  const holders = new Map<string, number>();
  const found: Set<string>[] = [];
  for (const entry of entries) {
    const own = new Set(wordsOf(entry.text).filter((word) => wanted.has(word)));
    for (const word of own) holders.set(word, (holders.get(word) ?? 0) + 1);
    found.push(own);
    await breather.breathe();
  }
  const seen = new Map<string, number>();
  const scored: { entry: RecordEntry; score: number; index: number }[] = [];
  for (const [index, entry] of entries.entries()) {
    let score = Math.max(WEIGHTS[entry.type] ?? 0.5, entry.prohibition ? PROHIBITION : 0);
    for (const word of found[index] ?? []) {
      score += Math.log(1 + entries.length / (holders.get(word) ?? 1));
    }
    scored.push({ entry, score: score + index / entries.length, index });
    await breather.breathe();
  }
  // The latest of many alike first: the tenth value of a series says less than the first of another.
  for (let at = scored.length - 1; at >= 0; at--) {
    await breather.breathe();
    const item = scored[at] as (typeof scored)[number];
    const kind = `${item.entry.type} ${item.entry.text.split(":", 1)[0]}`;
    const before = seen.get(kind) ?? 0;
    seen.set(kind, before + 1);
    item.score /= 1 + before / 4;
  }
  const best = await breather.through(sortSteps(scored, (a, b) => b.score - a.score || b.index - a.index));
  return best.map(({ entry }) => entry);
}

function wordsOf(text: string): string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? []).map((word) => word.replace(/(?:es|s)$/, ""));
}

/** Which types the record holds, as many lines: for the model to choose from, and for the result. */
export interface ManifestLine {
  readonly type: string;
  readonly count: number;
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** The commonest titles. */
  readonly examples: readonly string[];
}

export async function manifestOf(entries: readonly RecordEntry[]): Promise<ManifestLine[]> {
  const breather = new Breather();
  const types = new Map<string, RecordEntry[]>();
  for (const entry of entries) {
    await breather.breathe();
    const known = types.get(entry.type);
    if (known) known.push(entry);
    else types.set(entry.type, [entry]);
  }
  const lines: ManifestLine[] = [];
  for (const [type, own] of types) {
    const titles = new Map<string, number>();
    for (const { text } of own) {
      await breather.breathe();
      const title = text.split(":", 1)[0]?.slice(0, 60) ?? "";
      titles.set(title, (titles.get(title) ?? 0) + 1);
    }
    const dates = own.map((entry) => entry.date).filter((date) => date !== undefined);
    const common = (await breather.through(sortSteps([...titles], (a, b) => b[1] - a[1]))).slice(0, 5);
    lines.push({
      type,
      count: own.length,
      from: dates[0],
      to: dates.at(-1),
      examples: common.map(([title]) => title),
    });
  }
  return lines;
}
