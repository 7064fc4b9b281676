import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import ts from "typescript";
import { expect, test } from "vitest";
import { MedGemmaError } from "../../../../src/base/errors.js";
import { fromNative, SURFACE } from "../../../../src/engine/native/addon.js";
import { fromWire, toWire } from "../../../../src/engine/process/link/wire-error.js";

test("llama.cpp's words name a file without its folder", () => {
  const file = "/data/Meier $& Anna/model.gguf";
  const native = Object.assign(new Error(`llama.cpp could not load the model: failed to load '${file}'`), {
    code: "model_load_failed",
  });
  const error = fromNative(native, [file]);
  expect(error).toMatchObject({
    code: "model_load_failed",
    message: expect.stringContaining("'model.gguf'"),
  });
  expect(`${error.message} ${error.cause} ${error.stack}`).not.toContain("Meier");
});

test.each([new TypeError("x is not iterable"), new ReferenceError("x is not defined")])(
  "a mistake of this package's own stays one, on both sides of the pipe: %s",
  (mistake) => {
    expect(fromNative(mistake)).toBe(mistake);
    const arrived = fromWire(JSON.parse(JSON.stringify(toWire(mistake))));
    expect(MedGemmaError.isInstance(arrived)).toBe(false);
    expect(arrived).toMatchObject({ name: mistake.name, message: mistake.message });
  },
);

test("an error without a code is a failure of llama.cpp's, on both sides", () => {
  const error = new Error("ggml gave up");
  expect(fromNative(error)).toMatchObject({ code: "decode_failed", message: "ggml gave up" });
  expect(fromWire(toWire(error))).toMatchObject({ code: "decode_failed", message: "ggml gave up" });
});

test("the native surface has a number of its own", () => {
  const url = new URL("../../../../src/engine/native/addon.ts", import.meta.url);
  const file = ts.createSourceFile("addon.ts", readFileSync(url, "utf8"), ts.ScriptTarget.Latest);
  const printer = ts.createPrinter({ removeComments: true });
  const types = file.statements.filter(
    (it) => ts.isInterfaceDeclaration(it) || ts.isTypeAliasDeclaration(it),
  );
  const text = types.map((it) => printer.printNode(ts.EmitHint.Unspecified, it, file)).join("\n");
  const known = { surface: 1, sha256: "5811426e04980b2b0d2560d3e1829371e722c1cfbd8621585ed12a1a917b236b" };
  const sha256 = createHash("sha256").update(text).digest("hex");
  expect(
    { surface: SURFACE, sha256 },
    "The surface changed: count SURFACE (addon.ts) and kSurface (native/binding/addon.cpp) up, and write both down here",
  ).toEqual(known);
});
