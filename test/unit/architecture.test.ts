import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { cruise, type ICruiseOptions, type IResolveOptions } from "dependency-cruiser";
import { describe, expect, it } from "vitest";
import rules from "../../.dependency-cruiser.mjs";
import {
  checkAddons,
  checkIndex,
  checkLengths,
  checkNative,
  checkOptional,
  checkTables,
  checkTerminal,
  MAX_LINES,
  readSources,
} from "../../scripts/lint-rules.mjs";

const root = path.resolve(import.meta.dirname, "../..");
const typescript = readSources(path.join(root, "src"), [".ts"]);
const native = readSources(path.join(root, "native"), [".cpp", ".h"]);

describe("the tree", () => {
  it("was found", () => {
    expect(typescript.length).toBeGreaterThan(40);
    expect(native.length).toBeGreaterThan(30);
  });
  it("imports downwards only, without circles", async () => {
    const { modules, violations } = await cruised(root);
    expect(modules).toBeGreaterThan(400);
    expect(violations).toEqual([]);
  });
  it("loads the addon in one place", () => {
    expect(checkAddons(typescript)).toEqual([]);
  });
  it("looks up what comes from outside in tables without a prototype", () => {
    expect(checkTables(typescript)).toEqual([]);
  });
  it("writes to the terminal in one place", () => {
    expect(checkTerminal(typescript)).toEqual([]);
    const text = "process.stdout.write(name);";
    expect(checkTerminal([{ path: "cli/a.ts", text }])).toHaveLength(1);
  });
  it("has re-exports in src/index.ts and nothing else", () => {
    expect(checkIndex(readFileSync(path.join(root, "src/index.ts"), "utf8"))).toEqual([]);
  });
  it("keeps Node-API out of native/engine and llama.cpp out of native/binding", () => {
    expect(checkNative(native)).toEqual([]);
  });
  it(`has no file of src/ or native/ above ${MAX_LINES} lines`, () => {
    expect(checkLengths([...typescript, ...native])).toEqual([]);
  });
});

/** What .dependency-cruiser.mjs says of the src/ in a folder: `from -> to: rule`. */
async function cruised(baseDir: string): Promise<{ modules: number; violations: string[] }> {
  const { options, ...ruleSet } = rules;
  const { output } = await cruise(
    ["src"],
    { ...options, baseDir, ruleSet, validate: true } as ICruiseOptions,
    options?.enhancedResolveOptions as Partial<IResolveOptions>,
  );
  if (typeof output === "string") throw new Error(output);
  const { violations } = output.summary;
  return {
    modules: output.modules.length,
    violations: violations.map(({ from, to, rule }) => `${from} -> ${to}: ${rule.name}`).sort(),
  };
}

/** The same of files that are written for it. */
async function cruisedTree(tree: Readonly<Record<string, string>>): Promise<string[]> {
  const folder = mkdtempSync(path.join(tmpdir(), "medgemma-floors-"));
  try {
    for (const [name, text] of Object.entries(tree)) {
      mkdirSync(path.join(folder, path.dirname(name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }
    return (await cruised(folder)).violations;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("the rules", () => {
  it("let imports point down only, keep siblings apart and close no circle", async () => {
    const tree = {
      "src/base/a.ts": 'import "../machine/b.js";',
      "src/machine/b.ts": 'export type { X } from "../prompt/c.js";',
      "src/prompt/c.ts": 'export interface X { x: 1 }; export const y = import("../engine/d.js");',
      "src/engine/d.ts":
        'import type { R } from "../image/rgb.js"; import "../image/decode.js"; import "../base/e.js";',
      "src/image/rgb.ts": "export interface R { r: 1 }",
      "src/image/decode.ts": 'import type { N } from "../novel/f.js"; export const d: N = 1;',
      "src/base/e.ts": 'import { g } from "./g.js"; export const e = g;',
      "src/base/g.ts": 'import type { e } from "./e.js"; export const g = 1; export type E = typeof e;',
      "src/novel/f.ts": 'import "../base/g.js"; export type N = 1;',
      "src/medgemma/h.ts": 'import "../engine/d.js"; import "../cli/i.js"; import "../../scripts/j.mjs";',
      "src/cli/i.ts": 'import "../dataset/k.js"; import "../medgemma/h.js"; import "node:fs";',
      "src/dataset/k.ts": 'import "../index.js";',
      "src/index.ts": 'export { e } from "./base/e.js";',
      "scripts/j.mjs": "export {};",
    };
    const violations = (await cruisedTree(tree)).filter((it) => !it.endsWith(": no-circles-of-folders"));
    expect(violations).toEqual([
      "src/base/a.ts -> src/machine/b.ts: floors-base",
      "src/base/e.ts -> src/base/g.ts: no-circles",
      "src/cli/i.ts -> src/medgemma/h.ts: no-circles",
      "src/dataset/k.ts -> src/index.ts: floors-dataset",
      "src/engine/d.ts -> src/image/decode.ts: floors-engine",
      "src/image/decode.ts -> src/novel/f.ts: floors-image",
      "src/machine/b.ts -> src/prompt/c.ts: floors-machine",
      "src/medgemma/h.ts -> scripts/j.mjs: within-src",
      "src/medgemma/h.ts -> src/cli/i.ts: floors-medgemma",
      "src/novel/f.ts -> src/base/g.ts: known-folders",
      "src/prompt/c.ts -> src/engine/d.ts: floors-prompt",
    ]);
  });

  it("let no two folders import each other, though no two files do", async () => {
    const tree = {
      "src/image/a/x.ts": 'import { y } from "../b/y.js"; export const x = y;',
      "src/image/a/w.ts": "export const w = 1;",
      "src/image/b/y.ts": "export const y = 1;",
      "src/image/b/z.ts": 'export type { w } from "../a/w.js";',
    };
    expect(await cruisedTree(tree)).toEqual([
      "src/image/a -> src/image/b: no-circles-of-folders",
      "src/image/b -> src/image/a: no-circles-of-folders",
    ]);
  });

  it.each([
    ["medgemma/a.ts", 'load("/build/Release/medgemma.node");', 1],
    ["engine/process/a.ts", "process.dlopen(module, file);", 1],
    ["engine/native/addon.ts", 'require("medgemma.node");', 0],
  ])("let the addon be loaded in one place: %s: %s", (file, text, complaints) => {
    expect(checkAddons([{ path: file, text }])).toHaveLength(complaints);
  });

  it("forbid anything but re-exports in index.ts", () => {
    expect(checkIndex('export { a } from "./a.js";\nexport type { B } from "./b.js";')).toEqual([]);
    for (const text of ["export const a = 1;", 'import "./a.js";', "export {};", "console.log(1);"]) {
      expect(checkIndex(text), text).toHaveLength(1);
    }
  });

  it.each([
    ["engine/a.cpp", "#include <napi.h>"],
    ["engine/a.h", "Napi::Env env;"],
    ["binding/a.cpp", "#include <napi.h>"],
    ["binding/a.cpp", "#include <llama.h>"],
    ["binding/a.cpp", "llama_decode(context, batch);"],
    ["binding/a.cpp", "mtmd_free (context);"],
  ])("forbid native/%s: %s", (file, text) => {
    expect(checkNative([{ path: file, text }])).toHaveLength(1);
  });

  it("allow the engine's own names and comments", () => {
    const engine = { path: "engine/backend.h", text: "std::string llama_version_string();" };
    const binding = { path: "binding/a.cpp", text: "// as llama_decode()\nllama_version_string();" };
    expect(checkNative([engine, binding])).toEqual([]);
  });

  it("let optional properties of exported types be undefined", () => {
    const complaints = (text: string) => checkOptional([{ path: "a.ts", text }]).length;
    expect(complaints("export interface A { b?: number }")).toBe(1);
    expect(complaints("export type A = { c: { b?: (d: number) => void } }")).toBe(1);
    expect(complaints("interface A { b?: number }")).toBe(0);
    expect(complaints("export interface A { b?: number | undefined; c: number; d?: unknown }")).toBe(0);
  });

  it("let tables be looked up only when they have no prototype", () => {
    const complaints = (...texts: string[]) =>
      checkTables(texts.map((text, index) => ({ path: `${index}.ts`, text }))).length;
    const plain = "const A: Readonly<Record<string, number>> = { b: 1 };";
    expect(complaints(`${plain} A[key];`)).toBe(1);
    expect(complaints(`${plain} A["b"]; A.b;`)).toBe(0);
    expect(complaints("const A: Record<string, number> = table({ b: 1 }); A[key];")).toBe(0);
    expect(complaints(`export ${plain}`, 'import { A } from "./0.js"; A[key];')).toBe(1);
    expect(complaints(`export ${plain}`, "const A = new Map(); A[key];")).toBe(0);
    expect(complaints("({ b: 1 })[key]; ({ b: 1 })[0];")).toBe(1);
    expect(complaints("if (key in thing || NAME in thing || Symbol.iterator in thing) {}")).toBe(1);
    expect(complaints('if ("b" in thing) {} for (const key in thing) {}')).toBe(0);
  });

  it("count lines of code, not words about it", () => {
    const lines = (count: number, more = "") => ({ path: "a.ts", text: more + "x\n".repeat(count) });
    const words =
      '/** A\n * docstring. */\n\n// why\nimport type {\n  A,\n} from "a";\nexport { b } from "b";\n#include <c>\n';
    expect(checkLengths([lines(MAX_LINES)])).toEqual([]);
    expect(checkLengths([lines(MAX_LINES, words)])).toEqual([]);
    expect(checkLengths([lines(MAX_LINES + 1)])).toHaveLength(1);
  });
});
