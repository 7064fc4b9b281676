import { inspect } from "node:util";
import { type Command, CommanderError } from "commander";
import { ERROR_TABLE, type ErrorFacts, EXIT, MedGemmaError } from "../base/errors.js";
import { flagOf, fullName } from "./flag-names.js";
import type { Cause } from "./interrupt.js";
import { note, speakJson } from "./terminal.js";

/** An error as the command line tells it. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly facts: ErrorFacts;
  readonly exitCode: number;
}

const STOPPED: Record<Cause, string> = {
  SIGINT: "Stopped by Ctrl-C.",
  SIGTERM: "Stopped by SIGTERM.",
  EPIPE: "Nobody reads the output any more.",
  output: "The output cannot be written.",
};

/** @param command The one that ran, whose help is then named. */
export function describeFailure(error: unknown, cause?: Cause, command?: Command): Failure {
  if (error instanceof CommanderError) return usageFailure(error);
  if (MedGemmaError.isInstance(error)) {
    const { code, facts, exitCode, remedy } = error;
    if (code === "aborted" && cause) return { code, message: STOPPED[cause], remedy, facts, exitCode };
    return { code, message: error.message, remedy: hintOf(error, command) ?? remedy, facts, exitCode };
  }
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  if (code !== undefined && syscall !== undefined) {
    // Its own message carries the whole path.
    return {
      code: "unexpected",
      message: `The system refuses (${syscall}: ${code}).`,
      remedy: "Check that the files and folders that were named are there, may be used, and have room.",
      facts: { reason: code },
      exitCode: EXIT.unexpected,
    };
  }
  return {
    code: "unexpected",
    message: error instanceof Error ? error.message : String(error),
    remedy: "This is a bug. Run again with MEDGEMMA_DEBUG=1 and report what it prints.",
    facts: {},
    exitCode: EXIT.unexpected,
  };
}

/** Where the error has no remedy of its own: the flag, or at least the help. */
function hintOf({ code, remedy, facts }: MedGemmaError, command?: Command): string | undefined {
  const allowed = remedy.startsWith("Allowed for ");
  if (code !== "bad_option" || !(allowed || remedy === ERROR_TABLE.bad_option.remedy)) return undefined;
  const flag = flagOf(facts.option, command);
  const help = command ? `\`${fullName(command)} --help\`` : "the command's `--help`";
  const hint = flag === undefined ? `See ${help}.` : `See ${flag} in ${help}.`;
  return allowed ? `${remedy} ${hint}` : hint;
}

/** commander's own sentence, which names the near option or command, in our form. */
function usageFailure(error: CommanderError): Failure {
  const [first = "", ...rest] = error.message.replace(/^error: /, "").split("\n");
  const hint = rest
    .join(" ")
    .trim()
    .replace(/^\(|\)$/g, "");
  const sentence = `${first.charAt(0).toUpperCase()}${first.slice(1)}`.replace(/\.?$/, ".");
  return {
    code: "bad_option",
    message: hint === "" ? sentence : `${sentence} ${hint}`,
    remedy: "See `medgemma --help`, or `--help` after a command.",
    facts: { reason: error.code },
    exitCode: EXIT.usage,
  };
}

export function reportFailure(failure: Failure, error: unknown, json: boolean): void {
  const { code, message, remedy, facts } = failure;
  note(`medgemma: ${message}`);
  if (code !== "aborted") note(`  ${remedy}`);
  note(`  (${code})`);
  if (json) speakJson({ error: { code, message, remedy, facts } });
  if (process.env.MEDGEMMA_DEBUG === "1") note(inspect(error));
}
