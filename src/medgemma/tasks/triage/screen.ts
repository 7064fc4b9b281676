import { badOption, MedGemmaError } from "../../../base/errors.js";
import { numberOption } from "../../../base/options.js";
import type { EngineTimings, Usage } from "../../../engine/engine.js";
import type { LoadedModel } from "../../run/loaded-model.js";
import { type Asked, type Scored, score, scoreAll } from "../../run/score-questions.js";
import { share } from "../../run/share.js";
import { fillPreset, withSystem } from "../../run/task-prompt.js";
import { addTimings, addUsage } from "../../run/usage.js";
import type { TriageCase } from "./case.js";
import type { TriageOptions } from "./options.js";
import { SCREEN_PRESETS, type ScreenPreset, tellCase } from "./presets.js";
import type { TriageScale } from "./scale.js";

/** A question of the scale, as the model answered it. */
export interface ScreenAnswer {
  readonly id: string;
  readonly question: string;
  /** Of yes, where yes and no are the only answers. */
  readonly probability: number;
  /** Of a yes. */
  readonly level: number;
  readonly source: string;
  /** True when it makes the case at least as urgent as `level`. */
  readonly counted: boolean;
}

/** The scale's questions, asked of the model one by one. */
export interface ScreenReport {
  /** The most urgent level that a yes asks for; undefined when none counts. */
  readonly level: number | undefined;
  /** In the scale's order; empty when they were not asked. */
  readonly answers: readonly ScreenAnswer[];
  /** From which probability on a yes counts. */
  readonly threshold: number;
  /** Why they were not asked, or do not count; undefined where they do. */
  readonly note: string | undefined;
}

export interface Screened {
  readonly report: ScreenReport;
  readonly spent: readonly { usage: Usage; timings: EngineTimings }[];
}

/** Not validated: nobody has measured MedGemma's yes against triaged patients. */
export const SCREEN_THRESHOLD = 0.8;

/** @throws MedGemmaError `bad_option`. */
export function checkScreen({ screen, screenThreshold }: TriageOptions): number {
  if (screen !== undefined && typeof screen !== "boolean") throw badOption("screen", "true or false", screen);
  return numberOption("screenThreshold", screenThreshold, SCREEN_THRESHOLD, 0, 1);
}

/** Asks the scale's questions, the first alone and the others on top of the case that it has read. */
export async function screenCase(
  model: LoadedModel,
  scale: TriageScale,
  input: TriageCase,
  options: TriageOptions,
): Promise<Screened> {
  const threshold = checkScreen(options);
  const preset = SCREEN_PRESETS[model.family];
  const { questions = [] } = scale;
  const none = (note: string) => ({ report: { level: undefined, answers: [], threshold, note }, spent: [] });
  if (questions.length === 0) return none("The scale has no questions for the model.");
  if (!(options.screen ?? preset.counts)) return none(options.screen === false ? "Switched off." : UNTAUGHT);
  if (model.engine.info.capabilities?.logprobs === false) return none(CANNOT_SCORE);
  const asked = questions.map(({ question }) => ask(preset, input, question, options));
  try {
    const scored = await scoreQuestions(model, preset, asked, scoreOptions(options));
    const answers = questions.map((it, index) => {
      const probability = share(scored[index]?.mass ?? [])[0] ?? 0;
      return { ...it, probability, counted: preset.counts && probability >= threshold };
    });
    const levels = answers.filter((it) => it.counted).map((it) => it.level);
    const level = levels.length === 0 ? undefined : Math.min(...levels);
    return {
      report: { level, answers, threshold, note: preset.counts ? undefined : UNTAUGHT },
      spent: scored,
    };
  } catch (error) {
    // An endpoint may find out only when it is asked.
    if (isUnsupported(error)) return none(CANNOT_SCORE);
    throw error;
  }
}

const UNTAUGHT = "This model's yes and no to such questions mean nothing: they do not count.";
const CANNOT_SCORE = "The engine tells no probabilities of yes and no: the questions were not asked.";

function ask(preset: ScreenPreset, input: TriageCase, question: string, options: TriageOptions): Asked {
  const values = { case: tellCase(preset.style, input), question };
  const [system, content] = fillPreset<never>(preset, [], values);
  const { yes, no } = preset.answers as { yes: readonly string[]; no: readonly string[] };
  return { messages: withSystem(system, content, options), answers: [yes, no] };
}

type Use = ReturnType<typeof scoreOptions>;

/**
 * An endpoint tells its likeliest tokens only: where it is sure of yes, no is not among them. Then each is asked for
 * alone, and the one that is not told has no share.
 */
async function scoreQuestions(model: LoadedModel, preset: ScreenPreset, asked: readonly Asked[], use: Use) {
  try {
    return await scoreAll(model, preset, asked, use);
  } catch (error) {
    if (!isUnsupported(error)) throw error;
    const scored: Scored[] = [];
    for (const question of asked) scored.push(await scoreApart(model, preset, question, use));
    return scored;
  }
}

async function scoreApart(model: LoadedModel, preset: ScreenPreset, asked: Asked, use: Use): Promise<Scored> {
  const told: Scored[] = [];
  const mass: number[] = [];
  let refused: unknown;
  for (const answer of asked.answers) {
    try {
      const scored = await score(model, preset, { ...asked, answers: [answer] }, use);
      told.push(scored);
      mass.push(scored.mass[0] ?? 0);
    } catch (error) {
      if (!isUnsupported(error)) throw error;
      refused = error;
      mass.push(0);
    }
  }
  if (told.length === 0) throw refused;
  const usage = addUsage(told.map((it) => it.usage));
  return { mass, thought: undefined, usage, timings: addTimings(told.map((it) => it.timings)) };
}

const isUnsupported = (error: unknown) =>
  MedGemmaError.isInstance(error) && error.code === "unsupported_by_endpoint";

function scoreOptions({ signal, priority, deterministic, adapters }: TriageOptions) {
  return {
    ...(signal && { signal }),
    ...(priority !== undefined && { priority }),
    ...(deterministic !== undefined && { deterministic }),
    ...(adapters !== undefined && { adapters }),
  };
}
