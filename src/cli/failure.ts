import { CommanderError } from "commander";
import { type ErrorFacts, EXIT, MedGemmaError } from "../errors.js";
import { flagOf } from "./flags.js";
import type { Cause } from "./interrupt.js";
import { note } from "./terminal.js";

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
  ENOSPC: "There is no room for the output.",
};

export function describeFailure(error: unknown, cause?: Cause): Failure {
  if (error instanceof CommanderError) return usageFailure(error);
  if (MedGemmaError.isInstance(error)) {
    const { code, facts, exitCode, remedy } = error;
    if (code === "aborted" && cause) return { code, message: STOPPED[cause], remedy, facts, exitCode };
    const flag = code === "bad_option" ? flagOf(facts.option) : undefined;
    const hint = flag === undefined ? remedy : `See ${flag} in \`medgemma ask --help\`.`;
    return { code, message: error.message, remedy: hint, facts, exitCode };
  }
  return {
    code: "unexpected",
    message: error instanceof Error ? error.message : String(error),
    remedy: "This is a bug. Run again with MEDGEMMA_DEBUG=1 and report what it prints.",
    facts: {},
    exitCode: EXIT.unexpected,
  };
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
  if (json) process.stdout.write(`${JSON.stringify({ error: { code, message, remedy, facts } }, null, 2)}\n`);
  if (process.env.MEDGEMMA_DEBUG === "1") console.error(error);
}
