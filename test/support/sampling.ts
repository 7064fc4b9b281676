import { SAMPLING, SAMPLING_NAMES, type SamplingName } from "../../src/engine/sampling.js";

/** An allowed value of each sampling option that is not its default, and another for each. */
export const UNUSUAL = Object.fromEntries(
  SAMPLING_NAMES.map((name, index) => {
    const { kind, from, to } = SAMPLING[name];
    const share = from + (to - from) * (0.3 + index / 100);
    return [name, kind === "integer" ? Math.round(share) : share];
  }),
) as Record<SamplingName, number>;
