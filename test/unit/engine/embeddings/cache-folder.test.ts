import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openCacheFolder, warnOfOpenFolder } from "../../../../src/engine/embeddings/cache-folder.js";

let dir: string;
let warnings: string[];
// Others' warnings, Node's own for one, may come at any time.
const onWarning = ({ code = "" }: Error & { code?: string }) => {
  if (code.startsWith("MEDGEMMA")) warnings.push(code);
};

beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), "medgemma-cache-folder-"));
  warnings = [];
  process.on("warning", onWarning);
});
afterEach(() => {
  process.off("warning", onWarning);
  rmSync(dir, { recursive: true, force: true });
});

async function warningsOf(folder: string): Promise<string[]> {
  await warnOfOpenFolder(folder);
  await turn();
  return warnings;
}

describe.runIf(process.platform !== "win32")("a folder that others can write to", () => {
  test.each([0o770, 0o707, 0o777, 0o1777, 0o720])("is told once: %o", async (mode) => {
    const folder = path.join(dir, "there");
    mkdirSync(folder);
    chmodSync(folder, mode);
    expect(await openCacheFolder(folder)).toEqual([]);
    expect(await warningsOf(folder)).toEqual(["MEDGEMMA_EMBEDDING_CACHE"]);
    expect(await warningsOf(folder)).toHaveLength(1);
    // Another one is another one.
    const other = path.join(dir, "other");
    mkdirSync(other);
    chmodSync(other, mode);
    expect(await warningsOf(other)).toHaveLength(2);
  });

  test("not where only the user can, though others may read the names", async () => {
    const made = path.join(dir, "made", "here");
    await openCacheFolder(made);
    expect(await warningsOf(made)).toEqual([]);
    const readable = path.join(dir, "readable");
    mkdirSync(readable);
    chmodSync(readable, 0o755);
    expect(await warningsOf(readable)).toEqual([]);
  });
});
