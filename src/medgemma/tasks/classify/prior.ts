import { badOption } from "../../../base/errors.js";
import { isObject } from "../../../base/guards.js";
import type { RgbImage } from "../../../image/rgb.js";
import type { ContentPart } from "../../../prompt/message.js";
import type { LoadedModel } from "../../run/loaded-model.js";
import { share } from "../../run/share.js";
import { logit, sigmoid } from "./calibration-fit.js";

/** `"content-free"`, or how common each label is, above 0 and below 1, by label. */
export type LabelPrior = "content-free" | Readonly<Record<string, number>>;

/** @throws MedGemmaError `bad_option`. */
export function checkPrior(prior: unknown, labels: readonly string[]): void {
  if (prior === undefined || prior === "content-free") return;
  if (!isObject(prior)) throw badOption("prior", '"content-free" or a share by label', prior);
  const shares = prior;
  const unknown = Object.keys(shares).find((label) => !labels.includes(label));
  if (unknown !== undefined) throw badOption("prior", "shares of the labels that are asked for", prior);
  for (const label of labels) {
    const value = shares[label];
    if (typeof value !== "number" || !(value > 0 && value < 1))
      throw badOption("prior", "a share above 0 and below 1 for every label", value);
  }
}

/**
 * Removes what the model would answer anyway (contextual calibration, Zhao et al. 2021: its answer to a picture without
 * content), or moves from even odds to the odds that are usual where it is used.
 */
export function applyPrior(
  probabilities: readonly number[],
  prior: LabelPrior | undefined,
  labels: readonly string[],
  multiLabel: boolean,
  free: readonly number[] | undefined,
): number[] {
  if (prior === undefined) return [...probabilities];
  const usual = labels.map((label) => (prior === "content-free" ? 0 : (prior[label] ?? 0)));
  if (multiLabel) {
    return probabilities.map((p, index) =>
      sigmoid(logit(p) + (free ? -logit(free[index] ?? 0.5) : logit(usual[index] ?? 0.5))),
    );
  }
  return share(
    probabilities.map((p, index) => (free ? p / Math.max(free[index] ?? 1, 1e-9) : p * (usual[index] ?? 1))),
  );
}

/** The same turn with grey in the place of each picture: one small picture, encoded once. */
export function contentFree(
  { engine }: LoadedModel,
  content: readonly ContentPart<RgbImage>[],
): ContentPart<RgbImage>[] {
  const side = engine.info.projector?.imageSize ?? 224;
  const image: RgbImage = {
    width: side,
    height: side,
    data: new Uint8Array(side * side * 3).fill(128),
    origin: { format: "raw", storedWidth: side, storedHeight: side, steps: ["uniform grey"] },
  };
  return content.map((part) => (part.type === "image" ? { type: "image", image } : part));
}
