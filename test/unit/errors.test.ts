import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readFacts, renderErrorDocs } from "../../scripts/generate-error-docs.mjs";
import { INPUT_ERRORS } from "../../src/errors/input-errors.js";
import { MODEL_ERRORS } from "../../src/errors/model-errors.js";
import { RUN_ERRORS } from "../../src/errors/run-errors.js";
import { badOption, ERROR_TABLE, EXIT, isErrorCode, MedGemmaError } from "../../src/errors.js";

const page = readFileSync(new URL("../../docs/errors.md", import.meta.url), "utf8");

describe("docs/errors.md", () => {
  test("is what the table says", () => {
    const wanted = renderErrorDocs(ERROR_TABLE, readFacts(page));
    expect(page, "The table changed: npm run build && npm run docs:errors").toBe(wanted);
  });

  test("has facts for no code that does not exist", () => {
    expect([...readFacts(page).keys()].filter((code) => !isErrorCode(code))).toEqual([]);
  });
});

describe("the table", () => {
  test("has no code in two rooms", () => {
    const codes = [MODEL_ERRORS, INPUT_ERRORS, RUN_ERRORS].flatMap((room) => Object.keys(room));
    expect(codes).toEqual(Object.keys(ERROR_TABLE));
  });

  test.each(Object.entries(ERROR_TABLE))(
    "%s reads as sentences and ends a command with a known code",
    (code, entry) => {
      expect(code).toMatch(/^[a-z0-9]+(_[a-z0-9]+)*$/);
      expect(entry.meaning).toMatch(/^(llama\.cpp|[A-Z]).*\.$/s);
      expect(entry.remedy).toMatch(/^[A-Z].*\.$/s);
      expect(Object.values(EXIT)).toContain(entry.exitCode);
      expect(entry.exitCode).not.toBe(EXIT.ok);
    },
  );

  test("does not take inherited names for codes", () => {
    expect(isErrorCode("toString")).toBe(false);
  });
});

describe("MedGemmaError", () => {
  test("carries meaning, remedy, exit code, facts and cause", () => {
    const cause = new Error("inner");
    const error = new MedGemmaError("not_gguf", undefined, { facts: { file: "a" }, cause });
    expect(error).toMatchObject({ code: "not_gguf", message: ERROR_TABLE.not_gguf.meaning, cause });
    expect(error).toMatchObject({
      remedy: ERROR_TABLE.not_gguf.remedy,
      exitCode: EXIT.model,
      facts: { file: "a" },
    });
  });

  test("is known across copies of the package", () => {
    expect(MedGemmaError.isInstance(new MedGemmaError("aborted"))).toBe(true);
    expect(MedGemmaError.isInstance({ [Symbol.for("medgemma.error")]: true })).toBe(true);
    expect([new Error(), null, undefined, "x"].some(MedGemmaError.isInstance)).toBe(false);
  });

  test("a bad option's message holds no text that a user wrote", () => {
    const { message, facts } = badOption("system", "a string", ["Jane Doe"]);
    expect(message).toBe("Expected a string for system, got a list of 1.");
    expect(facts).toEqual({ option: "system" });
  });

  test.each([
    ["Jane Doe", "a text of 8 characters"],
    ["x", "a text of 1 character"],
    ["", "an empty text"],
    [" \n", "an empty text"],
    [Number.NaN, "NaN"],
    [-1.5, "-1.5"],
    [true, "true"],
    [undefined, "nothing"],
    [null, "null"],
    [[], "an empty list"],
    [["Jane", "Doe"], "a list of 2"],
    [{ name: "Jane Doe" }, "an object"],
    [() => "Jane Doe", "a function"],
  ])("a bad option's message says what kind of value came: %j", (value, told) => {
    expect(badOption("seed", "a number", value).message).toBe(`Expected a number for seed, got ${told}.`);
  });
});

test("the remedy of a bad option says what is allowed", () => {
  expect(badOption("topP", "a number from 0 to 1", 3).remedy).toBe("Allowed for topP: a number from 0 to 1.");
  expect(badOption("think", "false, as a schema is given,", true).remedy).toMatch(/is given\.$/);
});
