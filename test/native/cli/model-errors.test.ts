import { readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { expect, test } from "vitest";
import { MedGemma } from "../../../src/medgemma/medgemma.js";
import { cutFile, patchGguf, writeGguf } from "./broken-files.js";
import { chest, expectFailure, medgemma, phantom, phantomProjector, temporaryFolder } from "./support.js";

const folder = temporaryFolder();
const inFolder = (name: string) => path.join(folder, name);
const QUESTION = "Is there a pleural effusion?";
const size = statSync(phantom).size;

test("the addon is missing", async () => {
  const outcome = await medgemma(["ask", QUESTION], { env: { MEDGEMMA_ADDON: inFolder("none.node") } });
  expectFailure(outcome, "addon_missing", 3, /addon/);
});

test("the addon cannot be loaded", async () => {
  const file = inFolder("text.node");
  writeFileSync(file, "not a library");
  const outcome = await medgemma(["ask", QUESTION], { env: { MEDGEMMA_ADDON: file } });
  expectFailure(outcome, "addon_unloadable", 3, /cannot be loaded/);
});

test("the addon is of another build", async () => {
  // A working addon that has not this one's surface, as one that was left from before a change has not.
  const require = createRequire(import.meta.url);
  const file = require.resolve("@duckdb/node-bindings-linux-x64/duckdb.node");
  const outcome = await medgemma(["ask", QUESTION], { env: { MEDGEMMA_ADDON: file } });
  expectFailure(outcome, "addon_unloadable", 3, /built from another version's sources/);
});

test("the model does not exist", async () => {
  const outcome = await medgemma(["ask", "--model", inFolder("none.gguf"), QUESTION]);
  expectFailure(outcome, "file_not_found", 5, /none\.gguf|does not exist|open/i);
});

test("a model that is plain Gemma 3 is told once, in info too", async () => {
  const file = inFolder("plain.gguf");
  const bytes = readFileSync(phantom);
  const at = bytes.indexOf("MedGemma Phantom");
  bytes.write("Gemma 3 Ordinary", at);
  writeFileSync(file, bytes);
  const { code, stderr } = await medgemma(["ask", "--quiet", "--model", file, QUESTION]);
  expect(code).toBe(0);
  expect(stderr.match(/Warning: .*not MedGemma/g)).toHaveLength(1);
  await using model = await MedGemma.load({ model: file });
  expect(model.info.warnings).toEqual([expect.stringContaining("it is Gemma 3, not MedGemma")]);
  await using silent = await MedGemma.load();
  expect(silent.info.warnings).toEqual([]);
});

test.each([
  ["text", "This is a letter."],
  ["nothing", ""],
  ["three letters", "GGU"],
])("the model is no GGUF: %s", async (name, content) => {
  const file = inFolder(`${name}.gguf`);
  writeFileSync(file, content);
  expectFailure(await medgemma(["ask", "--model", file, QUESTION]), "not_gguf", 4, /GGUF/);
});

test.each([4, 10, 24, 100, 3000, 12_000, size >> 1, size - 1])(
  "the model is cut off after %i bytes",
  async (bytes) => {
    const file = cutFile(phantom, inFolder(`cut-${bytes}.gguf`), bytes);
    expectFailure(await medgemma(["ask", "--model", file, QUESTION]), "gguf_truncated", 4, /ends/);
  },
);

test("the projector is cut off", async () => {
  const file = cutFile(phantomProjector, inFolder("cut-mmproj.gguf"), 100_000);
  const outcome = await medgemma(["ask", "--model", phantom, "--mmproj", file, chest, QUESTION]);
  expectFailure(outcome, "gguf_truncated", 4, /ends/);
});

test("the model is not of Gemma 3's architecture", async () => {
  const file = writeGguf(inFolder("llama.gguf"), { "general.architecture": "llama" });
  expectFailure(await medgemma(["ask", "--model", file, QUESTION]), "not_gemma3", 4, /llama/);
});

test("a picture, but no projector", async () => {
  const outcome = await medgemma(["ask", "--model", phantom, chest, QUESTION]);
  expectFailure(outcome, "projector_missing", 4, /projector/);
});

test("a projector of another width", async () => {
  const file = patchGguf(phantomProjector, inFolder("wide-mmproj.gguf"), "clip.vision.projection_dim", 2560);
  const outcome = await medgemma(["ask", "--model", phantom, "--mmproj", file, chest, QUESTION]);
  expectFailure(outcome, "projector_mismatch", 4, /2560.*256/);
});

test("a projector as the model", async () => {
  const outcome = await medgemma(["ask", "--model", phantomProjector, QUESTION]);
  expectFailure(outcome, "projector_as_model", 4, /projector/);
});

test("a model as the projector", async () => {
  const outcome = await medgemma(["ask", "--model", phantom, "--mmproj", phantom, chest, QUESTION]);
  expectFailure(outcome, "model_as_projector", 4, /language model/);
});

test("--json tells the error on stdout too", async () => {
  const outcome = await medgemma(["ask", "--json", "--model", phantomProjector, QUESTION]);
  const { error } = JSON.parse(outcome.stdout);
  expect(error).toMatchObject({ code: "projector_as_model", message: expect.any(String), facts: {} });
  expect(error.remedy).toMatch(/--mmproj/);
  expectFailure({ ...outcome, stdout: "" }, "projector_as_model", 4, /projector/);
});
