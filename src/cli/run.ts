import { type Command, CommanderError } from "commander";
import { EXIT, MedGemmaError } from "../base/errors.js";
import { outputFailed } from "../base/files/write.js";
import { describeFailure, reportFailure } from "./failure.js";
import { Interrupt } from "./interrupt.js";
import { makeProgram } from "./program.js";
import { clearStatus } from "./terminal.js";

/** Runs one command line and gives its exit code. Never throws. */
export async function run(words: readonly string[]): Promise<number> {
  const interrupt = new Interrupt();
  const output = watchStreams(interrupt);
  let running: Command | undefined;
  try {
    checkCurrentFolder();
    const program = makeProgram(interrupt);
    program.hook("preAction", (_program, command) => {
      running = command;
    });
    if (words.length === 0) {
      program.outputHelp();
      return EXIT.ok;
    }
    await program.parseAsync([...words], { from: "user" });
    await output.written();
    if (output.failure) throw output.failure;
    return Number(process.exitCode ?? EXIT.ok);
  } catch (error) {
    // --help and --version end this way too.
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
    // A command without the subcommand that it needs has shown its help.
    if (error instanceof CommanderError && error.code === "commander.help") return EXIT.usage;
    if (interrupt.cause === "EPIPE") return EXIT.ok;
    clearStatus();
    const failure = output.failure
      ? describeFailure(output.failure)
      : describeFailure(error, interrupt.cause, running);
    reportFailure(failure, error, wantsJson(words));
    return failure.exitCode;
  }
}

interface Output {
  /** Why it cannot be written, if it cannot. */
  failure: MedGemmaError | undefined;
  /** Waits until the system has taken or refused what was said so far. */
  written(): Promise<void>;
}

function watchStreams(interrupt: Interrupt): Output {
  const written = () => new Promise<void>((resolve) => process.stdout.write("", () => resolve()));
  const output: Output = { failure: undefined, written };
  process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
    // A reader that has seen enough (`| head -1`) is no error: stop working and go.
    if (code !== "EPIPE") output.failure ??= outputFailed("The output", code);
    interrupt.stop(code === "EPIPE" ? code : "output");
  });
  // Nobody is left to be told.
  process.stderr.on("error", () => undefined);
  return output;
}

/** Everything that is named without a folder is looked for there. */
function checkCurrentFolder(): void {
  try {
    process.cwd();
  } catch (cause) {
    throw new MedGemmaError("file_not_found", "The current folder is gone: it was deleted or renamed.", {
      facts: { reason: "current_folder" },
      remedy: "Change into a folder that is there, e.g. with `cd ~`, and run it again.",
      cause,
    });
  }
}

/** Also where the command line could not be parsed. */
function wantsJson(words: readonly string[]): boolean {
  const end = words.indexOf("--");
  return words.slice(0, end < 0 ? undefined : end).includes("--json");
}
