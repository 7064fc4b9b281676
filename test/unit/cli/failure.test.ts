import { Command, CommanderError } from "commander";
import { expect, test } from "vitest";
import { describeFailure } from "../../../src/cli/failure.js";
import { addAnswerFlags, flagOf } from "../../../src/cli/flags.js";
import { harmless } from "../../../src/cli/terminal.js";
import { badOption, MedGemmaError } from "../../../src/errors.js";

test("a bad option of the library points to its flag", () => {
  const failure = describeFailure(badOption("topK", "a whole number", "x"));
  expect(failure).toMatchObject({
    code: "bad_option",
    exitCode: 2,
    remedy: expect.stringContaining("--top-k"),
  });
});

test("every flag that is named exists", () => {
  const known = addAnswerFlags(new Command()).options.map(({ long }) => long);
  for (const name of [
    "model",
    "projector",
    "contextSize",
    "threads",
    "gpuLayers",
    "maxTokens",
    "temperature",
  ]) {
    expect(known).toContain(flagOf(name));
  }
  expect(flagOf("toString")).toBeUndefined();
});

test("commander's sentence takes our form", () => {
  const error = new CommanderError(1, "commander.x", "error: unknown option '--a'\n(Did you mean --b?)");
  expect(describeFailure(error).message).toBe("Unknown option '--a'. Did you mean --b?");
  expect(describeFailure(error).exitCode).toBe(2);
});

test("who stopped it is told", () => {
  expect(describeFailure(new MedGemmaError("aborted"), "SIGINT").message).toBe("Stopped by Ctrl-C.");
});

test("what nobody foresaw is a bug, and says so", () => {
  expect(describeFailure(new TypeError("x"))).toMatchObject({
    code: "unexpected",
    exitCode: 1,
    message: "x",
  });
});

test("a model's words cannot steer the terminal", () => {
  expect(harmless("a\u001b[2Jb\u0007c\r\n\td\u009b1me")).toBe("a[2Jbc\n\td1me");
});
