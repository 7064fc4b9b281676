import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { MedGemmaError, throwIfAborted } from "../errors.js";
import { packageRoot, requireOwnFiles } from "../machine/package.js";
import { unreadable } from "./fail.js";
import type { Job, JobResults } from "./jobs.js";
import type { Reply, Request } from "./worker.js";

/**
 * Worker threads that parse and decode. A file can hang or exhaust a decoder, so a job that takes too long, or a worker
 * that dies, costs that job alone: the thread is ended and another is started for the next one.
 */

/** Milliseconds for a thread to start on a busy machine. */
const START_UP = 30_000;

interface Task {
  readonly request: Request;
  readonly timeout: number;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: MedGemmaError) => void;
}

interface Slot {
  readonly worker: Worker;
  task: Task | undefined;
  timer: NodeJS.Timeout | undefined;
}

export interface RunOptions {
  /** Milliseconds a step may take until the worker is ended and the call rejects with `dicom_timeout`; 0 is by size. */
  readonly timeout: number;
  /** Rejects with `aborted` at once; work that has begun ends in its own time and is dropped. */
  readonly signal?: AbortSignal | undefined;
}

/** Built also where this is the TypeScript source, in tests: Node 20 runs no other. */
function workerPath(): string {
  requireOwnFiles();
  const built = path.join(packageRoot, "dist", "dicom", "worker.js");
  if (existsSync(built)) return built;
  throw new Error("dist/dicom/worker.js is missing: run `npm run build` first.");
}

export class DecodePool {
  private readonly slots: Slot[] = [];
  private readonly queue: Task[] = [];
  private next = 1;

  constructor(private readonly size: number) {}

  /** Runs a job in a worker. Rejects with the job's MedGemmaError, `dicom_timeout` or `aborted`. */
  run<K extends Job["kind"]>(job: Extract<Job, { kind: K }>, options: RunOptions): Promise<JobResults[K]> {
    return new Promise<JobResults[K]>((resolve, reject) => {
      try {
        throwIfAborted(options.signal);
      } catch (error) {
        reject(error);
        return;
      }
      const onAbort = () => {
        const waiting = this.queue.indexOf(task);
        if (waiting >= 0) this.queue.splice(waiting, 1);
        reject(new MedGemmaError("aborted"));
      };
      const done = () => options.signal?.removeEventListener("abort", onAbort);
      const task: Task = {
        request: { id: this.next++, job },
        timeout: options.timeout,
        resolve: (result) => {
          done();
          resolve(result as JobResults[K]);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      };
      options.signal?.addEventListener("abort", onAbort, { once: true });
      this.queue.push(task);
      this.pump();
    });
  }

  /** Ends all workers; waiting and running jobs reject with `disposed`. A later job starts new ones. */
  async close(): Promise<void> {
    const disposed = new MedGemmaError("disposed", "The decoding workers were closed.");
    for (const task of this.queue.splice(0)) task.reject(disposed);
    await Promise.all(
      this.slots.splice(0).map((slot) => {
        clearTimeout(slot.timer);
        slot.task?.reject(disposed);
        slot.task = undefined;
        return slot.worker.terminate();
      }),
    );
  }

  private pump(): void {
    while (this.queue.length > 0) {
      const slot =
        this.slots.find((candidate) => !candidate.task) ??
        (this.slots.length < this.size ? this.start() : undefined);
      if (!slot) return;
      const task = this.queue.shift();
      if (!task) return;
      slot.task = task;
      slot.worker.ref();
      slot.timer = setTimeout(() => this.timedOut(slot), task.timeout || START_UP);
      slot.worker.postMessage(task.request);
    }
  }

  private start(): Slot {
    // Captured output goes nowhere: whatever a library prints may hold patient data. The streams are not read, which
    // would keep the process alive; the worker itself drops what is written (worker.ts).
    const worker = new Worker(workerPath(), {
      stdout: true,
      stderr: true,
      execArgv: [],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: 1024 },
    });
    const slot: Slot = { worker, task: undefined, timer: undefined };
    worker.on("message", (reply: Reply) => this.finish(slot, reply));
    worker.on("error", () => this.drop(slot, unreadable("Decoding failed: the file exhausted the decoder.")));
    worker.on("exit", () => this.drop(slot, unreadable("Decoding failed: the decoder ended.")));
    worker.unref();
    this.slots.push(slot);
    return slot;
  }

  private finish(slot: Slot, reply: Reply): void {
    const { task } = slot;
    if (!task || task.request.id !== reply.id) return;
    clearTimeout(slot.timer);
    if ("allow" in reply) {
      slot.timer = setTimeout(() => this.timedOut(slot, reply.allow), task.timeout || reply.allow);
      return;
    }
    slot.task = undefined;
    slot.worker.unref();
    if ("error" in reply) {
      const { code, message, remedy, facts } = reply.error;
      task.reject(new MedGemmaError(code, message, { facts, remedy }));
    } else task.resolve(reply.result);
    this.pump();
  }

  private timedOut(slot: Slot, allowed = START_UP): void {
    const limit = Math.round(slot.task?.timeout || allowed);
    this.drop(slot, new MedGemmaError("dicom_timeout", undefined, { facts: { milliseconds: limit } }));
    void slot.worker.terminate();
  }

  /** Takes a slot out of service and fails its job. */
  private drop(slot: Slot, error: MedGemmaError): void {
    const index = this.slots.indexOf(slot);
    if (index < 0) return;
    this.slots.splice(index, 1);
    clearTimeout(slot.timer);
    slot.task?.reject(error);
    slot.task = undefined;
    this.pump();
  }
}

let shared: DecodePool | undefined;

/** The process's pool: one worker a core, four at most. Idle workers do not keep the process alive. */
export function sharedPool(): DecodePool {
  shared ??= new DecodePool(Math.max(1, Math.min(4, availableParallelism())));
  return shared;
}

/** Ends the process's decoding workers; the next call starts new ones. */
export async function closeDecoders(): Promise<void> {
  await shared?.close();
}
