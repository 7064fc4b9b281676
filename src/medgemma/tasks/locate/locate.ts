import { badOption } from "../../../base/errors.js";
import { fitImage } from "../../../image/fit.js";
import type { ImageInput } from "../../../image/input.js";
import { parseBoxes } from "../../../prompt/boxes.js";
import { type LocatePreset, TASK_PRESETS } from "../../../prompt/presets-tasks.js";
import { sideBySide } from "../../run/callers.js";
import { checkName } from "../../run/check-name.js";
import type { LoadedModel } from "../../run/loaded-model.js";
import { LoopGuard } from "../../run/loop-guard.js";
import { readContent } from "../../run/pictures.js";
import { collect, respond } from "../../run/respond.js";
import type { ModelResult } from "../../run/result.js";
import {
  checkTaskOptions,
  choosePreset,
  fillPreset,
  onePicture,
  type TaskOptions,
  withSystem,
} from "../../run/task-prompt.js";
import { toAskOptions } from "../../run/text-task.js";
import { addTimings, addUsage } from "../../run/usage.js";
import { type DroppedLocation, keepAsked, type LocatedBox, names, toLocated } from "./boxes.js";

export interface LocateOptions extends TaskOptions<LocatePreset> {}

export interface LocateResult extends ModelResult {
  readonly boxes: readonly LocatedBox[];
  /** Boxes that the model wrote and that make no sense, or were not asked for. */
  readonly dropped: readonly DroppedLocation[];
  /** Targets without a box. */
  readonly notFound: readonly string[];
}

/** @see MedGemma.locate */
export async function locate(
  model: LoadedModel,
  image: ImageInput,
  targets: string | readonly string[],
  options: LocateOptions,
): Promise<LocateResult> {
  const started = performance.now();
  checkTaskOptions("locate", options, []);
  const asked = checkTargets(targets);
  const preset = choosePreset<LocatePreset>(TASK_PRESETS.locate[model.family], options.prompt);
  const part = { type: "image", image: onePicture("image", image) } as const;
  // Whole, for boxes are measured on it; shaped after.
  const whole = { ...options, fit: "stretch" } as const;
  const { content, studies } = await readContent([part], model, whole);
  const picture = content.find((each) => each.type === "image")?.image;
  if (!picture || content.length > 1)
    throw badOption("image", "one picture, not a series or a volume,", image);
  const { limits, signal, fit = model.fit } = options;
  const shown = await fitImage(picture, fit, { ...(limits && { limits }), ...(signal && { signal }) });
  const read = performance.now() - started;

  const context = {
    prompt: { preset: preset.id, version: preset.version },
    ...{ options: toAskOptions(options, preset), studies, started, read },
  };
  const answer = (
    asking: LoadedModel,
    values: Record<string, string>,
    signal = options.signal,
  ): Promise<ModelResult> => {
    const [system, user] = fillPreset(preset, [shown], values);
    const engine = new LoopGuard(model.engine);
    const stoppable = { ...context, options: { ...context.options, ...(signal && { signal }) } };
    return collect(respond({ ...asking, engine }, withSystem(system, user, options), stoppable));
  };
  // The first alone: the others then find the picture and the words before its name computed.
  const questions = preset.oneTargetEach ? asked.map((target) => ({ object_name: target })) : [{}];
  const [first, ...rest] = questions as Record<string, string>[];
  const own = { ...model, call: { asking: 0 } };
  const results = [await answer(own, first ?? {})];
  results.push(...(await sideBySide(own, rest, options.signal, answer)));

  const frame = { width: picture.width, height: picture.height, fit, study: studies[0] };
  const boxes: LocatedBox[] = [];
  const dropped: DroppedLocation[] = [];
  for (const result of results) {
    const parsed = parseBoxes(result.text);
    const wanted = preset.oneTargetEach
      ? { kept: parsed.boxes, dropped: [] }
      : keepAsked(parsed.boxes, asked);
    dropped.push(...parsed.dropped, ...wanted.dropped);
    for (const box of wanted.kept) {
      const located = toLocated(box, frame);
      if (located) boxes.push(located);
      else dropped.push({ reason: "outside", label: box.label });
    }
  }
  const found = (target: string, index: number) =>
    preset.oneTargetEach
      ? parseBoxes(results[index]?.text ?? "").boxes.length > 0
      : boxes.some(({ label }) => names(target, label)) ||
        (boxes.length > 0 && keepAsked([{ label: "", box: [0, 0, 1, 1] }], [target]).kept.length > 0);
  return {
    ...merge(results, started),
    boxes,
    dropped,
    notFound: asked.filter((target, index) => !found(target, index)),
  };
}

/** Each may be a question of its own. */
const MOST_TARGETS = 1000;

/** @throws MedGemmaError `bad_option`. */
function checkTargets(targets: unknown): string[] {
  const list = typeof targets === "string" ? [targets] : targets;
  if (!Array.isArray(list) || list.length === 0 || list.length > MOST_TARGETS)
    throw badOption("targets", `what to look for, ${MOST_TARGETS} things at most,`, targets);
  return [...new Set(list.map((target) => checkName("targets", "names of what to look for", target)))];
}

/** One result of the answers to several questions. */
function merge(results: readonly ModelResult[], started: number): ModelResult {
  const [first] = results;
  if (!first) throw new Error("There is no question without an answer.");
  const thoughts = results.flatMap(({ thought }) => (thought ? [thought] : []));
  return {
    ...first,
    text: results.map(({ text }) => text).join("\n\n"),
    thought: thoughts.length > 0 ? thoughts.join("\n\n") : undefined,
    finishReason:
      (["length", "other"] as const).find((end) => results.some((each) => each.finishReason === end)) ??
      "stop",
    thoughtCutOff: results.some(({ thoughtCutOff }) => thoughtCutOff),
    usage: addUsage(results.map(({ usage }) => usage)),
    timings: {
      ...first.timings,
      ...addTimings(results.map(({ timings }) => timings)),
      total: performance.now() - started,
    },
  };
}
