import type { PathLike } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { inspectPath, MedGemmaError } from "../../../src/index.js";
import { axialSlice } from "./support/write-dicom.js";

/** Looks at a path that succeed; afterwards it is gone. All, unless a test says otherwise. */
const looks = vi.hoisted(() => ({ left: new Map<string, number>() }));

vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof import("node:fs/promises")>();
  const stat = async (file: PathLike, ...rest: []) => {
    const left = looks.left.get(path.basename(String(file)));
    if (left === undefined) return real.stat(file, ...rest);
    looks.left.set(path.basename(String(file)), left - 1);
    return real.stat(left > 0 ? file : `${String(file)}-gone`, ...rest);
  };
  return { ...real, stat };
});

let folder = "";
beforeAll(async () => {
  const root = await mkdtemp(path.join(tmpdir(), "medgemma-vanishing-"));
  folder = path.join(root, "SECRETNAME");
  await mkdir(folder);
  await mkdir(path.join(root, "store"));
  for (const [index, name] of ["own", "second"].entries())
    await writeFile(path.join(folder, name), axialSlice(index, index));
  await writeFile(path.join(root, "store", "third"), axialSlice(9, 3));
  await symlink(path.join(root, "store", "third"), path.join(folder, "link"));
});
afterAll(() => rm(path.dirname(folder), { recursive: true }));

const filesIn = async () => (await inspectPath(folder)).series.reduce((sum, { files }) => sum + files, 0);

it.each([0, 1, 2])(
  "a link whose target is gone after %d looks is a file, or leads nowhere",
  async (count) => {
    looks.left = new Map([["link", count]]);
    const { series, warnings } = await inspectPath(folder);
    expect(series.reduce((sum, { files }) => sum + files, 0)).toBe(count === 0 ? 2 : 3);
    expect(warnings.join("\n")).toBe(count === 0 ? "1 links lead nowhere" : "");
  },
);

it("a file that is gone when it is looked at is left to whoever reads it", async () => {
  looks.left = new Map([["own", 0]]);
  expect(await filesIn()).toBe(3);
});

it.runIf(process.platform === "linux")("a process's own files end in one of our errors or none", async () => {
  looks.left = new Map();
  for (const own of ["/proc/self/fd", "/proc/self/ns", "/proc/self/map_files"]) {
    const ended = await inspectPath(own).catch((error: unknown) => error);
    if (ended instanceof Error) {
      expect(MedGemmaError.isInstance(ended)).toBe(true);
      expect(ended.message).not.toContain("/proc");
    }
  }
});
