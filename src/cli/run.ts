import { type Command, CommanderError } from "commander";
import { EXIT, MedGemmaError } from "../errors.js";
import { describeFailure, reportFailure } from "./failure.js";
import { Interrupt } from "./interrupt.js";
import { makeProgram } from "./program.js";
import { clearStatus } from "./terminal.js";

/** Runs one command line and gives its exit code. Never throws. */
export async function run(words: readonly string[]): Promise<number> {
  const interrupt = new Interrupt();
  watchStreams(interrupt);
  let running: Command | undefined;
  try {
    const program = makeProgram(interrupt);
    program.hook("preAction", (_program, command) => {
      running = command;
    });
    if (words.length === 0) {
      program.outputHelp();
      return EXIT.ok;
    }
    await program.parseAsync([...words], { from: "user" });
    if (interrupt.cause === "ENOSPC") throw outputFull();
    return Number(process.exitCode ?? EXIT.ok);
  } catch (error) {
    // --help and --version end this way too.
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
    // A command without the subcommand that it needs has shown its help.
    if (error instanceof CommanderError && error.code === "commander.help") return EXIT.usage;
    if (interrupt.cause === "EPIPE") return EXIT.ok;
    clearStatus();
    const full = interrupt.cause === "ENOSPC";
    const failure = full
      ? describeFailure(outputFull(), undefined)
      : describeFailure(error, interrupt.cause, running);
    reportFailure(failure, error, wantsJson(words));
    return failure.exitCode;
  }
}

/** A reader that has seen enough (`| head -1`) is no error: stop working and go. */
function watchStreams(interrupt: Interrupt): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && error.code !== "ENOSPC") throw error;
    interrupt.stop(error.code);
  });
  // Nobody is left to be told.
  process.stderr.on("error", () => undefined);
}

function outputFull(): MedGemmaError {
  return new MedGemmaError("disk_full", "The output cannot be written: there is no room (ENOSPC).");
}

/** Also where the command line could not be parsed. */
function wantsJson(words: readonly string[]): boolean {
  const end = words.indexOf("--");
  return words.slice(0, end < 0 ? undefined : end).includes("--json");
}
