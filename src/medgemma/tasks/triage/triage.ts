import { badOption, MedGemmaError } from "../../../base/errors.js";
import type { RgbImage } from "../../../image/rgb.js";
import { findJson } from "../../../prompt/json.js";
import { hasPlace } from "../../../prompt/presets.js";
import { findInstruction } from "../../record/suspicious.js";
import type { LoadedModel } from "../../run/loaded-model.js";
import { collect, respond } from "../../run/respond.js";
import type { ModelResult } from "../../run/result.js";
import {
  checkTaskOptions,
  choosePreset,
  fillPreset,
  type TaskOptions,
  withSystem,
} from "../../run/task-prompt.js";
import { toAskOptions } from "../../run/text-task.js";
import { addTimings, addUsage } from "../../run/usage.js";
import { checkCase, contradictions, type TriageCase } from "./case.js";
import { isMeasured, type RuleReport, vitalInWords } from "./limits.js";
import type { TriageOptions } from "./options.js";
import { TRIAGE_PRESETS, tellCase, triageSchema } from "./presets.js";
import { applyRules, missingQuestions } from "./rules.js";
import type { TriageScale } from "./scale.js";
import { findScale } from "./scales/index.js";
import { checkScreen, type ScreenAnswer, type ScreenReport, screenCase } from "./screen.js";
import { contradictingWords } from "./spoken-vitals.js";

/** What the model said, before the rules. */
export interface TriageAnswer {
  /** Undefined when its answer held none. */
  readonly level: number | undefined;
  readonly reasons: readonly string[];
  readonly redFlags: readonly string[];
  readonly questions: readonly string[];
}

/** An unverified draft; see `notice`. */
export interface TriageResult extends ModelResult {
  /** 1 is the most urgent: the most urgent of `model.level`, `rules.level` and `screen.level`; of news2 the rules' alone, where they have one. */
  readonly level: number;
  readonly levelName: string;
  /** Id of the scale. */
  readonly scale: string;
  readonly scaleInfo: {
    readonly id: string;
    readonly name: string;
    readonly version: number;
    readonly source: string;
  };
  /** Why: the rules' reasons first, then the model's. */
  readonly reasons: readonly string[];
  /** Signs of danger: beyond the scale's limits, then those that the model names. */
  readonly redFlags: readonly string[];
  /** What to ask or measure next: contradictions first, then what is missing, then the model's. */
  readonly questions: readonly string[];
  readonly model: TriageAnswer;
  readonly rules: RuleReport;
  /** The scale's questions, as the model answered them one by one. */
  readonly screen: ScreenReport;
  /** What made the level more urgent than `model.level`. */
  readonly raisedBy: readonly ("rules" | "screen")[];
  /** True when the rules made the level more urgent than the model had it. */
  readonly raisedByRules: boolean;
  /** True where the level rests on a score that something is missing from: the true level may be more urgent. */
  readonly atLeast: boolean;
  /** E.g. words in the case that read like an instruction to the model. */
  readonly warnings: readonly string[];
}

/** @see MedGemma.triage */
export async function triage(
  model: LoadedModel,
  input: TriageCase,
  options: TriageOptions,
): Promise<TriageResult> {
  const started = performance.now();
  checkTaskOptions("triage", options, ["scale", "screen", "screenThreshold"]);
  checkScreen(options);
  if ((options as TaskOptions).think) {
    throw badOption("think", "false, as the answer's form leaves no room for a thought,", true);
  }
  checkCase(input);
  const scale = findScale(options.scale ?? "esi");
  const rules = applyRules(scale, input);
  if (scale.decides === "rules" && rules.level === undefined) throw undecided(scale, rules);
  const preset = choosePreset(TRIAGE_PRESETS[model.family], options.prompt);
  const { style = "lines" } = preset;
  if (!hasPlace(preset, "case")) throw badOption("prompt", "a place {case}", options.prompt);
  const levels = scale.levels.map((it) => `${it.level}: ${it.name}. ${it.meaning}`).join("\n");
  const values = { case: tellCase(style, input), ...(hasPlace(preset, "levels") && { levels }) };
  const [system, content] = fillPreset<RgbImage>(preset, [], values);
  const messages = withSystem(system, content, options);
  const context = {
    prompt: { preset: preset.id, version: preset.version },
    options: toAskOptions(options, preset),
    jsonSchema: triageSchema({ ...preset, style }, scale),
    studies: [],
    started,
    read: 0,
  };
  const result = await collect(respond(model, messages, context));
  const { report: screen, spent } = await screenCase(model, scale, input, options);
  const usage = addUsage([result.usage, ...spent.map((it) => it.usage)]);
  const total = performance.now() - started;
  const timings = {
    ...result.timings,
    ...addTimings([result.timings, ...spent.map((it) => it.timings)]),
    total,
  };
  return combine({ ...result, usage, timings }, readAnswer(result.text, scale), rules, screen, scale, input);
}

/** A scale whose rules decide, and do not. */
function undecided({ id }: TriageScale, { score }: RuleReport): MedGemmaError {
  if (score !== undefined && !isMeasured(score)) {
    return new MedGemmaError("bad_option", `The scale ${id} needs vital signs, and none was measured.`, {
      facts: { option: "vitals", scale: id, missing: score.missing.join(", ") },
      remedy: "Pass what was measured in `vitals`; nothing measured is not a low risk.",
    });
  }
  return new MedGemmaError("bad_option", `The scale ${id} is not made for this patient.`, {
    facts: { option: "scale", scale: id },
    remedy: "NEWS2 is for patients from 16 years who are not pregnant; take another scale.",
  });
}

function combine(
  result: ModelResult,
  answer: TriageAnswer,
  rules: RuleReport,
  screen: ScreenReport,
  scale: TriageScale,
  input: TriageCase,
): TriageResult {
  const fixed = scale.decides === "rules";
  const asked = [rules.level, screen.level, fixed ? undefined : answer.level].filter(
    (level) => level !== undefined,
  );
  if (asked.length === 0) {
    throw new MedGemmaError(
      "answer_incomplete",
      "The model's answer holds no level, and no rule or question asks for one.",
    );
  }
  const level = Math.min(...asked);
  const findings = rules.checks.map((it) => it.finding);
  const yes = screen.answers.filter((it) => it.counted).map(inWords);
  const raises = (by: number | undefined) =>
    !fixed && by !== undefined && by < (answer.level ?? Number.POSITIVE_INFINITY);
  const limits = rules.checks.filter((it) => it.level < scale.levels.length);
  const { id, name, version, source } = scale;
  return {
    ...result,
    level,
    levelName: scale.levels.find((it) => it.level === level)?.name ?? "",
    scale: id,
    scaleInfo: { id, name, version, source },
    reasons: [...findings, ...yes, ...answer.reasons],
    redFlags: [...new Set([...limits.map((it) => it.finding), ...yes, ...answer.redFlags])],
    questions: [
      ...new Set([
        ...contradictions(input.vitals ?? {}),
        ...contradictingWords(scale, input),
        ...missingQuestions(input),
        ...answer.questions,
      ]),
    ],
    model: answer,
    rules,
    screen,
    raisedBy: [
      ...(raises(rules.level) ? (["rules"] as const) : []),
      ...(raises(screen.level) ? (["screen"] as const) : []),
    ],
    raisedByRules: raises(rules.level),
    atLeast: fixed && rules.score?.atLeast === true,
    warnings: [...boundOf(fixed, rules), ...warningsOf(input, answer, scale)],
  };
}

/** A yes that counts, as a reason. */
const inWords = ({ question, probability }: ScreenAnswer) =>
  `The model answers yes (${probability.toFixed(2)}): ${question}`;

/** What a score that decides alone was computed without. */
function boundOf(fixed: boolean, { score }: RuleReport): string[] {
  if (!fixed || !score?.atLeast) return [];
  const missing = score.missing.map(vitalInWords).join(", ");
  return [`${score.name} is a lower bound, for these were not measured: ${missing}.`];
}

function warningsOf(input: TriageCase, answer: TriageAnswer, { decides, levels }: TriageScale): string[] {
  const warnings: string[] = [];
  for (const name of ["complaint", "symptoms", "history", "medications", "allergies"] as const) {
    const found = [input[name] ?? []].flat().map(findInstruction).find(Boolean);
    if (found !== undefined) warnings.push(`The ${name} reads like an instruction to the model: "${found}".`);
  }
  if (answer.level === undefined && decides !== "rules") {
    warnings.push(`The model gave no level from 1 to ${levels.length}: the rules alone decided.`);
  }
  return warnings;
}

/** Tolerant: own prompts and remote engines may answer in words around the JSON. */
function readAnswer(text: string, { levels }: TriageScale): TriageAnswer {
  const found = findJson(text)?.value;
  const json = (typeof found === "object" && found !== null ? found : {}) as Record<string, unknown>;
  const number = Number(json.level ?? json.esi);
  const known = levels.some((it) => it.level === number);
  const phantom =
    typeof json.complaint === "string" ? [`The model takes the complaint for ${json.complaint}`] : [];
  const emergency = json.emergency === true ? ["The model calls it an emergency"] : [];
  return {
    level: known ? number : undefined,
    reasons: [...phantom, ...strings(json.reasons)],
    redFlags: [...emergency, ...strings(json.redFlags)],
    questions: strings(json.questions),
  };
}

function strings(value: unknown): string[] {
  return Array.isArray(value)
    ? value.filter((it): it is string => typeof it === "string" && it.trim() !== "")
    : [];
}
