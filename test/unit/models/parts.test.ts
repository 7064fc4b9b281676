import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { inspectModel } from "../../../src/models/gguf/inspect.js";
import { PHANTOM } from "../../support/phantom.js";
import { splitInto } from "../../support/split-model.js";

const dirs: string[] = [];
let dir: string;
let parts: string[];
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), "medgemma-parts-"));
  dirs.push(dir);
  parts = await splitInto(3, PHANTOM.model, path.join(dir, "phantom-f16"));
});
afterAll(() => Promise.all(dirs.map((it) => rm(it, { recursive: true }))));

const [first, second, third] = [1, 2, 3].map((n) => `phantom-f16-0000${n}-of-00003.gguf`);
const refused = (file: string | undefined) => inspectModel(file ?? "", PHANTOM.projector);

describe("a model in three files", () => {
  test("is one model by its first, of all their weights", async () => {
    const whole = await inspectModel(PHANTOM.model, PHANTOM.projector);
    const split = await refused(parts[0]);
    expect(split.parts.map((it) => path.basename(it))).toEqual([second, third]);
    expect(split.model.weights).toEqual(whole.model.weights);
    expect(split.model.parameters).toBe(whole.model.parameters);
    expect(split.model.bytes).toBeGreaterThan(whole.model.weights.total);
    expect(split.warnings).toEqual([]);
  });

  test("another than the first says which to name", async () => {
    await expect(refused(parts[1])).rejects.toMatchObject({
      code: "model_in_parts",
      message: `${second} is part 2 of 3 of a model: name ${first}.`,
    });
  });

  test("a part that is not here is named", async () => {
    await rm(parts[2] ?? "");
    await expect(refused(parts[0])).rejects.toMatchObject({
      code: "model_in_parts",
      message: expect.stringContaining(`there is no ${third} beside it`),
    });
  });

  test("a first part of another name cannot find the others", async () => {
    const renamed = path.join(dir, "model.gguf");
    await rename(parts[0] ?? "", renamed);
    await expect(refused(renamed)).rejects.toMatchObject({
      code: "model_in_parts",
      message: expect.stringContaining("NAME-00001-of-00003.gguf"),
    });
  });

  test("two parts that changed their names, a part that is twice there, and one that was cut off", async () => {
    await rename(parts[1] ?? "", path.join(dir, "x"));
    await rename(parts[2] ?? "", parts[1] ?? "");
    await rename(path.join(dir, "x"), parts[2] ?? "");
    await expect(refused(parts[0])).rejects.toMatchObject({ code: "model_in_parts" });
    await rename(parts[2] ?? "", parts[1] ?? "");
    await writeFile(parts[2] ?? "", "GGUF");
    await expect(refused(parts[0])).rejects.toMatchObject({ code: "gguf_truncated" });
  });
});
