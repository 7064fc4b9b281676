import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
const require = createRequire(import.meta.url);

const compilers = ["typescript-minimum", "typescript"].map((name) => ({
  name,
  version: String(require(`${name}/package.json`).version),
}));

const strict = ["--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess"];
const modules = ["--module", "NodeNext", "--moduleResolution", "NodeNext"];

test.each(compilers)(
  "a program compiles with the DOM's library and strict options, by TypeScript $version",
  ({ name }) => {
    // Not this package's own tsconfig.json; declarations of dependencies are checked too.
    const folder = path.join(root, "test", "types");
    const libraries = ["--target", "ES2022", "--lib", "ES2022,DOM", "--types", "node"];
    const args = ["--noEmit", "--project", path.join(folder, "tsconfig.json")];
    const compiler = require.resolve(`${name}/lib/tsc.js`);
    const { stdout } = spawnSync(process.execPath, [compiler, ...args, ...strict, ...modules, ...libraries], {
      encoding: "utf8",
    });
    expect(stdout).toBe("");
  },
  120_000,
);

test("the README states the oldest TypeScript that is tested", () => {
  const [minimum] = compilers;
  const [major, minor] = minimum?.version.split(".") ?? [];
  expect(readFileSync(path.join(root, "README.md"), "utf8")).toContain(`TypeScript ${major}.${minor}`);
});
