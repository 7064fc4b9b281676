import { Command, CommanderError } from "commander";
import { expect, test } from "vitest";
import { badOption, MedGemmaError } from "../../../src/base/errors.js";
import { describeFailure } from "../../../src/cli/failure.js";
import { flagOf } from "../../../src/cli/flag-names.js";
import { addAnswerFlags } from "../../../src/cli/flags.js";
import { Interrupt } from "../../../src/cli/interrupt.js";
import { makeProgram } from "../../../src/cli/program.js";

test("a bad option of the library points to its flag", () => {
  const failure = describeFailure(badOption("topK", "a whole number", "x"));
  expect(failure).toMatchObject({
    code: "bad_option",
    exitCode: 2,
    remedy: expect.stringContaining("--top-k"),
  });
});

test.each([
  ["report", "think", "See --think in `medgemma report --help`."],
  ["ask", "labels", "See `medgemma ask --help`."],
  ["classify", "labels", "See --labels in `medgemma classify --help`."],
  ["locate", "targets", "See --target in `medgemma locate --help`."],
  ["embed", "k", "See --k in `medgemma embed --help`."],
  ["triage", "vitals.temperature", "See --temperature-c in `medgemma triage --help`."],
])("%s points to its own flag for %s", (name, option, remedy) => {
  expect(describeFailure(badOption(option, "a number", 1), undefined, commandOf(name)).remedy).toBe(
    `Allowed for ${option}: a number. ${remedy}`,
  );
});

test("a remedy of its own stays", () => {
  const error = new MedGemmaError("bad_option", "x", { facts: { option: "cases" }, remedy: "Do this." });
  expect(describeFailure(error, undefined, commandOf("quantize")).remedy).toBe("Do this.");
});

test.each([
  ["ask", "512, with --think 2048"],
  ["report", "500, with --think 2048"],
  ["classify", "500, of the phantom 64, with --think 2048"],
  ["locate", "1000, of the phantom 300, with --think 2048"],
  ["triage", "600, of the phantom 96"],
  ["extract", "2048, at most half the context"],
])("the help of %s tells its own default of --max-tokens", (name, words) => {
  const option = commandOf(name).options.find(({ long }) => long === "--max-tokens");
  expect(option?.description).toBe(`new tokens at most (default: ${words})`);
});

const interrupt = new Interrupt();

function commandOf(name: string): Command {
  const command = makeProgram(interrupt).commands.find((it) => it.name() === name);
  if (!command) throw new Error(`There is no command ${name}.`);
  return command;
}

test("every flag that is named exists", () => {
  const known = addAnswerFlags(new Command()).options.map(({ long }) => long);
  for (const name of [
    "model",
    "projector",
    "contextSize",
    "threads",
    "gpuLayers",
    "endpoint",
    "endpointModel",
    "endpointApi",
    "endpointTimeout",
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

test("what the system refuses is no bug, and told without its path", () => {
  const error = Object.assign(new Error("EACCES: permission denied, mkdir '/home/anna'"), {
    code: "EACCES",
    syscall: "mkdir",
  });
  const failure = describeFailure(error);
  expect(failure).toMatchObject({
    message: "The system refuses (mkdir: EACCES).",
    facts: { reason: "EACCES" },
  });
  expect(JSON.stringify(failure)).not.toContain("anna");
});
