import type { RecordInput } from "../../../fhir/record.js";
import type { TaskOptions } from "../../run/task-prompt.js";
import type { InterviewPresets } from "./presets.js";

export interface InterviewOptions extends Omit<TaskOptions, "limits" | "study" | "fit" | "prompt" | "think"> {
  /** What is known of the patient: a FHIR Bundle or a text. Entries that fit are shown to the model. Defaults to none. */
  record?: RecordInput | undefined;
  /** Why the patient comes, if it is known. Defaults to none. */
  reason?: string | undefined;
  /** Questions at most, 1..20. Defaults to `20`. */
  maxQuestions?: number | undefined;
  /** Questions before the model may end the interview, 1..`maxQuestions`. Defaults to `3`. */
  minQuestions?: number | undefined;
  /** Lets the model see names, numbers and addresses. Defaults to `false`. */
  identity?: boolean | undefined;
  /** Other prompts. Defaults to those of the model; see docs/tasks/interview.md. */
  prompt?: InterviewPresets | undefined;
}

/** One question for the patient, of at most 20 words. */
export interface InterviewQuestion {
  readonly number: number;
  readonly text: string;
  readonly source: "model" | "list";
}
