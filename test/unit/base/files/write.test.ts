import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { open } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { Beside } from "../../../../src/base/files/beside.js";
import { writeOutput } from "../../../../src/base/files/write.js";
import { packageRoot } from "../../../../src/base/package.js";

const top = mkdtempSync(path.join(os.tmpdir(), "medgemma-write-"));
const folder = path.join(top, "Mueller Anna");
const file = path.join(folder, "result.json");
beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
});
afterAll(() => rmSync(top, { recursive: true }));

describe("a result takes the place of an older one", () => {
  test("only when all of it is written", () => {
    writeFileSync(file, "the old one");
    const module = new URL("../../../../dist/base/files/write.js", import.meta.url).href;
    const script = `
      const { writeOutput } = await import(${JSON.stringify(module)});
      await writeOutput(process.argv[1], "x".repeat(20_000)).catch((error) => console.log(error.code, error.facts.reason));`;
    // Blocks of 1024 bytes; the limit is a disk that is full in the middle.
    const args = [
      "-c",
      'ulimit -f 8; exec "$@"',
      "-",
      process.execPath,
      "--input-type=module",
      "-e",
      script,
      file,
    ];
    const { stdout } = spawnSync("bash", args, { encoding: "utf8", cwd: packageRoot });
    expect(stdout).toBe("output_failed EFBIG\n");
    expect(readFileSync(file, "utf8")).toBe("the old one");
    expect(readdirSync(folder)).toEqual(["result.json"]);
  });

  test("as another file: who reads the old one reads it to its end", async () => {
    writeFileSync(file, "the old one");
    const reader = await open(file);
    await writeOutput(file, "new");
    expect(await reader.readFile("utf8")).toBe("the old one");
    await reader.close();
    expect(readFileSync(file, "utf8")).toBe("new");
  });

  test("with the old one's mode; a new one has its own", async () => {
    writeFileSync(file, "old");
    chmodSync(file, 0o666);
    await writeOutput(file, "new", 0o600);
    expect(statSync(file).mode & 0o777).toBe(0o666);
    await writeOutput(path.join(folder, "fresh"), "new", 0o600);
    expect(statSync(path.join(folder, "fresh")).mode & 0o777).toBe(0o600);
  });

  test("where a link leads", async () => {
    writeFileSync(path.join(top, "real.json"), "old");
    symlinkSync(path.join(top, "real.json"), file);
    await writeOutput(file, "new");
    expect(readFileSync(path.join(top, "real.json"), "utf8")).toBe("new");
    expect(readdirSync(folder)).toEqual(["result.json"]);
  });
});

test("a pipe and what a shell handed over are written to", async () => {
  const pipe = path.join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  const reader = await open(pipe, "r+");
  await writeOutput(pipe, "through");
  expect((await reader.read(Buffer.alloc(7))).buffer.toString()).toBe("through");
  await reader.close();
  const opened = await open(file, "w+");
  await writeOutput(`/proc/self/fd/${opened.fd}`, "to the open file");
  expect((await opened.read(Buffer.alloc(30), 0, 30, 0)).bytesRead).toBe(16);
  await opened.close();
});

test.each([
  ["no folder", path.join(folder, "none", "x.json"), "ENOENT"],
  ["a file as folder", path.join(import.meta.filename, "x.json"), "ENOTDIR"],
])("%s is refused by the file's own name", async (_, place, reason) => {
  const error = await writeOutput(place, "x").catch((thrown) => thrown);
  expect(error).toMatchObject({ code: "output_failed", facts: { file: "x.json", reason } });
  expect(inspect(error)).not.toContain("Mueller");
});

test("a folder is refused, and not named", async () => {
  const error = await writeOutput(folder, "x").catch((thrown) => thrown);
  expect(error).toMatchObject({ code: "output_failed", facts: { reason: "EISDIR" } });
  expect(inspect(error)).not.toContain("Mueller");
});

describe("a file beside another", () => {
  test("never meets that of a second writer", async () => {
    const [one, two] = await Promise.all([Beside.make(file), Beside.make(file)]);
    await one.handle.writeFile("one");
    await two.handle.writeFile("two");
    await one.discard();
    await two.place();
    expect(readFileSync(file, "utf8")).toBe("two");
    expect(readdirSync(folder)).toEqual(["result.json"]);
  });

  test("replaces nothing unless it may, and leaves nothing behind", async () => {
    const beside = await Beside.make(file);
    writeFileSync(file, "another's");
    await expect(beside.place(false)).rejects.toMatchObject({ code: "EEXIST" });
    expect(readFileSync(file, "utf8")).toBe("another's");
    expect(readdirSync(folder)).toEqual(["result.json"]);
  });
});
