import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { PACKAGE_VERSION, packageRoot, rebuildCommand } from "../../../src/base/package.js";

let application: string;
beforeEach(() => {
  application = mkdtempSync(path.join(os.tmpdir(), "package-"));
});
afterEach(() => rmSync(application, { recursive: true }));

/** The package as it is installed in an application with these files. */
function installed(files: string[], folder = path.join("node_modules", "medgemma")): string {
  const root = path.join(application, folder);
  mkdirSync(root, { recursive: true });
  for (const file of files) writeFileSync(path.join(application, file), "");
  return root;
}

test("the command that builds the addon is the package manager's", () => {
  expect(rebuildCommand(installed([]))).toBe("npm rebuild medgemma");
  const pnpm = path.join("node_modules", ".pnpm", "medgemma@1.0.0", "node_modules", "medgemma");
  expect(rebuildCommand(installed([], pnpm))).toMatch(/^pnpm approve-builds/);
  expect(rebuildCommand(installed(["bun.lock"]))).toBe("bun pm trust medgemma");
});

test("Yarn's differs by its generation", () => {
  expect(rebuildCommand(installed(["yarn.lock"]))).toBe("yarn install --force");
  expect(rebuildCommand(installed(["yarn.lock", ".yarnrc.yml"]))).toBe("yarn rebuild medgemma");
});

test("in a clone it is the clone's", () => {
  const root = installed([]);
  writeFileSync(path.join(root, ".git"), "");
  expect(rebuildCommand(root)).toBe("npm run build:native");
});

test("the package knows its root and version", () => {
  expect(path.basename(path.dirname(path.join(packageRoot, "package.json")))).toBe(
    path.basename(packageRoot),
  );
  const { version } = JSON.parse(readFileSync(path.join(packageRoot, "package.json"), "utf8"));
  expect(PACKAGE_VERSION).toBe(version);
});
