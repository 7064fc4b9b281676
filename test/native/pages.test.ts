import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { codeBlocks, pagesOf, repository } from "../support/pages.js";

// Each ```js block is a whole program, for whoever copies it: it runs in a folder with the package and the pictures it names.
const programs = ["README.md", ...pagesOf("docs/using")].flatMap((page) =>
  codeBlocks(page)
    .filter(({ language }) => language === "js")
    .map(({ heading, code }, index) => [`${page}, ${heading} (${index + 1})`, code] as const),
);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "medgemma-pages-"));
  mkdirSync(path.join(folder, "node_modules"));
  symlinkSync(repository, path.join(folder, "node_modules", "medgemma"), "junction");
  const picture = (name: string, as: string) =>
    copyFileSync(path.join(repository, "examples/images", name), path.join(folder, as));
  picture("chest-020.png", "prior.png");
  picture("chest-021.png", "chest.png");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(programs)("%s", async (_, code) => {
  const file = path.join(folder, "program.mjs");
  writeFileSync(file, code);
  const { stderr } = await promisify(execFile)(process.execPath, [file], { cwd: folder });
  expect(stderr).not.toContain("Warning");
});
