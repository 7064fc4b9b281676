import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { packageRoot } from "../../src/base/package.js";
import { loadAddon } from "../../src/engine/native/addon.js";
import { ProcessEngine } from "../../src/engine/process/process-engine.js";
import { THREADS } from "../support/phantom.js";

// Real K-quants, which the phantom's own weights are not: .ci/run fetches the file and names it here.
const REAL_MODEL = process.env.MEDGEMMA_GEMMA3_270M;

const text = readFileSync(path.join(packageRoot, "models/deep/paragraph.txt"), "utf8");
/** What float32 gives from the same weights: test/oracles/gemma3_likelihood.py. */
const reference = JSON.parse(
  readFileSync(path.join(packageRoot, "test/fixtures/likelihood/gemma3-270m.json"), "utf8"),
) as { sha256: string; ids: number[]; logprobs: number[] };

const features = loadAddon().versions().cpuFeatures;
const own = [
  ...(features.includes("AVX512_VNNI = 1") ? ["avx512vnni"] : []),
  ...(features.includes("AVX2 = 1") ? ["avx2"] : []),
];

async function likelihoods(kernels: string): Promise<number[]> {
  const engine = await ProcessEngine.load({
    model: REAL_MODEL ?? "",
    threads: THREADS,
    contextSize: 1024,
    parallel: 1,
    env: { MEDGEMMA_CPU_KERNELS: kernels },
  });
  try {
    expect(engine.info.model.file.sha256).toBe(reference.sha256);
    const { scores } = await engine.score([{ type: "text", text: "<bos>", special: true }], [text]);
    const tokens = scores[0]?.tokens ?? [];
    expect(tokens.map(({ id }) => id)).toEqual(reference.ids);
    return tokens.map(({ logprob }) => logprob);
  } finally {
    await engine.dispose();
  }
}

const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
const rms = (values: readonly number[]) => Math.sqrt(mean(values.map((x) => x * x)));
const minus = (a: readonly number[], b: readonly number[]) => a.map((x, i) => x - (b[i] ?? Number.NaN));

test("the reference is of the whole text", () => {
  expect(reference.ids.length).toBe(reference.logprobs.length);
  // Longer than the sliding window of 512.
  expect(reference.ids.length).toBeGreaterThan(600);
});

describe.each(REAL_MODEL === undefined ? [] : [REAL_MODEL])("Gemma 3 270M in Q4_K_M", () => {
  let ggml: number[];
  beforeAll(async () => {
    ggml = await likelihoods("ggml");
  });

  // The activations' rounding is what remains between an engine and float32. Both round to eight bits.
  test.each(["ggml", ...own])("%s products are as near to float32 as ggml's", async (kernels) => {
    const found = kernels === "ggml" ? ggml : await likelihoods(kernels);
    const off = minus(found, reference.logprobs);
    console.log(`${kernels}: rms ${rms(off).toFixed(4)}, mean ${mean(off).toFixed(4)} nats a token`);
    expect(rms(off)).toBeLessThan(0.15);
    expect(rms(off)).toBeLessThan(1.1 * rms(minus(ggml, reference.logprobs)));
    expect(Math.abs(mean(off))).toBeLessThan(0.02);
  });
});
