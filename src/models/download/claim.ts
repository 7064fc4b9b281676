import { randomBytes } from "node:crypto";
import { type FileHandle, open, readdir, rm, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds between signs of life, and after how long without one a claim counts for nothing. */
const BEAT = 2_000;
const STALE = 30_000;

/**
 * The right to write one file, held by one process at a time, among processes that may share the folder over a
 * network. Each contender makes a file of a name of its own beside the target (`TARGET.PID.HOST.RANDOM.claim`) and then
 * looks for others: of two, at least the later one sees the other and steps back. A claim whose process is gone, or that
 * gave no sign of life for half a minute, is removed; as no two claims ever have the same name, that can never hit
 * another's. A process that was suspended for so long finds its own claim gone: ask {@link Claim.held} before writing.
 */
export class Claim {
  readonly #file: string;
  readonly #handle: FileHandle;
  readonly #timer: NodeJS.Timeout;
  #checked = Date.now();
  #lost = false;

  private constructor(file: string, handle: FileHandle) {
    this.#file = file;
    this.#handle = handle;
    this.#timer = setInterval(() => void this.#beat(), BEAT);
    this.#timer.unref();
  }

  /**
   * Takes the claim if nobody has it.
   * @returns nothing when another process is at work.
   */
  static async take(target: string): Promise<Claim | undefined> {
    const host = os.hostname().replaceAll(/[^\w-]/g, "_");
    const file = `${target}.${process.pid}.${host}.${randomBytes(6).toString("hex")}.claim`;
    const handle = await open(file, "wx", 0o600);
    const claim = new Claim(file, handle);
    try {
      if (!(await othersAlive(target, file, host))) return claim;
    } catch (error) {
      await claim.release();
      throw error;
    }
    await claim.release();
    return undefined;
  }

  /** Whether it is still ours. Looks at the disk when time has passed, for instance asleep. */
  async held(): Promise<boolean> {
    if (Date.now() - this.#checked > BEAT * 2) await this.#beat();
    return !this.#lost;
  }

  async release(): Promise<void> {
    clearInterval(this.#timer);
    await this.#handle.close().catch(() => undefined);
    await rm(this.#file, { force: true });
  }

  async #beat(): Promise<void> {
    try {
      await stat(this.#file);
      // A write, not utimes: the time is then that of the file's own system, as for all other claims there.
      await this.#handle.write("+", 0);
      this.#checked = Date.now();
    } catch {
      this.#lost = true;
    }
  }
}

/** Takes the claim, waiting a little at random between attempts so that two contenders do not stay in step. */
export async function waitForClaim(
  target: string,
  signal: AbortSignal | undefined,
  onWait: () => Promise<void>,
): Promise<Claim> {
  for (;;) {
    const claim = await Claim.take(target);
    if (claim) return claim;
    await onWait();
    await sleep(100 + Math.random() * 300, undefined, signal ? { signal } : {});
  }
}

async function othersAlive(target: string, own: string, host: string): Promise<boolean> {
  const folder = path.dirname(target);
  const now = (await stat(own)).mtimeMs;
  let alive = false;
  for (const name of await readdir(folder)) {
    const [, pid, theirHost] = claimParts(name, path.basename(target));
    const file = path.join(folder, name);
    if (pid === undefined || file === own) continue;
    const gone = theirHost === host && !isRunning(Number(pid));
    const age = await stat(file).then(
      ({ mtimeMs }) => now - mtimeMs,
      () => undefined,
    );
    if (age === undefined) continue;
    if (gone || age > STALE) await rm(file, { force: true });
    else alive = true;
  }
  return alive;
}

function claimParts(name: string, target: string): readonly (string | undefined)[] {
  if (!name.startsWith(`${target}.`)) return [];
  return /^(\d+)\.([\w-]+)\.[0-9a-f]+\.claim$/.exec(name.slice(target.length + 1)) ?? [];
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
