import { createInterface } from "node:readline/promises";
import { MedGemmaError } from "../base/errors.js";
import type { DownloadProgress } from "../models/pull.js";
import { clearStatus, inBytes, note, progress, status } from "./terminal.js";

const STEP = 0.1;

/** A bar on a terminal; elsewhere a line at the start and every ten percent, so that a log shows that it goes on. */
export function showDownload(): (progress: DownloadProgress) => void {
  let told = -1;
  return ({ model, files, bytes, total }) => {
    const what = `Fetching ${model}`;
    if (process.stderr.isTTY) {
      if (total === undefined) status(`${what}: ${inBytes(bytes)}`);
      else progress(`${what} (${inBytes(total)})`, Math.min(1, bytes / total));
      return;
    }
    const step = total === undefined ? 0 : Math.floor(bytes / total / STEP);
    if (step <= told) return;
    const size = total === undefined ? "" : ` of ${inBytes(total)}, ${Math.round((bytes / total) * 100)} %`;
    note(told < 0 ? `${what}: ${files.join(", ")}` : `${what}: ${inBytes(bytes)}${size}`);
    told = step;
  };
}

/**
 * Runs what may need the model's terms accepted; when they are not, a person at a terminal is asked once.
 * @param accept What the flag says.
 */
export async function withLicense<T>(
  accept: boolean | undefined,
  signal: AbortSignal,
  run: (options: { acceptLicense?: boolean }) => Promise<T>,
): Promise<T> {
  try {
    return await run(accept === undefined ? {} : { acceptLicense: accept });
  } catch (error) {
    if (!MedGemmaError.isInstance(error) || error.code !== "license_not_accepted") throw error;
    if (!process.stdin.isTTY || !process.stderr.isTTY) throw error;
    if (!(await agrees(error.facts, signal))) throw error;
    return run({ acceptLicense: true });
  }
}

async function agrees(
  { model, license, url }: MedGemmaError["facts"],
  signal: AbortSignal,
): Promise<boolean> {
  clearStatus();
  note(`${model} is under the ${license}:\n  ${url}`);
  // On stderr, for stdout is the answer's.
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  // While it reads, the terminal sends Ctrl-C to it and not to the process.
  lines.on("SIGINT", () => process.emit("SIGINT"));
  try {
    const answer = await lines.question("Have you read them, and do you accept them? [y/N] ", { signal });
    return /^y(es)?$/i.test(answer.trim());
  } catch (error) {
    if (signal.aborted) throw new MedGemmaError("aborted", undefined, { cause: error });
    // Ctrl-D is no answer.
    if ((error as Error).name === "AbortError") return false;
    throw error;
  } finally {
    lines.close();
  }
}
