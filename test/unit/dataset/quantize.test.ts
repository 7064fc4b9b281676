import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, rm, truncate, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { quantize } from "../../../src/index.js";
import { rejection } from "../../support/ask.js";
import { countingGguf } from "../../support/counting-gguf.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "medgemma-quantize-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** The code and the file that is told, and what stands beside the source afterwards. */
async function refusal(file: string, isolation: "process" | "none") {
  const before = await readdir(folder);
  const output = path.join(folder, "out.gguf");
  const { code, facts } = await rejection(quantize(file, "Q8_0", { output, isolation }));
  expect(await readdir(folder)).toEqual(before);
  return { code, file: facts.file };
}

test.each(["process", "none"] as const)(
  "a header that counts half a million of one kind is refused before llama.cpp reads it, isolation %s",
  async (isolation) => {
    for (const counts of [{ pairs: 500_000 }, { tensors: 500_000 }]) {
      const file = await countingGguf(path.join(folder, "many.gguf"), counts);
      expect(await refusal(file, isolation)).toEqual({ code: "gguf_invalid", file: "many.gguf" });
    }
  },
);

test("so are files that are cut off, none of ours, or missing", async () => {
  const file = await countingGguf(path.join(folder, "cut.gguf"), { tensors: 1000 });
  await truncate(file, 1000);
  expect(await refusal(file, "process")).toEqual({ code: "gguf_truncated", file: "cut.gguf" });
  await writeFile(path.join(folder, "text"), "no model");
  expect((await refusal(path.join(folder, "text"), "process")).code).toBe("not_gguf");
  expect((await refusal(path.join(folder, "none"), "process")).code).toBe("file_not_found");
});

test.runIf(process.platform !== "win32")("a named pipe is refused, and not waited for", async () => {
  const pipe = path.join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  for (const isolation of ["process", "none"] as const)
    expect(await refusal(pipe, isolation)).toEqual({ code: "file_not_found", file: "pipe" });
});
