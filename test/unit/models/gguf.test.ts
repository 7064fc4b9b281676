import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MedGemmaError } from "../../../src/base/errors.js";
import { fileInfo } from "../../../src/engine/file-info.js";
import { readGguf } from "../../../src/models/gguf/gguf.js";
import { inspectModel } from "../../../src/models/gguf/inspect.js";

const phantom = fileURLToPath(new URL("../../../models/phantom/", import.meta.url));
const model = path.join(phantom, "phantom-f16.gguf");
const projector = path.join(phantom, "mmproj-phantom-f16.gguf");

const WINDOW = "gemma3.attention.sliding_window";

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
    const [named, own] = [await changed(model, from, to, name), await changed(projector, from, to)];
    const { model: facts, warnings } = await inspectModel(named, own);
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
    ["gemma3.block_count", 5, "counts 5 layers and has the tensor blk.5"],
    ["gemma3.context_length", 0, "gemma3.context_length"],
    ["gemma3.context_length", 3, "gemma3.context_length"],
    ["gemma3.attention.sliding_window", 2 ** 31 - 1, "sliding_window"],
    ["gemma3.attention.sliding_window", 8193, "sliding_window"],
    ["tokenizer.ggml.bos_token_id", 1024, "bos_token_id"],
  ])("the model's %s = %d", async (key, value, part) => {
    const code = await codeOf(inspectModel(await withNumber(model, key, value)));
    expect(code).toMatch(/^gguf_invalid/);
    expect(code).toContain(part);
  });

  test.each([
    ["clip.vision.block_count", 6, "gguf_invalid"],
    ["clip.vision.block_count", 3, "counts 3 layers and has the tensor v.blk.3"],
    ["clip.vision.block_count", 1, "counts 1 layers"],
    ["clip.vision.image_size", 252, "gguf_invalid"],
    ["clip.vision.projection_dim", 512, "projector_mismatch"],
    ["clip.vision.attention.head_count", 3, "gguf_invalid"],
    ["clip.vision.projector.scale_factor", 3, "gguf_invalid"],
  ])("the projector's %s = %d", async (key, value, code) => {
    expect(await codeOf(inspectModel(model, await withNumber(projector, key, value)))).toMatch(code);
  });

  test("the model's context, shorter than a picture of the projector", async () => {
    // 16 tokens a picture with patches of 28 pixels, merged by two; a context of 64 holds them.
    const short = await withNumber(await withNumber(model, "gemma3.context_length", 64), WINDOW, 32);
    expect(await codeOf(inspectModel(short, projector))).toBe("");
    const whole = await withNumber(projector, "clip.vision.projector.scale_factor", 1);
    expect(await codeOf(inspectModel(short, whole))).toMatch(
      /^gguf_invalid: A picture takes 64 tokens, .* states a context of 64/,
    );
  });

  test.each([model, projector])("bytes between the header and the weights of %s", async (file) => {
    const bytes = await readFile(file);
    const offsets = [...(await readGguf(file)).tensors.values()].map(({ offset }) => offset);
    const data = Math.min(...offsets);
    const copy = async (parts: Uint8Array[]) => {
      const name = path.join(dir, `${Math.random()}.gguf`);
      await writeFile(name, Buffer.concat(parts));
      return codeOf(readGguf(name));
    };
    const moved = [bytes.subarray(0, data), Buffer.alloc(32), bytes.subarray(data)];
    expect(await copy(moved)).toMatch(/^gguf_invalid: .* goes on behind its last tensor/);
    expect(await copy([bytes, Buffer.alloc(1)])).toMatch(/^gguf_invalid/);
    expect(await copy([bytes])).toBe("");
  });

  test.each([1, 64, 4096])("an alignment of %d that the offsets do not have", async (alignment) => {
    const bytes = await readFile(projector);
    const pair = Buffer.concat([Buffer.alloc(8), Buffer.from("general.alignment"), Buffer.alloc(8)]);
    pair.writeBigUInt64LE(17n, 0);
    pair.writeUInt32LE(4, 25);
    pair.writeUInt32LE(alignment, 29);
    const copy = Buffer.concat([bytes.subarray(0, 24), pair, bytes.subarray(24)]);
    copy.writeBigUInt64LE(copy.readBigUInt64LE(16) + 1n, 16);
    const name = path.join(dir, `${Math.random()}.gguf`);
    await writeFile(name, copy);
    expect(await codeOf(readGguf(name))).toMatch(/^gguf_(invalid|truncated)/);
  });

  test("files of the wrong kind have their own codes", async () => {
    expect(await codeOf(inspectModel(projector))).toMatch(/^projector_as_model/);
    expect(await codeOf(inspectModel(model, model))).toMatch(/^model_as_projector/);
    expect(await codeOf(inspectModel(await changed(model, "gemma3", "llama3")))).toMatch(/^not_gemma3/);
    expect(await codeOf(inspectModel(path.join(dir, "none.gguf")))).toMatch(/^file_not_found/);
    expect(await codeOf(inspectModel(dir))).toMatch(/^file_not_found/);
  });
});

test.each([
  [0x0300_0000, "big-endian", "gguf-convert-endian"],
  [0x0200_0000, "big-endian", "little-endian"],
  [1, "version 1; versions 2 and 3", "Convert"],
  [4, "version 4; versions 2 and 3", "Update"],
])("a header of version %d says what it is and what to do", async (version, words, remedy) => {
  for (const file of [model, projector]) {
    const bytes = await readFile(file);
    bytes.writeUInt32LE(version, 4);
    const odd = path.join(dir, `version-${version}.gguf`);
    await writeFile(odd, bytes);
    const error = await readGguf(odd).catch((thrown: unknown) => thrown as MedGemmaError);
    expect(error).toMatchObject({ code: "gguf_invalid" });
    expect((error as MedGemmaError).message).toContain(words);
    expect((error as MedGemmaError).remedy).toContain(remedy);
  }
});

test("a file that is not there is told by its name, without its folder", async () => {
  const error = await inspectModel(path.join(dir, "missing.gguf"), undefined).catch((thrown) => thrown);
  expect(error).toMatchObject({
    code: "file_not_found",
    message: "missing.gguf cannot be read (ENOENT).",
    facts: { file: "missing.gguf", reason: "ENOENT" },
  });
  await expect(inspectModel(dir, undefined)).rejects.toMatchObject({
    message: "A folder was named where a file is needed.",
    facts: { reason: "is a folder" },
  });
});

test.runIf(process.platform !== "win32")(
  "a named pipe is refused at once, and a name cannot steer a terminal",
  async () => {
    const pipe = path.join(dir, "a\u001b[2Jb.gguf");
    execFileSync("mkfifo", [pipe]);
    expect(await codeOf(readGguf(pipe))).toBe("file_not_found: a\\x1b[2Jb.gguf is a named pipe.");
    expect(await codeOf(fileInfo(pipe))).toBe("file_not_found: a\\x1b[2Jb.gguf is a named pipe.");
  },
);

describe("counts beyond any model's are refused before they are followed", () => {
  const long = (value: number) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(value));
    return bytes;
  };
  const u32 = (value: number) => long(value).subarray(0, 4);
  const text = (value: string) => Buffer.concat([long(value.length), Buffer.from(value)]);
  const head = (tensors: number, pairs: number) =>
    Buffer.concat([Buffer.from("GGUF"), u32(3), long(tensors), long(pairs)]);
  /** A pair whose value is a list of `count` empty texts. */
  const list = (key: string, count: number) =>
    Buffer.concat([text(key), u32(9), u32(8), long(count), Buffer.alloc(8 * count)]);
  const MANY = 700_000;

  test.each([
    ["texts of one list", Buffer.concat([head(0, 1), list("a", 2 * MANY)])],
    ["texts of two lists", Buffer.concat([head(0, 2), list("a", MANY), list("b", MANY)])],
    ["pairs", Buffer.concat([head(0, 20_000), Buffer.alloc(20_000 * 13)])],
    ["tensors", Buffer.concat([head(70_000, 0), Buffer.alloc(70_000 * 32)])],
  ])("%s", async (_, bytes) => {
    const file = path.join(dir, "counts.gguf");
    await writeFile(file, bytes);
    expect(await codeOf(readGguf(file))).toBe(
      "gguf_invalid: The header of counts.gguf counts more of one kind than any model has.",
    );
  });

  test("but a list as long as a large vocabulary's is read", async () => {
    const file = path.join(dir, "list.gguf");
    await writeFile(file, Buffer.concat([head(0, 1), list("a", MANY)]));
    expect((await readGguf(file)).values.get("a")?.value).toMatchObject({ length: MANY });
  });
});
