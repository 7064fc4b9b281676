import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { holdBack } from "../../../src/dataset/tune/split.js";
import { prepareTuning, readTuneCases } from "../../../src/dataset/tune.js";
import { readPicture } from "../../../src/image/read-picture.js";
import { picturePath } from "../../support/phantom.js";

let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "medgemma-tune-"));
});
afterAll(() => rm(folder, { recursive: true }));

const fresh = () => path.join(folder, `set-${count++}`);
const write = async (name: string, text: string) => {
  const file = path.join(folder, name);
  await writeFile(file, text);
  return file;
};
const linesOf = async (set: string, name: string) =>
  (await readFile(path.join(set, name), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

const TISSUES = ["adipose", "background", "debris", "lymphocytes"];
const QUESTION = "What is the most likely tissue type shown in the histopathology image?";

describe("a set of a choice", () => {
  test("has the notebook's words: options below the question, and the whole option as the answer", async () => {
    const output = fresh();
    const cases = [{ images: picturePath("000.png"), truth: "Debris" }];
    const set = await prepareTuning(cases, { output, labels: TISSUES, question: QUESTION });
    expect(set).toEqual({
      folder: output,
      training: 1,
      validation: 0,
      pictures: 1,
      answers: { "C: debris": 1 },
      warnings: [expect.stringContaining("Nothing is held back")],
    });
    expect(await linesOf(output, "train.jsonl")).toEqual([
      {
        messages: [
          {
            role: "user",
            content: [
              { type: "image" },
              {
                type: "text",
                text: `${QUESTION}\nA: adipose\nB: background\nC: debris\nD: lymphocytes`,
              },
            ],
          },
          { role: "assistant", content: [{ type: "text", text: "C: debris" }] },
        ],
        images: ["images/000001-1.png"],
      },
    ]);
    const settings = JSON.parse(await readFile(path.join(output, "settings.json"), "utf8"));
    expect(settings).toMatchObject({
      base: "google/medgemma-1.5-4b-it",
      labels: TISSUES,
      lora: { r: 16, lora_alpha: 16, lora_dropout: 0.05, modules_to_save: [] },
      training: { num_train_epochs: 1, learning_rate: 2e-4, warmup_ratio: 0.03, max_grad_norm: 0.3 },
    });
    const takes = new RegExp(settings.lora.target_modules);
    expect(takes.test("model.language_model.layers.0.self_attn.q_proj")).toBe(true);
    expect(takes.test("model.vision_tower.vision_model.encoder.layers.0.self_attn.q_proj")).toBe(false);
    const script = await readFile(path.join(output, "convert.sh"), "utf8");
    expect(script).toContain("convert_lora_to_gguf.py");
    expect(script).toContain("'google/medgemma-1.5-4b-it'");
  });

  test("its pictures have the pixels of the source, and nothing else of it", async () => {
    const named = path.join(folder, "DOE^JANE 1970.jpg");
    await sharp(picturePath("001.png"))
      .withExif({ IFD0: { Artist: "DOE^JANE" } })
      .jpeg()
      .toFile(named);
    const output = fresh();
    await prepareTuning([{ images: named, truth: "x", question: "y?" }], { output });
    const written = path.join(output, "images/000001-1.png");
    expect((await readPicture(written)).data).toEqual((await readPicture(named)).data);
    expect((await readFile(written)).includes("DOE")).toBe(false);
    for (const name of ["train.jsonl", "settings.json", "convert.sh"])
      expect(await readFile(path.join(output, name), "utf8")).not.toMatch(/DOE|1970/);
  });
});

describe("cases", () => {
  test("are read from a CSV, quotes and several pictures and all", async () => {
    const file = await write(
      "cases.csv",
      'image,label,question,patient\r\na.png;b.png,"one, two","say ""x""",7\r\n\r\nc.png,three,,\r\n',
    );
    expect(await readTuneCases(file)).toEqual([
      {
        images: [path.join(folder, "a.png"), path.join(folder, "b.png")],
        truth: "one, two",
        question: 'say "x"',
        group: "7",
      },
      { images: [path.join(folder, "c.png")], truth: "three" },
    ]);
    const open = await write("open.csv", 'image,label\na.png,one\nDOE.png,"open\n');
    const failure = await readTuneCases(open).catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ code: "bad_option", facts: { case: 2 } });
    expect(String(failure)).toMatch(/quote/);
    expect(String(failure)).not.toMatch(/DOE/);
  });

  test("and from JSONL", async () => {
    const file = await write(
      "cases.jsonl",
      '{"image": "a.png", "truth": "t"}\n\n{"question": "q", "label": "u"}\n',
    );
    expect(await readTuneCases(file)).toEqual([
      { images: [path.join(folder, "a.png")], truth: "t" },
      { images: [], truth: "u", question: "q" },
    ]);
  });

  test("with trouble are named by their number, without their words", async () => {
    const cases = [
      '{"truth": "secret"',
      '{"images": [1], "truth": "secret"}',
      '{"question": "secret"}',
      "[]",
    ];
    for (const line of cases) {
      const file = await write("bad.jsonl", `{"truth": "fine"}\n${line}\n`);
      const error = await readTuneCases(file).catch((reason: Error) => reason);
      expect(error).toMatchObject({ code: "bad_option", facts: { case: 2 } });
      expect((error as Error).message).not.toContain("secret");
    }
    await expect(readTuneCases(path.join(folder, "none.csv"))).rejects.toMatchObject({
      code: "file_not_found",
    });
  });
});

describe("the split", () => {
  test("keeps a patient's cases together, and is the same for one seed", () => {
    const groups = Array.from({ length: 100 }, (_, index) => `patient ${Math.floor(index / 4)}`);
    const held = holdBack(groups, 0.2, 42);
    expect(held.size).toBe(20);
    const patients = new Set([...held].map((index) => groups[index]));
    expect(groups.filter((group) => patients.has(group))).toHaveLength(20);
    expect(holdBack(groups, 0.2, 42)).toEqual(held);
    expect(holdBack(groups, 0.2, 43)).not.toEqual(held);
  });

  test.each([
    [["a", "a", "b", "b", "c", "c", "d", "d", "e", "e"], 2],
    [["a", "a", "a", "b"], 1],
    [["a", "b"], 1],
  ])("of %j holds one group back, though it is more than a tenth", (groups, count) => {
    const held = holdBack(groups, 0.1, 42);
    expect(held.size).toBe(count);
    expect(new Set([...held].map((index) => groups[index])).size).toBe(1);
    expect(holdBack(groups, 0, 42).size).toBe(0);
  });

  test("says it when nothing is held back, unless nothing was to be", async () => {
    const cases = ["a", "b", "c"].map((truth) => ({ truth, question: "q", group: "one" }));
    const warnings = async (options: object) =>
      (await prepareTuning(cases, { output: fresh(), ...options })).warnings;
    expect(await warnings({})).toEqual([expect.stringContaining("all cases are of one group")]);
    expect(await warnings({ validation: 0 })).toEqual([]);
    const two = [...cases, { truth: "d", question: "q", group: "two" }];
    expect(await prepareTuning(two, { output: fresh() })).toMatchObject({
      training: 3,
      validation: 1,
      warnings: [],
    });
  });

  test("never takes the only group", () => {
    expect(holdBack(["a", "a", "a"], 0.5, 1).size).toBe(0);
  });
});

describe("what cannot be prepared", () => {
  test.each([
    ["a label of none of the options", [{ truth: "bone", question: "q" }], { labels: TISSUES }],
    ["no question", [{ truth: "bone" }], {}],
    ["no truth", [{ truth: " ", question: "q" }], {}],
    ["no case", [], {}],
    ["a share beyond", [{ truth: "t", question: "q" }], { validation: 1 }],
  ])("%s is refused and leaves nothing", async (_, cases, options) => {
    const output = fresh();
    await expect(prepareTuning(cases, { output, ...options })).rejects.toMatchObject({ code: "bad_option" });
    expect((await readdir(folder)).filter((name) => name.startsWith(path.basename(output)))).toEqual([]);
  });

  test("a picture that is missing leaves nothing, and a folder that is there stays", async () => {
    const output = fresh();
    const cases = [{ images: path.join(folder, "none.png"), truth: "t", question: "q" }];
    await expect(prepareTuning(cases, { output })).rejects.toMatchObject({ code: "file_not_found" });
    expect((await readdir(folder)).filter((name) => name.startsWith(path.basename(output)))).toEqual([]);
    await prepareTuning([{ truth: "t", question: "q" }], { output });
    const again = prepareTuning([{ truth: "t", question: "q" }], { output });
    await expect(again).rejects.toMatchObject({ code: "bad_option" });
    expect(await linesOf(output, "train.jsonl")).toHaveLength(1);
  });
});
