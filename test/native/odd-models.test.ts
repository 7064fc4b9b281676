import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadAddon } from "../../src/engine/native/addon.js";
import { MedGemma, MedGemmaError } from "../../src/index.js";
import { readGguf } from "../../src/models/gguf/gguf.js";
import { inspectModel } from "../../src/models/gguf/inspect.js";
import { quantizationOf } from "../../src/models/gguf/model.js";
import { FILE_TYPES, VALUE } from "../../src/models/gguf/types.js";
import { GgufValues } from "../../src/models/gguf/values.js";
import { GgufEdit } from "../support/gguf-edit.js";
import { ODD_FILES, type OddFile } from "../support/odd-models.js";
import { PHANTOM, picturePath } from "../support/phantom.js";
import { splitInto } from "../support/split-model.js";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), "medgemma-odd-"));
});
afterAll(() => rm(dir, { recursive: true }));

const QUESTION = "Is there a pacemaker?";
const SMALL = { threads: 1, contextSize: 512, parallel: 1 };
const codeOf = (error: unknown) => (MedGemmaError.isInstance(error) ? error.code : `not typed: ${error}`);

async function written(odd: OddFile) {
  const file = path.join(dir, "phantom-odd.gguf");
  const edited = new GgufEdit(PHANTOM[odd.kind]);
  odd.edit(edited);
  await writeFile(file, edited.bytes());
  return { ...PHANTOM, [odd.kind]: file };
}

async function loadAndAsk(files: { model: string; projector: string }): Promise<string> {
  await using model = await MedGemma.load({ ...files, ...SMALL });
  const { usage } = await model.ask([picturePath("000.png")], QUESTION, { maxTokens: 2 });
  return `${usage.promptTokens} tokens`;
}

describe("the inspection and the load agree on a file that says something odd", () => {
  test("what is found good answers a picture's question; what is refused is refused by the same name", async () => {
    const usual = await loadAndAsk(PHANTOM);
    const different: string[] = [];
    for (const odd of ODD_FILES) {
      const files = await written(odd);
      const found = await inspectModel(files.model, files.projector).then(() => usual, codeOf);
      const loaded = await loadAndAsk(files).catch(codeOf);
      if (found !== loaded) different.push(`${odd.kind}, ${odd.how}: ${found}, then ${loaded}`);
    }
    expect(different).toEqual([]);
  }, 600_000);
});

test("a model in three files answers as the one does, and provenance names all three", async () => {
  const [first = "", ...others] = await splitInto(3, PHANTOM.model, path.join(dir, "phantom-f16"));
  const answers = [];
  for (const model of [PHANTOM.model, first]) {
    await using loaded = await MedGemma.load({ ...PHANTOM, ...SMALL, model });
    const { text, tokens, provenance } = await loaded.ask([picturePath("000.png")], QUESTION, {
      logprobs: 1,
    });
    answers.push({ text, tokens, parameters: loaded.info.model.parameters });
    if (model !== first) continue;
    const hashes = await Promise.all(
      others.map(async (it) =>
        createHash("sha256")
          .update(await readFile(it))
          .digest("hex"),
      ),
    );
    expect(provenance.model.parts?.map(({ sha256 }) => sha256)).toEqual(hashes);
  }
  expect(answers[1]).toEqual(answers[0]);
});

test("a quantisation has one name, for the inspection and for the engine", async () => {
  const names = new Map<string, string>();
  for (const type of Object.keys(FILE_TYPES).map(Number)) {
    const file = path.join(dir, "named.gguf");
    await writeFile(file, new GgufEdit(PHANTOM.model).set("general.file_type", VALUE.u32, type).bytes());
    const { quantization } = await loadAddon().ggufFacts(file);
    names.set(quantization, quantizationOf(new GgufValues(await readGguf(file))));
  }
  expect(names.size).toBe(Object.keys(FILE_TYPES).length);
  for (const [engine, inspection] of names) expect(engine).toBe(inspection);
});
