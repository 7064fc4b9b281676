import { badOption } from "../../../base/errors.js";
import { readOnce, stringOption } from "../../../base/options.js";
import type { ImageInput } from "../../../image/input.js";
import { hasPlace } from "../../../prompt/presets.js";
import { TASK_PRESETS } from "../../../prompt/presets-tasks.js";
import { parseSections, type ReportSection } from "../../../prompt/report-sections.js";
import { checkName } from "../../run/check-name.js";
import type { LoadedModel } from "../../run/loaded-model.js";
import type { StreamEvent } from "../../run/result.js";
import { checkTaskOptions, choosePreset, type TaskOptions, toPictures } from "../../run/task-prompt.js";
import { type TextResult, textTask } from "../../run/text-task.js";

export interface ReportOptions extends TaskOptions {
  /** Why the study was made; goes before the question. Defaults to none. */
  indication?: string | undefined;
  /** What is known of the patient. Defaults to none. */
  history?: string | undefined;
  /** An earlier picture, an earlier report, or both. Defaults to none. */
  prior?: { readonly image?: ImageInput | undefined; readonly report?: string | undefined } | undefined;
  /** Sections to ask for, in order. Defaults to `["FINDINGS", "IMPRESSION"]`. */
  sections?: readonly string[] | undefined;
}

/** An unverified draft of a report; see `notice`. */
export interface ReportResult extends TextResult {
  /** Text under FINDINGS (or what means the same); empty when the model wrote no such section. */
  readonly findings: string;
  /** Text under IMPRESSION or CONCLUSION; empty when the model wrote no such section. */
  readonly impression: string;
  /** All sections, in the model's order. Empty when it wrote no headings: then only `text` says what it said. */
  readonly sections: readonly ReportSection[];
  /** Sections that were asked for and are not in the answer, as for a picture that is none of what the model knows. */
  readonly missing: readonly string[];
  /** Always true: a person has to read the pictures. */
  readonly draft: true;
}

const OWN = ["indication", "history", "prior", "sections"];
const MOST_SECTIONS = 100;
const SECTIONS = ["FINDINGS", "IMPRESSION"];

/** @see MedGemma.streamReport */
export async function* streamReport(
  model: LoadedModel,
  images: ImageInput | readonly ImageInput[],
  given: ReportOptions,
): AsyncGenerator<StreamEvent<ReportResult>, void, void> {
  const options = readOnce("report", given);
  checkTaskOptions("report", options, OWN);
  const asked = checkSections(options.sections);
  const { prior, prompt } = options;
  const own = TASK_PRESETS[prior?.image === undefined ? "report" : "followUp"][model.family];
  const pictures = [...(prior?.image === undefined ? [] : [prior.image]), ...toPictures("images", images)];
  const preset = choosePreset(own, prompt);
  // Own words may leave the sections to the caller.
  const named = own === preset || hasPlace(preset, "sections");
  const values = { context: contextOf(options), ...(named && { sections: listOf(asked) }) };
  yield* textTask(model, { preset, pictures, values, options }, (result) => {
    const sections = parseSections(result.text, asked);
    const of = (name: string) => sections.find((section) => section.name === name)?.text ?? "";
    const missing = asked.filter((name) => !sections.some((section) => section.name === name));
    const fields = { findings: of("FINDINGS"), impression: of("IMPRESSION"), sections, missing };
    return { ...result, ...fields, draft: true as const };
  });
}

function checkSections(sections: unknown): string[] {
  if (sections === undefined) return SECTIONS;
  if (!Array.isArray(sections) || sections.length === 0 || sections.length > MOST_SECTIONS)
    throw badOption("sections", `a list of section names, ${MOST_SECTIONS} at most,`, sections);
  return sections.map((name) => checkName("sections", "names of sections", name).toUpperCase());
}

/** What is known besides the pictures, a line each, and an empty line. */
function contextOf({ indication, history, prior }: ReportOptions): string | undefined {
  stringOption("indication", indication);
  stringOption("history", history);
  if (
    prior !== undefined &&
    (typeof prior !== "object" || prior === null || !("image" in prior || "report" in prior))
  )
    throw badOption("prior", "an object with image or report", prior);
  stringOption("prior.report", prior?.report);
  const known = { INDICATION: indication, HISTORY: history, "PRIOR REPORT": prior?.report };
  const lines = Object.entries(known).flatMap(([name, text]) =>
    text?.trim() ? [`${name}: ${text.trim()}\n`] : [],
  );
  return lines.length === 0 ? undefined : `${lines.join("")}\n`;
}

function listOf(names: readonly string[]): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
}
