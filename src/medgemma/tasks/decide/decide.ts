import { Callback } from "../../../base/callback.js";
import { badOption, MedGemmaError } from "../../../base/errors.js";
import { integerOption, readOnce } from "../../../base/options.js";
import { type PatientRecord, type RecordEntry, type RecordInput, readRecord } from "../../../fhir/record.js";
import type { Preset } from "../../../prompt/presets.js";
import { asData, findSuspicious, patientLine, type SuspiciousEntry } from "../../record/record-lines.js";
import {
  type RemovedPointer,
  readSections,
  SECTION_NAMES,
  type Sections,
  sectionsGrammar,
  writeSections,
} from "../../record/statements.js";
import { TokenMeter } from "../../record/token-meter.js";
import type { LoadedModel } from "../../run/loaded-model.js";
import type { ModelResult, StreamEvent } from "../../run/result.js";
import { checkTaskOptions, type TaskOptions } from "../../run/task-prompt.js";
import { checkFits } from "../../run/text-bounds.js";
import { addUsage } from "../../run/usage.js";
import { DECIDE_PRESETS, type DecidePresets } from "./presets.js";
import { type Selection, selectFrom } from "./select.js";
import { ask, type DecideStep } from "./step.js";

export interface DecideOptions extends Omit<TaskOptions, "limits" | "study" | "fit" | "prompt"> {
  /**
   * Other words for the last step, with places `{record}`, `{question}` and, if wanted, `{patient}`; or presets for all
   * steps. Defaults to the presets of the model; see docs/tasks/decide.md.
   */
  prompt?: string | DecidePresets | undefined;
  /** Lets the model see names, numbers and addresses. Defaults to `false`. */
  identity?: boolean | undefined;
  /** Parts of a record too long for the context that are read for facts, 1..64: one call of the model each. Defaults to `6`. */
  parts?: number | undefined;
  /** The day to which the patient's age is counted. Defaults to today. */
  now?: Date | undefined;
  /** Called after each call of the model. What it throws rejects the call. */
  onStep?: ((step: DecideStep) => void) | undefined;
}

/** An unverified draft for a clinician, who decides; see `notice`. */
export interface DecideResult extends ModelResult, Sections {
  /** Pointers of the model's to entries that it was not shown or that do not exist. They are in no statement. */
  readonly removedPointers: readonly RemovedPointer[];
  /** The entries that statements point to. */
  readonly entries: readonly RecordEntry[];
  readonly selection: {
    /** Entries in the record. */
    readonly total: number;
    /** Entries that the model has read. */
    readonly read: number;
    /** The types chosen for a record that does not fit as a whole; undefined where it does. */
    readonly types: readonly string[] | undefined;
  };
  /** Each call of the model, the answer's last. `usage` is their sum. */
  readonly steps: readonly DecideStep[];
  /** Entries with words that read like an instruction to the model. */
  readonly suspicious: readonly SuspiciousEntry[];
  readonly warnings: readonly string[];
  /** Always true: a person has to check each statement against its entries. */
  readonly draft: true;
}

const OWN = ["identity", "parts", "now", "onStep"];

/** @see MedGemma.streamDecide */
export async function* streamDecide(
  model: LoadedModel,
  input: RecordInput,
  question: string,
  given: DecideOptions,
): AsyncGenerator<StreamEvent<DecideResult>, void, void> {
  const options = readOnce("decide", given);
  const started = performance.now();
  const { presets, task, parts } = checkOptions(model, options);
  if (typeof question !== "string" || question.trim() === "")
    throw badOption("question", "some words", question);
  checkFits(model.engine, "The question", question);
  const { identity = false, now, signal } = options;
  const record = await readRecord(checkRecord(input), {
    identity,
    ...(now && { now }),
    ...(signal && { signal }),
  });
  const read = performance.now() - started;
  const steps: DecideStep[] = [];
  const told = new Callback(options.onStep);
  const onStep = (step: DecideStep) => {
    steps.push(step);
    told.tell(step);
  };
  const asked = asData(question.trim());
  const patient = patientLine(record);
  const budget = await recordBudget(model, presets, { patient, question: asked }, task);
  const selection = await selectFrom(record, {
    model,
    presets,
    question: asked,
    options: task,
    budget,
    parts,
    onStep,
  });
  const values = { patient, record: selection.lines.join("\n"), question: asked };
  const form = task.think ? undefined : { grammar: sectionsGrammar(presets.size) };
  for await (const event of ask(model, presets.answer, values, task, form)) {
    if (event.type !== "finish") {
      yield event;
      continue;
    }
    const { result } = event;
    const entries = selection.read.length;
    onStep({ step: "answer", entries, usage: result.usage, milliseconds: result.timings.total });
    const timings = { ...result.timings, read, total: performance.now() - started };
    yield { type: "finish", result: await finish({ ...result, timings }, record, selection, steps) };
  }
}

async function finish(
  result: ModelResult,
  record: PatientRecord,
  selection: Selection,
  steps: readonly DecideStep[],
): Promise<DecideResult> {
  const all = record.entries;
  const { sections: own, removed } = readSections(result.text, selection.known);
  const suspicious = await findSuspicious(selection.read);
  const attacks = suspicious.map(
    ({ entry, words }) =>
      `${entry} holds words that read like an instruction to the model ("${words}"): taken as data.`,
  );
  const sections: Sections = {
    ...own,
    cautions: [
      ...own.cautions,
      ...suspicious.map(({ entry }, index) => ({ text: attacks[index] ?? "", entries: [entry] })),
    ],
  };
  const warnings = [...attacks, ...record.warnings];
  const removedPointers = [...selection.removed, ...removed];
  const cited = new Set(SECTION_NAMES.flatMap((name) => sections[name].flatMap((it) => it.entries)));
  if (removedPointers.length > 0) {
    warnings.push(
      `${removedPointers.length} pointers to entries that do not exist or were not shown were removed.`,
    );
  }
  if (selection.read.length < all.length) {
    warnings.push(
      `The model has read ${selection.read.length} of ${all.length} entries: the record is longer than the context.`,
    );
  }
  if (result.finishReason === "length") warnings.push("The answer was cut off by the token limit.");
  return {
    ...result,
    ...sections,
    text: writeSections(sections),
    usage: addUsage(steps.map((step) => step.usage)),
    removedPointers,
    entries: all.filter((entry) => cited.has(entry.id)),
    selection: { total: all.length, read: selection.read.length, types: selection.types },
    steps,
    suspicious,
    warnings,
    draft: true,
  };
}

/** What the answer's own words and the answer leave of the context. */
async function recordBudget(
  model: LoadedModel,
  presets: DecidePresets,
  values: Readonly<Record<string, string>>,
  options: TaskOptions,
): Promise<number> {
  const { contextSize } = model.engine.info;
  const meter = new TokenMeter(model.engine, options.signal);
  const frames = await Promise.all(
    [presets.facts, presets.answer].map(async (preset) => {
      const words = preset.content.map((part) => (part.type === "text" ? part.text : "")).join("\n");
      const all = [preset.system ?? "", words, ...Object.values(values), options.system ?? ""].join("\n");
      return (await meter.count(all)) + Math.min(options.maxTokens ?? preset.maxTokens, contextSize / 2);
    }),
  );
  // Template, joints between pieces, and the thinking instruction.
  const budget = Math.floor(contextSize - Math.max(...frames) - 64);
  if (budget >= 64) return budget;
  throw new MedGemmaError("context_full", "The question and the answer leave no room for the record.", {
    facts: { contextSize },
  });
}

interface Checked {
  readonly presets: DecidePresets;
  readonly task: TaskOptions;
  readonly parts: number;
}

function checkOptions(model: LoadedModel, options: DecideOptions): Checked {
  const { prompt, identity, parts, now, onStep, ...task } = options;
  checkTaskOptions("decide", task, OWN);
  if (identity !== undefined && typeof identity !== "boolean")
    throw badOption("identity", "true or false", identity);
  if (now !== undefined && !(now instanceof Date)) throw badOption("now", "a Date", now);
  if (onStep !== undefined && typeof onStep !== "function") throw badOption("onStep", "a function", onStep);
  const own = DECIDE_PRESETS[model.family];
  return { presets: choosePresets(own, prompt), task, parts: integerOption("parts", parts, 6, 1, 64) };
}

function choosePresets(own: DecidePresets, prompt: DecideOptions["prompt"]): DecidePresets {
  if (prompt === undefined) return own;
  if (typeof prompt === "object" && prompt !== null && "answer" in prompt && "facts" in prompt) return prompt;
  if (typeof prompt !== "string" || !prompt.includes("{record}") || !prompt.includes("{question}")) {
    throw badOption("prompt", "words with the places {record} and {question}, or presets", prompt);
  }
  const { system: _ours, ...rest } = own.answer;
  const answer: Preset = {
    ...rest,
    id: "custom",
    source: "the caller",
    content: [{ type: "text", text: prompt }],
  };
  return { ...own, answer };
}

function checkRecord(input: unknown): RecordInput {
  if (typeof input === "string" || (typeof input === "object" && input !== null)) return input;
  throw badOption("record", "a FHIR Bundle or a text", input);
}
