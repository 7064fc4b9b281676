import { log } from "../lib/log.js";

/** Runs a peer; what went wrong comes back as a note for the table instead of ending the measure. */
export async function attempt(work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    log(`a peer failed: ${problem}`);
    return `FAILED: ${problem.replaceAll("|", "/").slice(0, 200)}`;
  }
}
