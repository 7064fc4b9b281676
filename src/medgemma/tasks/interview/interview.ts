import { badOption, MedGemmaError } from "../../../base/errors.js";
import { checkSignal, integerOption, readOnce, stringOption } from "../../../base/options.js";
import { type PatientRecord, type RecordInput, readRecord } from "../../../fhir/record.js";
import type { RgbImage } from "../../../image/rgb.js";
import type { Message } from "../../../prompt/message.js";
import { rankEntries } from "../../record/rank.js";
import { asData, entryLines, patientLine } from "../../record/record-lines.js";
import { listsGrammar } from "../../record/statements.js";
import { findInstruction } from "../../record/suspicious.js";
import { TokenMeter } from "../../record/token-meter.js";
import type { LoadedModel } from "../../run/loaded-model.js";
import { collect, respond } from "../../run/respond.js";
import type { ModelResult, StreamEvent } from "../../run/result.js";
import { checkTaskOptions, fillPreset, type TaskOptions, withSystem } from "../../run/task-prompt.js";
import { toAskOptions } from "../../run/text-task.js";
import { ALERT_NOTICE, findAlert } from "./alerts.js";
import type { InterviewOptions, InterviewQuestion } from "./options.js";
import { INTERVIEW_PRESETS, type InterviewPresets, REPORT_HEADINGS } from "./presets.js";
import {
  isEnd,
  MAX_QUESTIONS,
  questionGrammar,
  readQuestion,
  sameQuestion,
  standardQuestion,
} from "./questions.js";
import { type Exchange, type InterviewAlert, type InterviewReport, readReport } from "./report.js";
import type { SessionContext } from "./session-context.js";

export type { InterviewOptions, InterviewQuestion };

const OWN = ["record", "reason", "maxQuestions", "minQuestions", "identity"];

/**
 * A pre-visit interview: one question at a time, then a report for the clinician. A question that fails or is aborted
 * can be asked for again.
 *
 * @example
 * const interview = model.interview({ reason: "cough" });
 * for await (const question of interview) interview.answer(await askPatient(question.text));
 * const { text, alerts } = await interview.report();
 */
export class InterviewSession implements AsyncIterable<InterviewQuestion> {
  readonly #model: LoadedModel;
  readonly #presets: InterviewPresets;
  readonly #input: RecordInput | undefined;
  readonly #reason: string | undefined;
  readonly #identity: boolean;
  readonly #most: number;
  readonly #least: number;
  readonly #options: TaskOptions;
  readonly #transcript: Exchange[] = [];
  #context: Promise<SessionContext> | undefined;
  #pending: InterviewQuestion | undefined;
  #ended = false;
  #busy = false;

  /** @internal */
  constructor(model: LoadedModel, options: InterviewOptions) {
    const { record, reason, maxQuestions, minQuestions, identity, prompt, ...task } = options;
    checkTaskOptions("interview", { ...task, ...(maxQuestions !== undefined && { maxQuestions }) }, OWN);
    if ((task as TaskOptions).think) throw badOption("think", "false, as a question has its form,", true);
    if (identity !== undefined && typeof identity !== "boolean")
      throw badOption("identity", "true or false", identity);
    if (prompt !== undefined && (typeof prompt !== "object" || prompt === null || !("report" in prompt))) {
      throw badOption("prompt", "the presets of an interview", prompt);
    }
    if (
      record !== undefined &&
      typeof record !== "string" &&
      (typeof record !== "object" || record === null)
    ) {
      throw badOption("record", "a FHIR Bundle or a text", record);
    }
    this.#model = model;
    this.#presets = prompt ?? INTERVIEW_PRESETS[model.family];
    this.#input = record;
    this.#reason = stringOption("reason", reason);
    this.#identity = identity ?? false;
    this.#most = integerOption("maxQuestions", maxQuestions, MAX_QUESTIONS, 1, MAX_QUESTIONS);
    this.#least = integerOption("minQuestions", minQuestions, Math.min(3, this.#most), 1, this.#most);
    this.#options = task;
  }

  /** Questions and answers so far. */
  get transcript(): readonly Exchange[] {
    return [...this.#transcript];
  }

  /** Answers that may mean an emergency; look after each answer. */
  get alerts(): readonly InterviewAlert[] {
    return this.#transcript.flatMap(({ number, answer }) => {
      const words = findAlert(answer);
      return words === undefined ? [] : [{ answer: `A${number}`, words }];
    });
  }

  /** True when no question will come any more. */
  get ended(): boolean {
    return this.#ended;
  }

  /**
   * The next question; undefined when the interview has ended. The same one again until it is answered.
   * @throws MedGemmaError `bad_option` for a second call while one runs, `record_unreadable`, and as `MedGemma.stream`.
   */
  async next(options: { signal?: AbortSignal } = {}): Promise<InterviewQuestion | undefined> {
    const { signal } = readOnce("next", options);
    checkSignal(signal);
    if (this.#pending !== undefined || this.#ended) return this.#pending;
    return this.#alone(async () => {
      const number = this.#transcript.length + 1;
      if (number > this.#most) return this.#end();
      const text = await this.#ask(number > this.#least, signal);
      if (isEnd(text) && number > this.#least) return this.#end();
      const asked = this.#transcript.map((it) => it.question);
      const own = readQuestion(text);
      const fresh = own !== undefined && !asked.some((before) => sameQuestion(before, own));
      const question = fresh ? own : standardQuestion(asked);
      if (question === undefined) return this.#end();
      this.#pending = { number, text: question, source: fresh ? "model" : "list" };
      return this.#pending;
    });
  }

  /** What the patient says to the last question; `""` for nothing. */
  answer(text: string): void {
    if (typeof text !== "string") throw badOption("answer", "a string", text);
    if (this.#pending === undefined) {
      throw new MedGemmaError("bad_option", "No question waits for an answer.", {
        remedy: "Call next() first.",
      });
    }
    const { number, text: question, source } = this.#pending;
    this.#transcript.push({ number, question, answer: text.trim(), source });
    this.#pending = undefined;
  }

  /** Ends the interview early; the report can still be made. */
  end(): void {
    this.#end();
  }

  /** Breaking off the loop ends nothing: `next()` and `report()` go on. */
  async *[Symbol.asyncIterator](): AsyncGenerator<InterviewQuestion, void, void> {
    for (let question = await this.next(); question !== undefined; question = await this.next()) {
      yield question;
      if (this.#pending === question) {
        throw new MedGemmaError("bad_option", "The question was not answered.", {
          remedy: "Call answer() in the loop.",
        });
      }
    }
  }

  /** @throws MedGemmaError as {@link InterviewSession.streamReport}. */
  report(options: { signal?: AbortSignal } = {}): Promise<InterviewReport> {
    return collect(this.streamReport(options));
  }

  /**
   * The report on what was said so far, for the clinician.
   * @throws MedGemmaError `bad_option` when nothing was answered, and as `MedGemma.stream`.
   */
  async *streamReport(
    options: { signal?: AbortSignal } = {},
  ): AsyncGenerator<StreamEvent<InterviewReport>, void, void> {
    if (!this.#transcript.some((it) => it.answer !== "")) {
      throw new MedGemmaError("bad_option", "Nothing was answered yet.", { remedy: "Ask and answer first." });
    }
    const { signal } = readOnce("report", options);
    checkSignal(signal);
    const started = performance.now();
    const context = await this.#read(signal);
    const lines = this.#transcript.map(
      ({ number, question, answer }) =>
        `Q${number}: ${asData(question)}\n[A${number}] ${asData(answer) || "(no answer)"}`,
    );
    const task = this.#task(signal);
    const { report, size } = this.#presets;
    const values = {
      ...context.values,
      interview: lines.join("\n").replace(/<(\/?)interview>/gi, "($1interview)"),
    };
    const [system, content] = fillPreset<RgbImage>(report, [], values);
    const stream = respond(this.#model, withSystem(system, content, task), {
      prompt: { preset: report.id, version: report.version },
      options: { ...toAskOptions(task, report), grammar: listsGrammar(REPORT_HEADINGS, size) },
      studies: [],
      started,
      read: 0,
    });
    const known = new Set([...context.known, ...this.#transcript.map(({ number }) => `A${number}`)]);
    for await (const event of stream) {
      if (event.type === "finish")
        yield { type: "finish", result: this.#finish(event.result, known, context.warnings) };
      else yield event;
    }
  }

  #finish(result: ModelResult, known: ReadonlySet<string>, ofRecord: readonly string[]): InterviewReport {
    const { sections, removed, text } = readReport(result.text, known);
    const warnings = [...(this.alerts.length > 0 ? [ALERT_NOTICE] : []), ...ofRecord];
    for (const { number, answer } of this.#transcript) {
      const words = findInstruction(answer);
      if (words !== undefined)
        warnings.push(`A${number} reads like an instruction to the model ("${words}"): taken as data.`);
    }
    if (result.finishReason === "length") warnings.push("The report was cut off by the token limit.");
    const { transcript, alerts } = this;
    return { ...result, text, sections, removedPointers: removed, transcript, alerts, warnings, draft: true };
  }

  /** The conversation as turns, so that all but the last answer is in the engine's prefix cache. */
  async #ask(mayEnd: boolean, signal: AbortSignal | undefined): Promise<string> {
    const { values } = await this.#read(signal);
    const { start, letters } = this.#presets;
    const task = this.#task(signal);
    const [system, content] = fillPreset<RgbImage>(start, [], values);
    const turns = this.#transcript.flatMap(({ question, answer }): Message<RgbImage>[] => [
      { role: "assistant", content: question },
      { role: "user", content: answer || "(no answer)" },
    ]);
    const result = await collect(
      respond(this.#model, [...withSystem(system, content, task), ...turns], {
        prompt: { preset: start.id, version: start.version },
        options: { ...toAskOptions(task, start), grammar: questionGrammar(mayEnd, letters) },
        studies: [],
        started: performance.now(),
        read: 0,
      }),
    );
    return result.text;
  }

  /** Once, and again after a failure. */
  #read(signal: AbortSignal | undefined): Promise<SessionContext> {
    this.#context ??= this.#makeContext(signal).catch((error: unknown) => {
      this.#context = undefined;
      throw error;
    });
    return this.#context;
  }

  async #makeContext(signal: AbortSignal | undefined): Promise<SessionContext> {
    const reason = this.#reason?.trim() ? `Reason for the visit: ${asData(this.#reason.trim())}.` : "";
    if (this.#input === undefined) {
      return { values: { patient: "", reason, record: "(none)" }, known: new Set(), warnings: [] };
    }
    const record = await readRecord(this.#input, { identity: this.#identity, ...(signal && { signal }) });
    const lines = await this.#linesThatFit(record, signal);
    return {
      values: { patient: patientLine(record), reason, record: lines.map((it) => it.line).join("\n") },
      known: new Set(lines.map((it) => it.id)),
      warnings: record.warnings,
    };
  }

  /** A third of the context: the rest is for the conversation. */
  async #linesThatFit(
    record: PatientRecord,
    signal: AbortSignal | undefined,
  ): Promise<{ id: string; line: string }[]> {
    const meter = new TokenMeter(this.#model.engine, signal);
    const ranked = (await rankEntries(record.entries, this.#reason ?? "")).slice(0, 2000);
    const lines = await entryLines(ranked);
    await meter.learn(lines);
    const count = await meter.fit(lines, Math.floor(this.#model.engine.info.contextSize / 3));
    return ranked
      .slice(0, count)
      .map(({ id }, index) => ({ id, line: lines[index] ?? "" }))
      .sort((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)));
  }

  #task(signal: AbortSignal | undefined): TaskOptions {
    return { ...this.#options, ...(signal && { signal }) };
  }

  #end(): undefined {
    this.#ended = true;
    this.#pending = undefined;
    return undefined;
  }

  async #alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.#busy) {
      throw new MedGemmaError("bad_option", "A question of this interview is still being made.", {
        remedy: "Wait for it.",
      });
    }
    this.#busy = true;
    try {
      return await work();
    } finally {
      this.#busy = false;
    }
  }
}
