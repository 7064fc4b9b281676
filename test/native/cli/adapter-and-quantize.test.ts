import { execFileSync } from "node:child_process";
import { watch } from "node:fs";
import { mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageRoot } from "../../../src/base/package.js";
import { fileInfo } from "../../../src/engine/file-info.js";
import { readGguf } from "../../../src/models/gguf/gguf.js";
import { PHANTOM } from "../../support/phantom.js";
import { chest, expectNoStack, medgemma } from "./support.js";

const ADAPTER = path.join(packageRoot, "test/fixtures/lora/phantom-brief-lora-f16.gguf");
const QUESTION = "Describe this X-ray.";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "medgemma-cli-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("--adapter takes a file and its scale", async () => {
  const ask = async (...flags: string[]) =>
    JSON.parse((await medgemma(["ask", "--json", ...flags, chest, QUESTION])).stdout);
  const base = await ask();
  const whole = await ask("--adapter", ADAPTER);
  expect(whole.text).toMatch(/^BRIEF:/);
  expect(whole.provenance.adapters).toMatchObject([{ name: path.basename(ADAPTER), scale: 1 }]);
  const none = await ask("--adapter", `${ADAPTER}:0`);
  expect(none.text).toBe(base.text);
  expect(none.provenance.adapters).toEqual([]);
});

test("--adapter with a file that is none is told in a sentence", async () => {
  const outcome = await medgemma(["ask", "--adapter", PHANTOM.projector, chest, QUESTION]);
  expect(outcome.code).toBe(4);
  expect(outcome.stderr).toContain("adapter_mismatch");
  expectNoStack(outcome);
});

test("quantize writes the file and tells its loss", async () => {
  const cases = path.join(folder, "cases.jsonl");
  await writeFile(cases, `${JSON.stringify({ images: [chest], question: QUESTION, truth: "" })}\n`);
  const out = path.join(folder, "q8.gguf");
  const flags = ["--out", out, "--mmproj", PHANTOM.projector, "--cases", cases, "--json"];
  const outcome = await medgemma(["quantize", PHANTOM.model, "Q8_0", ...flags]);
  expect(outcome.code).toBe(0);
  expect(JSON.parse(outcome.stdout)).toMatchObject({
    type: "Q8_0",
    loss: { answers: { cases: 1 } },
  });
  const again = await medgemma(["quantize", PHANTOM.model, "Q8_0", "--out", out]);
  expect(again.code).toBe(2);
  expectNoStack(again);
});

test("quantize refuses a projector's measurement without its model, before any work", async () => {
  const text = path.join(folder, "text.txt");
  await writeFile(text, "There is no pleural effusion.");
  const out = path.join(folder, "never.gguf");
  const outcome = await medgemma(["quantize", PHANTOM.projector, "Q8_0", "--out", out, "--text", text]);
  expect(outcome.code).toBe(2);
  expect(await readdir(folder)).not.toContain("never.gguf");
});

test.each(["--text", "--cases"])("quantize refuses an empty file of %s, before any work", async (flag) => {
  const empty = path.join(folder, "empty.txt");
  await writeFile(empty, "\n");
  const out = path.join(folder, "never.gguf");
  const outcome = await medgemma(["quantize", PHANTOM.model, "Q8_0", "--out", out, flag, empty]);
  expect(outcome.code).toBe(2);
  expect(outcome.stderr).toContain("Expected cases or a text to measure with");
  expectNoStack(outcome);
  expect(await readdir(folder)).not.toContain("never.gguf");
});

test.runIf(process.platform !== "win32")("quantize refuses a named pipe, and waits for nobody", async () => {
  const pipe = path.join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  const outcome = await medgemma(["quantize", pipe, "Q8_0", "--out", path.join(folder, "never.gguf")]);
  expect(outcome).toMatchObject({ code: 5, signal: null, stdout: "" });
  expect(outcome.stderr).toContain("pipe is a named pipe");
  expectNoStack(outcome);
});

/** The phantom with one more matrix of 2^28 zeros, which takes seconds to quantise and no room on the disk. */
async function slowModel(file: string): Promise<void> {
  const whole = await readFile(PHANTOM.model);
  const tensors = [...(await readGguf(PHANTOM.model)).tensors.values()];
  const [last, first] = [tensors.at(-1), tensors.sort((a, b) => a.offset - b.offset).at(0)];
  if (!first || !last) throw new Error("no tensors");
  const aligned = (size: number) => Math.ceil(size / 32) * 32;
  // Behind its name stand the number of dimensions, these, the type and the offset.
  const end = whole.lastIndexOf(last.name, first.offset) + last.name.length;
  const header = Buffer.from(whole.subarray(0, end + 4 + 8 * whole.readUInt32LE(end) + 12));
  header.writeBigUInt64LE(header.readBigUInt64LE(8) + 1n, 8);
  const data = whole.subarray(first.offset);
  const [name, info] = [Buffer.from("blk.0.slow.weight"), Buffer.alloc(8 + 17 + 4 + 16 + 4 + 8)];
  info.writeBigUInt64LE(BigInt(name.length), 0);
  name.copy(info, 8);
  info.writeUInt32LE(2, 25);
  info.writeBigUInt64LE(2n ** 14n, 29);
  info.writeBigUInt64LE(2n ** 14n, 37);
  info.writeUInt32LE(1, 45);
  info.writeBigUInt64LE(BigInt(aligned(data.length)), 49);
  const handle = await open(file, "w");
  const start = aligned(header.length + info.length);
  await handle.write(Buffer.concat([header, info]), 0, undefined, 0);
  await handle.write(data, 0, undefined, start);
  await handle.truncate(start + aligned(data.length) + 2 ** 29);
  await handle.close();
}

test("SIGINT stops quantize: nothing is left of it, and the source is as it was", async () => {
  const place = path.join(folder, "interrupted");
  await mkdir(place);
  const source = path.join(folder, "slow.gguf");
  await slowModel(source);
  const before = await sha256Of(source);
  const outcome = await medgemma(["quantize", source, "Q4_K_M", "--out", path.join(place, "out.gguf")], {
    onStart: (child) => {
      // Once: who asks twice does not want to wait for a clean end.
      const watcher = watch(place, () => {
        watcher.close();
        child.kill("SIGINT");
      });
    },
  });
  expect(outcome).toMatchObject({ code: 130, signal: null, stdout: "" });
  expectNoStack(outcome);
  expect(await readdir(place)).toEqual([]);
  expect(await sha256Of(source)).toBe(before);
});

async function sha256Of(file: string): Promise<string> {
  return (await fileInfo(file, undefined)).sha256;
}

test("tune prepare writes the set", async () => {
  const cases = path.join(folder, "cases.csv");
  await writeFile(cases, `image,label\n${chest},nodule\n`);
  const out = path.join(folder, "set");
  const flags = ["--out", out, "--labels", "nodule,opacity", "--question", "Which finding is present?"];
  const outcome = await medgemma(["tune", "prepare", cases, ...flags]);
  expect(outcome).toMatchObject({ code: 0 });
  expect(outcome.stdout).toContain("A: nodule  1");
  expect(outcome.stderr).toContain("Nothing is held back for validation");
  expect((await readdir(out)).sort()).toEqual([
    "convert.sh",
    "images",
    "settings.json",
    "train.jsonl",
    "validation.jsonl",
  ]);
});
