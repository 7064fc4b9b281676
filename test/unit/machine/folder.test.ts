import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { makeFolder } from "../../../src/machine/folder.js";

const top = mkdtempSync(path.join(os.tmpdir(), "medgemma-folder-"));
afterAll(() => rmSync(top, { recursive: true, force: true }));

test("folders are made, also where some are there, by several at once", async () => {
  const folder = path.join(top, "a", "b", "c");
  await Promise.all([makeFolder(folder), makeFolder(folder), makeFolder(path.dirname(folder))]);
  await makeFolder(folder);
  expect(existsSync(folder)).toBe(true);
});

test("a file in the way is the system's error", async () => {
  const file = path.join(top, "file");
  writeFileSync(file, "");
  await expect(makeFolder(file)).rejects.toMatchObject({ code: "EEXIST" });
  await expect(makeFolder(path.join(file, "a", "b"))).rejects.toMatchObject({ code: "ENOTDIR" });
});

test.runIf(process.platform === "linux")("where the system makes none, it ends", async () => {
  await expect(makeFolder("/proc/none/such")).rejects.toMatchObject({ code: "ENOENT" });
});
