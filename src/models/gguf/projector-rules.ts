import type { GgufValues } from "./values.js";

/** What picture encoders of Gemma 3 have in common (preprocessor_config.json and vision_config of google/gemma-3-*). */
const NORMALISATION = 0.5;
const EPSILON = 1e-6;
/** Of the one that was published: 27 layers, 896 pixels in patches of 14. */
const PUBLISHED = { layers: 27, heads: 16, merge: 4 };

const near = (given: number, expected: number) => Math.abs(given - expected) <= expected * 1e-3;

/**
 * What a checked projector says that loads and sees pictures otherwise than Gemma 3 does. Each is the rest of a sentence
 * that begins with the file's name.
 */
export function oddInProjector(values: GgufValues): string[] {
  const differs = (key: string, given: number, expected: number) =>
    `has ${given} for ${key}, where Gemma 3 has ${expected}: pictures will be seen otherwise`;
  const odd: string[] = [];
  for (const key of ["clip.vision.image_mean", "clip.vision.image_std"]) {
    const other = values.numbers(key).find((given) => !near(given, NORMALISATION));
    if (other !== undefined) odd.push(differs(key, other, NORMALISATION));
  }
  const epsilonKey = "clip.vision.attention.layer_norm_epsilon";
  const epsilon = values.real(epsilonKey, 0, 1);
  if (!near(epsilon, EPSILON)) odd.push(differs(epsilonKey, epsilon, EPSILON));
  if (values.optionalWhole("clip.vision.block_count", 1, 512) !== PUBLISHED.layers) return odd;
  for (const [key, expected] of [
    ["clip.vision.attention.head_count", PUBLISHED.heads],
    ["clip.vision.projector.scale_factor", PUBLISHED.merge],
  ] as const) {
    const given = values.optionalWhole(key, 1, 1024) ?? expected;
    if (given !== expected) odd.push(differs(key, given, expected));
  }
  return odd;
}
