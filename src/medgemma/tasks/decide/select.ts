import { MedGemmaError } from "../../../base/errors.js";
import type { PatientRecord, RecordEntry } from "../../../fhir/record.js";
import { findJson } from "../../../prompt/json.js";
import { isAlways, type ManifestLine, manifestOf, rankEntries } from "../../record/rank.js";
import { asData, entryLines, patientLine } from "../../record/record-lines.js";
import {
  factsGrammar,
  type RemovedPointer,
  readStatements,
  writeStatement,
} from "../../record/statements.js";
import { TokenMeter } from "../../record/token-meter.js";
import type { LoadedModel } from "../../run/loaded-model.js";
import { collect } from "../../run/respond.js";
import type { ModelResult } from "../../run/result.js";
import type { TaskOptions } from "../../run/task-prompt.js";
import { makeParts } from "./parts.js";
import type { DecidePresets } from "./presets.js";
import { type AnswerForm, ask, type DecideStep } from "./step.js";

/** What of a record the answer is made from. */
export interface Selection {
  /** Lines for the prompt: entries, or facts with pointers to them. */
  readonly lines: readonly string[];
  /** Ids that a statement may point to. */
  readonly known: ReadonlySet<string>;
  /** Entries that the model has read. */
  readonly read: readonly RecordEntry[];
  /** Undefined where all of the record fitted. */
  readonly types: readonly string[] | undefined;
  readonly removed: readonly RemovedPointer[];
}

export interface SelectContext {
  readonly model: LoadedModel;
  readonly presets: DecidePresets;
  readonly question: string;
  readonly options: TaskOptions;
  /** Tokens for the record in a prompt. */
  readonly budget: number;
  /** Parts of a long record that are read for facts at most. */
  readonly parts: number;
  readonly onStep: (step: DecideStep) => void;
}

/** All entries where they fit; else types are chosen, entries ranked, and parts read for facts. */
export async function selectFrom(record: PatientRecord, context: SelectContext): Promise<Selection> {
  const { model, question, budget, options } = context;
  const meter = new TokenMeter(model.engine, options.signal);
  const all = record.entries;
  const step = Math.max(1, Math.floor(all.length / 40));
  await meter.learn(await entryLines(all.filter((_, index) => index % step === 0)));
  // A line's id and date are some 40 characters.
  const characters = all.reduce((sum, entry) => sum + entry.text.length + 40, 0);
  if (meter.estimate(characters) < budget * 1.5) {
    const lines = await entryLines(all);
    if ((await meter.fit(lines, budget)) === lines.length) {
      return { lines, known: idsOf(all), read: all, types: undefined, removed: [] };
    }
  }
  const types = await chooseTypes(await manifestOf(all), context, meter);
  const wanted = (entry: RecordEntry) => types.includes(entry.type) || isAlways(entry);
  const chosen = await rankEntries(all.filter(wanted), question);
  const others = await rankEntries(
    all.filter((entry) => !wanted(entry)),
    question,
  );
  const parts = await makeParts(chosen, others, context, meter);
  return readParts(record, parts, types, context, meter);
}

async function chooseTypes(
  manifest: readonly ManifestLine[],
  context: SelectContext,
  meter: TokenMeter,
): Promise<string[]> {
  const present = manifest.map((line) => line.type);
  if (present.length < 2) return present;
  const lines = manifest.map(
    ({ type, count, from, to, examples }) =>
      `${type}: ${count} entries${from ? `, ${from} to ${to}` : ""}; e.g. ${examples.map(asData).join(", ")}`,
  );
  const fitting = await meter.fit(lines, context.budget);
  const values = { manifest: lines.slice(0, fitting).join("\n"), question: context.question };
  const schema = {
    type: "array",
    items: { enum: present },
    minItems: 1,
    maxItems: Math.min(12, present.length),
  };
  const result = await step("types", 0, context, context.presets.types, values, { jsonSchema: schema });
  const chosen = findJson(result.text)?.value;
  const valid = Array.isArray(chosen) ? [...new Set(chosen)].filter((type) => present.includes(type)) : [];
  return valid.length === 0 ? present : valid;
}

async function readParts(
  record: PatientRecord,
  parts: readonly RecordEntry[][],
  types: readonly string[],
  context: SelectContext,
  meter: TokenMeter,
): Promise<Selection> {
  const { question, presets, budget, options } = context;
  if (parts.length === 0)
    throw new MedGemmaError("context_full", "No entry of the record fits into the context.");
  if (parts.length === 1) {
    const [only = []] = parts;
    return { lines: await entryLines(only), known: idsOf(only), read: only, types, removed: [] };
  }
  const lines: string[] = [];
  const removed: RemovedPointer[] = [];
  const known = new Set<string>();
  for (const part of parts) {
    const own = idsOf(part);
    const values = { patient: patientLine(record), record: (await entryLines(part)).join("\n"), question };
    const form = options.think
      ? undefined
      : { grammar: factsGrammar({ ...presets.size, items: presets.size.items * 2 }) };
    const result = await step("facts", part.length, context, presets.facts, values, form);
    const facts = result.text.split("\n").filter((line) => !/^\s*none\.?\s*$/i.test(line));
    const read = readStatements(facts, own);
    removed.push(...read.removed);
    for (const fact of read.statements) {
      // A fact that points nowhere is nobody's.
      if (fact.entries.length === 0) continue;
      lines.push(writeStatement({ ...fact, text: asData(fact.text) }));
      for (const id of fact.entries) known.add(id);
    }
  }
  const fitting = await meter.fit(lines, budget);
  const read = parts.flat();
  if (fitting > 0) return { lines: lines.slice(0, fitting), known, read, types, removed };
  // No facts were found: the best entries themselves.
  const [first = []] = parts;
  return { lines: await entryLines(first), known: idsOf(first), read, types, removed };
}

async function step(
  name: DecideStep["step"],
  entries: number,
  { model, options, onStep }: SelectContext,
  preset: DecidePresets["facts"],
  values: Record<string, string>,
  form: AnswerForm,
): Promise<ModelResult> {
  // A thought before a list of types is tokens for nothing.
  const own = name === "types" ? { ...options, think: false } : options;
  const result = await collect(ask(model, preset, values, own, form));
  onStep({ step: name, entries, usage: result.usage, milliseconds: result.timings.total });
  return result;
}

function idsOf(entries: readonly RecordEntry[]): Set<string> {
  return new Set(entries.map((entry) => entry.id));
}
