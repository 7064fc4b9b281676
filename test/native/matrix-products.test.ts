import { rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { quantize } from "../../src/dataset/quantize.js";
import { loadAddon } from "../../src/engine/native/addon.js";
import { ProcessEngine } from "../../src/engine/process/process-engine.js";
import { type Answer, answer } from "../support/ask.js";
import { goldens, messagesOf, PHANTOM, THREADS } from "../support/phantom.js";
import { temporaryFolder } from "./cli/support.js";

const ADAPTER = path.resolve("test/fixtures/lora/phantom-brief-lora-f16.gguf");
const folder = temporaryFolder();
const cases = goldens.filter((_, index) => index % 11 === 0);

/** What the CPU of this machine can run, by its features; ggml's own come first, as what the others are held to. */
const features = loadAddon().versions().cpuFeatures;
const own = [
  ...(features.includes("AVX512_VNNI = 1") ? ["avx512vnni"] : []),
  ...(features.includes("AVX2 = 1") ? ["avx2"] : []),
];

// Q4_K_M has Q4_K and Q6_K matrices; the phantom's widths are multiples of their 256 columns.
const model = path.join(folder, "phantom-Q4_K_M.gguf");
beforeAll(() => quantize(PHANTOM.model, "Q4_K_M", { output: model }));
afterAll(() => rmSync(model, { force: true }));

async function ask(kernels: string, adapted: boolean): Promise<Answer[]> {
  const engine = await ProcessEngine.load({
    ...PHANTOM,
    model,
    threads: THREADS,
    env: { MEDGEMMA_CPU_KERNELS: kernels },
    ...(adapted && { adapters: [{ file: ADAPTER }] }),
  });
  try {
    const answers: Answer[] = [];
    // One alone, then eight side by side: one row of activations and several.
    for (let at = 0; at < cases.length; at += at === 0 ? 1 : 8) {
      const some = cases.slice(at, at + (at === 0 ? 1 : 8));
      answers.push(
        ...(await Promise.all(
          some.map(async (each) => answer(engine, await messagesOf(each), { logprobs: 1 })),
        )),
      );
    }
    return answers;
  } finally {
    await engine.dispose();
  }
}

test("a machine that has AVX2 takes own products by default", () => {
  expect(/KERNELS = (\w+)/.exec(features)?.[1]).toBe(
    process.platform === "win32" ? "ggml" : (own[0] ?? "ggml"),
  );
});

const references = new Map<boolean, Promise<Answer[]>>();
function reference(adapted: boolean): Promise<Answer[]> {
  const known = references.get(adapted) ?? ask("ggml", adapted);
  references.set(adapted, known);
  return known;
}

const combinations = own.flatMap((kernels) => [false, true].map((adapted) => ({ kernels, adapted })));
for (const { kernels, adapted } of combinations) {
  test(`${kernels}${adapted ? " with an adapter" : ""} answers as ggml's own products`, async () => {
    const expected = await reference(adapted);
    const answers = await ask(kernels, adapted);
    let equal = 0;
    const differences: number[] = [];
    for (const [index, { text, tokens }] of answers.entries()) {
      const theirs = expected[index]?.tokens ?? [];
      if (text === expected[index]?.text) equal++;
      // As far as both say the same.
      for (const [place, { id, logprob }] of tokens.entries()) {
        if (id !== theirs[place]?.id) break;
        differences.push(Math.abs(logprob - (theirs[place]?.logprob ?? Number.NaN)));
      }
    }
    // Sums in another order move a log-probability by 6e-6 on average, with the adapter, which makes the phantom less
    // sure, by 6e-4; one constant of a kernel wrong by 3 % by 40 and 17 times as much.
    const mean = differences.reduce((sum, each) => sum + each, 0) / differences.length;
    expect(mean).toBeLessThan(adapted ? 3e-3 : 5e-5);
    // The order of sums may turn a late token where two are nearly as likely.
    expect(equal).toBeGreaterThanOrEqual(Math.floor(0.96 * answers.length));
    expect(new Set(answers.map(({ text }) => text)).size).toBeGreaterThan(5);
  });
}
