import { readOnce } from "../base/options.js";
import type { RecordInput } from "../fhir/record.js";
import type { ImageInput } from "../image/input.js";
import { type DecideOptions, type DecideResult, streamDecide } from "./decide.js";
import { type EmbedOptions, type EmbedResult, embed } from "./embed.js";
import { type InterviewOptions, InterviewSession } from "./interview.js";
import type { LoadedModel } from "./loaded-model.js";
import { collect } from "./respond.js";
import type { StreamEvent } from "./result.js";
import type { TriageCase } from "./triage/case.js";
import type { TriageOptions } from "./triage/options.js";
import { type TriageResult, triage } from "./triage.js";

/** What a loaded model does besides reading pictures in words: records, cases, vectors. Part of {@link MedGemma}. */
export abstract class RecordTasks {
  /** @internal */
  protected abstract readonly loaded: LoadedModel;

  /**
   * One picture as a vector, for similar cases (`ImageIndex`) and own classifiers (`fitHead`). Only the encoder runs.
   * @throws MedGemmaError as {@link MedGemma.stream}.
   */
  async embed(image: ImageInput, options: EmbedOptions = {}): Promise<EmbedResult> {
    return embed(this.loaded, image, readOnce("embed", options));
  }

  /**
   * How urgent a case is: the model's level, or a more urgent one where the scale's limits for vital signs ask for it.
   * @throws MedGemmaError `bad_option` (also for values that no patient has), `context_full`, `answer_incomplete`, and
   * as {@link MedGemma.stream}.
   *
   * @example
   * const { level, redFlags } = await model.triage({ age: 54, complaint: "chest pain", vitals: { heartRate: 131, spo2: 97 } });
   */
  async triage(input: TriageCase, options: TriageOptions = {}): Promise<TriageResult> {
    return triage(this.loaded, readOnce("triage case", input), readOnce("triage", options));
  }

  /**
   * Decision support over a patient's record: differential, work-up, treatment and cautions, each statement with the
   * entries that it rests on.
   *
   * @param record A FHIR R4 Bundle or resources (object, JSON or NDJSON text), or plain text.
   * @throws MedGemmaError `bad_option`, `record_unreadable`, `context_full`, and as {@link MedGemma.stream}.
   *
   * @example
   * const { cautions, entries } = await model.decide(bundle, "Which antibiotic for a urinary infection?");
   */
  decide(record: RecordInput, question: string, options: DecideOptions = {}): Promise<DecideResult> {
    return collect(this.streamDecide(record, question, options));
  }

  /** The same, as it comes. Streamed text may hold pointers that `finish` has removed. */
  streamDecide(
    record: RecordInput,
    question: string,
    options: DecideOptions = {},
  ): AsyncGenerator<StreamEvent<DecideResult>, void, void> {
    return streamDecide(this.loaded, record, question, options);
  }

  /**
   * Opens a pre-visit interview: one question at a time, ending in a report for the clinician.
   * @throws MedGemmaError `bad_option`.
   */
  interview(options: InterviewOptions = {}): InterviewSession {
    return new InterviewSession(this.loaded, readOnce("interview", options));
  }
}
