import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { renderErrorDocs } from "../../../scripts/generate-error-docs.mjs";
import { ERROR_FACTS } from "../../../src/base/errors/facts.js";
import { INPUT_ERRORS } from "../../../src/base/errors/input-errors.js";
import { MODEL_ERRORS } from "../../../src/base/errors/model-errors.js";
import { RUN_ERRORS } from "../../../src/base/errors/run-errors.js";
import { badOption, ERROR_TABLE, EXIT, isErrorCode, MedGemmaError } from "../../../src/base/errors.js";

const page = readFileSync(new URL("../../../docs/errors.md", import.meta.url), "utf8");

describe("docs/errors.md", () => {
  test("is what the tables say", () => {
    const wanted = renderErrorDocs(ERROR_TABLE, ERROR_FACTS);
    expect(page, "The table changed: npm run build && npm run docs:errors").toBe(wanted);
  });

  test("has facts for no code that does not exist", () => {
    expect(Object.keys(ERROR_FACTS).filter((code) => !isErrorCode(code))).toEqual([]);
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
      expect(entry.httpStatus).toBeGreaterThanOrEqual(400);
      expect(entry.httpStatus).toBeLessThan(600);
    },
  );

  test.each([
    ["bad_option", 400],
    ["model_unknown", 404],
    ["image_too_large", 413],
    ["record_unreadable", 422],
    ["aborted", 499],
    ["queue_full", 503],
  ] as const)("a server answers %s with %i", (code, status) => {
    expect(ERROR_TABLE[code].httpStatus).toBe(status);
  });

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

  test("is plain data and an error again, also on another thread", () => {
    const error = new MedGemmaError("context_full", "Too long.", {
      facts: { required: 9000, available: 8192 },
      cause: new Error("inner"),
    });
    const data = structuredClone(error.toJSON());
    expect(JSON.parse(JSON.stringify(error))).toEqual(data);
    const again = MedGemmaError.fromJSON(data);
    expect(again).toBeInstanceOf(MedGemmaError);
    expect(again.toJSON()).toEqual(error.toJSON());
    // By itself it is cloned without complaint, but as any other Error.
    expect(structuredClone(error).message).toBe("Too long.");
    const { facts: _, ...cut } = data;
    for (const junk of [
      undefined,
      null,
      1,
      "x",
      {},
      { ...data, code: "toString" },
      { ...data, facts: null },
      cut,
    ])
      expect(() => MedGemmaError.fromJSON(junk as never)).toThrow(
        expect.objectContaining({ code: "bad_option" }),
      );
  });

  test("has the name that an abort has", () => {
    expect(new MedGemmaError("aborted").name).toBe("AbortError");
    expect(String(new MedGemmaError("disposed"))).toMatch(/^MedGemmaError: /);
  });

  test("is told by its code, with the facts' types", () => {
    const error: unknown = new MedGemmaError("context_full", undefined, { facts: { required: 9000 } });
    expect(MedGemmaError.isInstance(error, "aborted")).toBe(false);
    if (!MedGemmaError.isInstance(error, "context_full")) throw new Error("It is.");
    const required: number | undefined = error.facts.required;
    expect(required).toBe(9000);
  });

  test("takes no fact that its code's row does not list: such a line does not compile", () => {
    // @ts-expect-error another code's
    new MedGemmaError("queue_full", undefined, { facts: { waiting: 3 } });
    // @ts-expect-error of another type
    new MedGemmaError("queue_full", undefined, { facts: { queueSize: "3" } });
    // @ts-expect-error a code without facts
    new MedGemmaError("disposed", undefined, { facts: { file: "a" } });
    const { facts } = new MedGemmaError("queue_full", undefined, { facts: { queueSize: 3 } });
    expect(facts).toEqual({ queueSize: 3 });
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

test("a cause that throws when it is looked at stays as it is", () => {
  const cause = new Proxy(
    {},
    {
      getPrototypeOf() {
        throw new TypeError("looked at");
      },
    },
  );
  expect(new MedGemmaError("aborted", undefined, { cause }).cause).toBe(cause);
});
