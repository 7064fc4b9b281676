import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import {
  checkImports,
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
  it("imports downwards only", () => {
    expect(checkImports(typescript)).toEqual([]);
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

/** Number of complaints about one file with this text. */
const complaints = (file: string, text: string) => checkImports([{ path: file, text }]).length;

describe("the rules", () => {
  it.each([
    ["prompt/a.ts", 'import { x } from "../engine/engine.js";'],
    ["prompt/a.ts", 'import type { X } from "../image/rgb.js";'],
    ["engine/a.ts", 'import { x } from "../medgemma/medgemma.js";'],
    ["engine/native/a.ts", 'export * from "../../image/decode.js";'],
    ["image/a.ts", 'import { x } from "../dicom/read.js";'],
    ["medgemma/a.ts", 'const x = await import("../cli/main.js");'],
    ["cli/a.ts", 'import { x } from "../server/app.js";'],
    ["cli/a.ts", 'import { x } from "../index.js";'],
    ["base/abort.ts", 'import { x } from "../prompt/render.js";'],
    ["base/errors/table.ts", 'import { x } from "../../machine/machine.js";'],
    ["novel/a.ts", 'import { x } from "../prompt/render.js";'],
    ["medgemma/a.ts", 'import { x } from "../../scripts/platform.mjs";'],
    ["medgemma/a.ts", 'load("/build/Release/medgemma.node");'],
    ["engine/process/a.ts", "process.dlopen(module, file);"],
  ])("forbid %s: %s", (file, text) => {
    expect(complaints(file, text)).toBe(1);
  });

  it.each([
    ["cli/a.ts", 'import { x } from "../medgemma/medgemma.js"; import "../engine/native/addon.js";'],
    ["engine/a.ts", 'import type { RgbImage } from "../image/rgb.js";'],
    ["dicom/a.ts", 'import type { RgbImage } from "../image/rgb.js"; import "../base/errors.js";'],
    ["medgemma/a.ts", 'import x from "node:fs"; import "commander"; import "./b.js";'],
    ["index.ts", 'export { x } from "./medgemma/medgemma.js";'],
    ["engine/native/addon.ts", 'require("medgemma.node");'],
  ])("allow %s: %s", (file, text) => {
    expect(complaints(file, text)).toBe(0);
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
