import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageRoot } from "../../../src/engine/native/addon.js";
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

test("tune prepare writes the set", async () => {
  const cases = path.join(folder, "cases.csv");
  await writeFile(cases, `image,label\n${chest},nodule\n`);
  const out = path.join(folder, "set");
  const flags = ["--out", out, "--labels", "nodule,opacity", "--question", "Which finding is present?"];
  const outcome = await medgemma(["tune", "prepare", cases, ...flags]);
  expect(outcome).toMatchObject({ code: 0 });
  expect(outcome.stdout).toContain("A: nodule  1");
  expect((await readdir(out)).sort()).toEqual([
    "convert.sh",
    "images",
    "settings.json",
    "train.jsonl",
    "validation.jsonl",
  ]);
});
