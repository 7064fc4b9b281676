import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packageRoot } from "../../src/base/package.js";
import { perplexityOf } from "../../src/dataset/quantize/perplexity.js";
import { quantizationLoss, quantize, quantizeTypes } from "../../src/dataset/quantize.js";
import { NativeEngine } from "../../src/engine/native/native-engine.js";
import { MedGemma } from "../../src/medgemma/medgemma.js";
import { readGguf } from "../../src/models/gguf/gguf.js";
import { goldens, PHANTOM, picture, picturePath } from "../support/phantom.js";

const ADAPTER = path.join(packageRoot, "test/fixtures/lora/phantom-brief-lora-f16.gguf");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "medgemma-quantize-"));
});
afterAll(() => rm(folder, { recursive: true }));
const out = (name: string) => path.join(folder, name);
/** Files of a result that did not come to be, under its name or one of their own. */
const leftOf = async (name: string) =>
  (await readdir(folder)).filter((each) => each.startsWith(name) || each.endsWith(".tmp"));

const cases = goldens
  .filter(({ messages, images }) => messages.length === 1 && images.length === 1)
  .filter((_, index) => index % 8 === 0)
  .map(({ messages, images }) => {
    const content = messages[0]?.content ?? [];
    const question =
      typeof content === "string" ? content : content.flatMap((p) => ("text" in p ? p.text : []));
    return { images: images.map(picturePath), question: [question].flat().join("") };
  });

describe("a model", () => {
  test("becomes half as large in Q8_0 and answers the same", async () => {
    const shares: number[] = [];
    const onProgress = (share: number) => shares.push(share);
    const quantized = await quantize(PHANTOM.model, "q8_0", { output: out("q8.gguf"), onProgress });
    expect(quantized).toMatchObject({ type: "Q8_0", projector: false, fallbacks: 0 });
    expect(quantized.output.bytes).toBeLessThan(0.6 * quantized.input.bytes);
    expect(shares.at(-1)).toBe(1);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    const { answers, text } = await quantizationLoss(
      () => MedGemma.load(PHANTOM),
      () => MedGemma.load({ ...PHANTOM, model: out("q8.gguf") }),
      { cases, text: "There is a pleural effusion. There is no nodule. The heart is enlarged." },
    );
    expect(answers?.agreement).toBeGreaterThanOrEqual(0.95);
    expect(answers?.meanLogprobDifference).toBeGreaterThan(0);
    expect(answers?.meanLogprobDifference).toBeLessThan(0.01);
    expect(text?.ratio).toBeGreaterThan(0.9);
    expect(text?.ratio).toBeLessThan(1.1);
  });

  test("loses more with fewer bits", async () => {
    const differences: number[] = [];
    for (const type of ["Q8_0", "Q4_0", "Q3_K_S"]) {
      const output = out(`fewer-${type}.gguf`);
      await quantize(PHANTOM.model, type, { output });
      const { answers } = await quantizationLoss(
        () => MedGemma.load(PHANTOM),
        () => MedGemma.load({ ...PHANTOM, model: output }),
        { cases: cases.slice(0, 12) },
      );
      differences.push(answers?.meanLogprobDifference ?? 0);
    }
    expect(differences).toEqual([...differences].sort((a, b) => a - b));
  });

  test("takes its adapter in a quantised form too", async () => {
    const output = out("adapted.gguf");
    await quantize(PHANTOM.model, "Q4_0", { output });
    await using model = await MedGemma.load({ ...PHANTOM, model: output, adapters: [{ file: ADAPTER }] });
    const { text } = await model.ask(picturePath("000.png"), "Describe this X-ray.");
    expect(text).toMatch(/^BRIEF:/);
  });

  test.each(quantizeTypes())("in %s can be loaded and computes", async (type) => {
    const output = out(`${type}.gguf`);
    await quantize(PHANTOM.model, type, { output });
    const engine = await NativeEngine.load({ model: output });
    expect((await perplexityOf(engine, "There is no pleural effusion.")).value).toBeGreaterThan(1);
    await engine.dispose();
  });
});

describe("perplexity of a long text", () => {
  test("computes what stands before a piece once, and not for every piece anew", async () => {
    const engine = await NativeEngine.load({ model: PHANTOM.model });
    const text =
      "There is a pleural effusion on the left. The heart is not enlarged, and there is no nodule. ";
    const shares: number[] = [];
    const { tokens } = await perplexityOf(engine, text.repeat(60), undefined, (share) => shares.push(share));
    const { prompt } = (await engine.stats()).tokens;
    await engine.dispose();
    expect(tokens).toBeGreaterThan(1000);
    expect(prompt).toBeLessThan(2 * tokens);
    expect(shares.at(-1)).toBe(1);
  });

  test("has shares of the whole work, which only grow", async () => {
    const shares: number[] = [];
    const load = () => MedGemma.load(PHANTOM);
    const text = "There is no nodule. ".repeat(30);
    const onProgress = (share: number) => shares.push(share);
    await quantizationLoss(load, load, { text, cases: cases.slice(0, 2), onProgress });
    expect(shares.length).toBeGreaterThan(8);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBeCloseTo(1);
  });
});

describe("a projector", () => {
  test.each(quantizeTypes())("in %s can be loaded, and its pictures stay near", async (type) => {
    const output = out(`any-${type}.gguf`);
    await quantize(PHANTOM.projector, type, { output });
    const embed = async (projector: string) => {
      const engine = await NativeEngine.load({ ...PHANTOM, projector });
      const { values } = await engine.encode(await picture("000.png"));
      await engine.dispose();
      return values;
    };
    expect(cosine(await embed(output), await embed(PHANTOM.projector))).toBeGreaterThan(0.95);
  });

  test.each(["Q8_0", "Q4_K_M"])(
    "in %s is read by both encoders, and its pictures stay near",
    async (type) => {
      const output = out(`mmproj-${type}.gguf`);
      const quantized = await quantize(PHANTOM.projector, type, { output });
      expect(quantized).toMatchObject({ projector: true, kept: ["mm.input_projection.weight"] });
      expect(quantized.output.bytes).toBeLessThan(0.7 * quantized.input.bytes);
      const embed = async (projector: string, encoder: string) => {
        const engine = await NativeEngine.load({ ...PHANTOM, projector, encoder });
        try {
          return { name: engine.info.projector?.encoder, ...(await engine.encode(await picture("000.png"))) };
        } finally {
          await engine.dispose();
        }
      };
      const whole = await embed(PHANTOM.projector, "auto");
      const own = await embed(output, "auto");
      const reference = await embed(output, "mtmd");
      expect(own.name).not.toBe("mtmd");
      expect(reference.name).toBe("mtmd");
      expect(cosine(own.values, reference.values)).toBeGreaterThan(0.99);
      expect(cosine(own.values, whole.values)).toBeGreaterThan(0.98);
      expect(cosine(own.values, whole.values)).toBeLessThan(1 - 1e-9);
    },
  );
});

describe("what llama.cpp ends with", () => {
  test("is an error and not the application's end", async () => {
    const output = out("ended.gguf");
    const execArgv = ["--import=data:text/javascript,process.abort()"];
    const work = quantize(PHANTOM.model, "Q4_K_M", { output, execArgv });
    await expect(work).rejects.toMatchObject({ code: "quantize_failed" });
    expect(await leftOf("ended")).toEqual([]);
  });

  test("is told from another end of the process", async () => {
    const execArgv = ["--import=data:text/javascript,process.kill(process.pid,'SIGKILL')"];
    const work = quantize(PHANTOM.model, "Q4_K_M", { output: out("killed.gguf"), execArgv });
    await expect(work).rejects.toMatchObject({ code: "engine_crashed", facts: { signal: "SIGKILL" } });
  });

  test.each(["process", "none"] as const)(
    "what onProgress throws ends it, isolation %s",
    async (isolation) => {
      const mine = new Error("of mine");
      const onProgress = () => {
        throw mine;
      };
      const work = quantize(PHANTOM.model, "Q8_0", { output: out("thrown.gguf"), isolation, onProgress });
      await expect(work).rejects.toBe(mine);
      expect(await leftOf("thrown")).toEqual([]);
    },
  );

  test("weights that are no numbers are told as damage", async () => {
    const bytes = await readFile(PHANTOM.model);
    const tensor = (await readGguf(PHANTOM.model)).tensors.get("blk.0.ffn_up.weight");
    bytes.fill(0xff, tensor?.offset, (tensor?.offset ?? 0) + 64);
    await writeFile(out("nan.gguf"), bytes);
    const work = quantize(out("nan.gguf"), "Q8_0", { output: out("nan-q8.gguf") });
    await expect(work).rejects.toMatchObject({ code: "gguf_invalid" });
    await expect(work).rejects.not.toMatchObject({ remedy: expect.stringContaining("room") });
  });

  test("runs in this process where it is asked to", async () => {
    const apart = await quantize(PHANTOM.model, "Q8_0", { output: out("apart.gguf") });
    const here = await quantize(PHANTOM.model, "Q8_0", { output: out("here.gguf"), isolation: "none" });
    expect(here.output.sha256).toBe(apart.output.sha256);
  });
});

describe("nothing is left half-written", () => {
  test("when it is stopped", async () => {
    const stop = new AbortController();
    const output = out("stopped.gguf");
    const work = quantize(PHANTOM.model, "Q4_K_M", {
      output,
      onProgress: () => stop.abort(),
      signal: stop.signal,
    });
    await expect(work).rejects.toMatchObject({ code: "aborted" });
    expect(await leftOf("stopped")).toEqual([]);
  });

  test("when it cannot be", async () => {
    const nowhere = path.join(folder, "no folder", "out.gguf");
    const refused = (model: string, type: string, output = out("refused.gguf")) =>
      quantize(model, type, { output }).catch((error: { code: string }) => error.code);
    expect(await refused(PHANTOM.model, "Q9_9")).toBe("quantize_unsupported");
    expect(await refused(PHANTOM.model, "IQ1_S")).toBe("quantize_unsupported");
    expect(await refused(ADAPTER, "Q8_0")).toBe("quantize_unsupported");
    await quantize(PHANTOM.model, "Q8_0", { output: out("once.gguf") });
    expect(await refused(out("once.gguf"), "Q4_0")).toBe("quantize_unsupported");
    expect(await refused(PHANTOM.model, "Q8_0", out("once.gguf"))).toBe("bad_option");
    expect(await refused(PHANTOM.model, "Q8_0", PHANTOM.model)).toBe("bad_option");
    expect(await refused(out("none.gguf"), "Q8_0")).toBe("file_not_found");
    expect(await refused(PHANTOM.model, "Q8_0", nowhere)).toBe("output_failed");
    expect(await refused(5 as never, "Q8_0")).toBe("bad_option");
    expect(await quantize(PHANTOM.model, "Q8_0", undefined as never).catch(({ code }) => code)).toBe(
      "bad_option",
    );
    await writeFile(out("cut.gguf"), await readFile(PHANTOM.model));
    await truncate(out("cut.gguf"), 1_000_000);
    expect(await refused(out("cut.gguf"), "Q8_0")).toBe("gguf_truncated");
    expect(existsSync(out("refused.gguf"))).toBe(false);
    expect(await leftOf("cut-")).toEqual([]);
  });
});

describe("two that write one file", () => {
  test("do not meet: one of them makes it, the other is told that it is there", async () => {
    const output = out("two.gguf");
    const ended = await Promise.allSettled(
      ["Q8_0", "Q4_0"].map((type) => quantize(PHANTOM.model, type, { output })),
    );
    const made = ended.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    expect(made).toHaveLength(1);
    expect(ended.find(({ status }) => status === "rejected")).toMatchObject({
      reason: { code: "bad_option" },
    });
    expect(await hashOf(output)).toBe(made[0]?.output.sha256);
    expect(await leftOf("two.gguf.")).toEqual([]);
  });

  test("each make it whole where they may replace it", async () => {
    const output = out("both.gguf");
    const types = ["Q8_0", "Q4_0"];
    const made = await Promise.all(
      types.map((type) => quantize(PHANTOM.model, type, { output, overwrite: true })),
    );
    expect(made.map((each) => each.output.sha256)).toContain(await hashOf(output));
  });

  test("a folder in its place is refused by the name of its own", async () => {
    const output = path.join(out("Mueller Anna"), "out");
    await mkdir(output, { recursive: true });
    const error = await quantize(PHANTOM.model, "Q8_0", { output, overwrite: true }).catch(
      (thrown) => thrown,
    );
    expect(error).toMatchObject({ code: "bad_option", facts: { option: "output" } });
    expect(inspect(error)).not.toContain("Mueller");
    expect(await readdir(out("Mueller Anna"))).toEqual(["out"]);
  });
});

const hashOf = async (file: string) =>
  createHash("sha256")
    .update(await readFile(file))
    .digest("hex");

function cosine(a: Float32Array, b: Float32Array): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? 0;
    ab += value * other;
    aa += value * value;
    bb += other * other;
  }
  return ab / Math.sqrt(aa * bb);
}
