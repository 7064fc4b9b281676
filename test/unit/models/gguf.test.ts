import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MedGemmaError } from "../../../src/errors.js";
import { inspectModel } from "../../../src/models/gguf-inspect.js";

const phantom = fileURLToPath(new URL("../../../models/phantom/", import.meta.url));
const model = path.join(phantom, "phantom-f16.gguf");
const projector = path.join(phantom, "mmproj-phantom-f16.gguf");

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), "medgemma-gguf-"));
});
afterAll(() => rm(dir, { recursive: true }));

/** A copy in which `from` (a text, once) became `to`, of the same length, under another name if one is given. */
async function changed(
  file: string,
  from: string,
  to: string,
  name = `${Math.random()}.gguf`,
): Promise<string> {
  const bytes = await readFile(file);
  const at = bytes.indexOf(from);
  if (at < 0 || from.length !== to.length) throw new Error(`Cannot change ${from}.`);
  bytes.write(to, at, "latin1");
  await writeFile(path.join(dir, name), bytes);
  return path.join(dir, name);
}

/** A copy with the u32 value of a key set. */
async function withNumber(file: string, key: string, value: number): Promise<string> {
  const bytes = await readFile(file);
  bytes.writeUInt32LE(value, bytes.indexOf(key) + key.length + 4);
  const copy = path.join(dir, `${Math.random()}.gguf`);
  await writeFile(copy, bytes);
  return copy;
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "",
    (error: unknown) => (MedGemmaError.isInstance(error) ? `${error.code}: ${error.message}` : String(error)),
  );

describe("what a header says", () => {
  test("of the phantom", async () => {
    const facts = await inspectModel(model, projector);
    expect(facts.warnings).toEqual([]);
    expect(facts.model).toMatchObject({
      file: "phantom-f16.gguf",
      bytes: 8_838_496,
      architecture: "gemma3",
      quantization: "F16",
      layers: 6,
      width: 256,
      hidden: 640,
      heads: 4,
      keyValueHeads: 2,
      keyLength: 64,
      vocabulary: 1024,
      trainedContext: 8192,
      slidingWindow: 256,
      chatTemplate: true,
      tied: true,
      kind: { family: "phantom", textOnly: false },
    });
    expect(facts.model.weights.embedding).toBe(256 * 1024 * 2);
    expect(facts.projector).toMatchObject({
      imageSize: 224,
      patchSize: 28,
      imageTokens: 16,
      outputWidth: 256,
    });
  });

  test.each([
    ["MedGemma Phantom", "MedGemma 1.5 4B ", "medgemma-1.5-4b-it.gguf", "medgemma", "1.5", false],
    ["MedGemma Phantom", "Medgemma 4b It  ", "a.gguf", "medgemma", "1.0", false],
    ["MedGemma Phantom", "Medgemma 27b Tex", "medgemma-27b-text-it.gguf", "medgemma", "1.0", true],
    ["MedGemma Phantom", "Gemma 3 4b it   ", "gemma-3.gguf", "gemma3", undefined, false],
    ["MedGemma Phantom", "Something else  ", "b.gguf", "unknown", undefined, false],
  ])("%s renamed to %s", async (from, to, name, family, version, textOnly) => {
    const { model: facts, warnings } = await inspectModel(await changed(model, from, to, name), projector);
    expect([facts.kind.family, facts.kind.version, facts.kind.textOnly]).toEqual([family, version, textOnly]);
    expect(warnings).toHaveLength(family === "medgemma" && !textOnly ? 0 : 1);
  });
});

describe("what contradicts itself", () => {
  test.each([
    ["gemma3.block_count", 7, "lacks the tensor blk.6"],
    ["gemma3.embedding_length", 512, "token_embd.weight"],
    ["gemma3.feed_forward_length", 512, "ffn_gate"],
    ["gemma3.attention.head_count", 3, "heads that do not divide"],
    ["gemma3.attention.key_length", 32, "attn_q"],
    ["gemma3.context_length", 0, "gemma3.context_length"],
    ["tokenizer.ggml.bos_token_id", 1024, "bos_token_id"],
  ])("the model's %s = %d", async (key, value, part) => {
    const code = await codeOf(inspectModel(await withNumber(model, key, value)));
    expect(code).toMatch(/^gguf_invalid/);
    expect(code).toContain(part);
  });

  test.each([
    ["clip.vision.block_count", 6, "gguf_invalid"],
    ["clip.vision.image_size", 252, "gguf_invalid"],
    ["clip.vision.projection_dim", 512, "projector_mismatch"],
    ["clip.vision.attention.head_count", 3, "gguf_invalid"],
    ["clip.vision.projector.scale_factor", 3, "gguf_invalid"],
  ])("the projector's %s = %d", async (key, value, code) => {
    expect(await codeOf(inspectModel(model, await withNumber(projector, key, value)))).toMatch(code);
  });

  test("files of the wrong kind have their own codes", async () => {
    expect(await codeOf(inspectModel(projector))).toMatch(/^projector_as_model/);
    expect(await codeOf(inspectModel(model, model))).toMatch(/^model_as_projector/);
    expect(await codeOf(inspectModel(await changed(model, "gemma3", "llama3")))).toMatch(/^not_gemma3/);
    expect(await codeOf(inspectModel(path.join(dir, "none.gguf")))).toMatch(/^file_not_found/);
    expect(await codeOf(inspectModel(dir))).toMatch(/^file_not_found/);
  });
});

test("a file that is not there is told by its name, without its folder", async () => {
  const error = await inspectModel(path.join(dir, "missing.gguf"), undefined).catch((thrown) => thrown);
  expect(error).toMatchObject({
    code: "file_not_found",
    message: "Cannot open the GGUF file missing.gguf (ENOENT).",
    facts: { file: "missing.gguf", reason: "ENOENT" },
  });
  await expect(inspectModel(dir, undefined)).rejects.toMatchObject({
    message: `${path.basename(dir)} is not a regular file.`,
    facts: { file: path.basename(dir) },
  });
});
