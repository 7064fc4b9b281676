import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MedGemma, MedGemmaError } from "../../src/index.js";
import { readGguf } from "../../src/models/gguf/gguf.js";
import { inspectModel } from "../../src/models/gguf/inspect.js";
import { damaged } from "../support/corrupt.js";
import { PHANTOM } from "../support/phantom.js";

const COUNT = 300;
/** What a file's reader may say. */
const REFUSALS = [
  "not_gguf",
  "gguf_truncated",
  "gguf_invalid",
  "not_gemma3",
  "model_unsupported",
  "model_in_parts",
  "projector_as_model",
  "model_as_projector",
  "projector_mismatch",
];

let dir: string;
/** Those that the header's reader finds nothing wrong with. */
const passed: { how: string; kind: string; files: { model: string; projector: string } }[] = [];

beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), "medgemma-corrupted-"));
});
afterAll(() => rm(dir, { recursive: true }));

describe(`${COUNT} damaged model and projector files`, () => {
  test("are refused by name, or have a sound header; memory stays within the file's size", async () => {
    const refused: string[] = [];
    let largest = 0;
    for (const [kind, file] of Object.entries(PHANTOM)) {
      const whole = await readFile(file);
      const first = [...(await readGguf(file)).tensors.values()][0]?.offset ?? 0;
      for (let seed = 0; seed < COUNT / 2; seed++) {
        const { how, bytes } = damaged(whole, first, seed + (kind === "model" ? 0 : 1000));
        const copy = path.join(dir, `${kind}-${seed}.gguf`);
        await writeFile(copy, bytes);
        const files = { ...PHANTOM, [kind]: copy };
        const before = process.memoryUsage().arrayBuffers;
        const code = await inspectModel(files.model, files.projector).then(
          () => "",
          (error: unknown) => (MedGemmaError.isInstance(error) ? error.code : String(error)),
        );
        largest = Math.max(largest, process.memoryUsage().arrayBuffers - before);
        if (code === "") passed.push({ how, kind, files });
        else {
          refused.push(code);
          await rm(copy);
        }
      }
    }
    expect(refused.length + passed.length).toBe(COUNT);
    expect([...new Set(refused)].filter((code) => !REFUSALS.includes(code))).toEqual([]);
    expect(refused.length).toBeGreaterThan(COUNT / 2);
    // Both files' headers are read, each with one buffer of at most the file's size.
    expect(largest).toBeLessThan(2 * 10_000_000);
  });

  test("with a sound header load and answer: what llama.cpp would refuse or abort on has been found", async () => {
    const codes: Record<string, number> = {};
    const odd: string[] = [];
    for (const { how, kind, files } of passed) {
      let code = "loaded";
      try {
        await using model = await MedGemma.load({ ...files, threads: 1, contextSize: 512, parallel: 1 });
        await model.ask([], "Is there a nodule?", { maxTokens: 2 });
      } catch (error) {
        code = MedGemmaError.isInstance(error) ? error.code : `not typed: ${error}`;
      }
      codes[code] = (codes[code] ?? 0) + 1;
      if (code !== "loaded") odd.push(`${kind}, ${how}: ${code}`);
    }
    console.log(
      `corrupted: ${COUNT - passed.length} refused by the header; of the others ${JSON.stringify(codes)}`,
    );
    expect(odd).toEqual([]);
    expect(codes.loaded ?? 0).toBeGreaterThan(0);
  }, 300_000);
});
