import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { onAbort } from "../../base/abort.js";
import { badOption, MedGemmaError, throwIfAborted } from "../../base/errors.js";
import { decodings } from "../../base/memory-gate.js";
import { packageRoot, requireOwnFiles } from "../../base/package.js";
import { LONGEST_TIMER } from "../../base/timer.js";
import { unreadable } from "../file/fail.js";
import type { Job, JobResults } from "./jobs.js";
import type { Reply, Request } from "./worker.js";

/**
 * Worker threads that parse and decode. A file can hang or exhaust a decoder, so a job that takes too long, or a worker
 * that dies, costs that job alone: the thread is ended and another is started for the next one.
 */

/** Milliseconds for a thread to start on a busy machine, and for a job to come to its first step. */
const START_UP = 30_000;

/** Megabytes of a thread's own heap: the headers of a slide of 200,000 tiles take 600. */
const HEAP = 768;

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
  /** It is being ended: until it has gone no other takes its place, so that threads and their descriptors stay few. */
  ending: boolean;
  /** Its modules are there: it has answered. */
  heard: boolean;
}

export interface RunOptions {
  /**
   * Milliseconds a step may take, the thread's start not counted, until the worker is ended and the call rejects with
   * `dicom_timeout`; 0 is by size.
   */
  readonly timeout: number;
  /** Bytes that the job takes, as far as is known; it waits until they are free. */
  readonly memory?: number | undefined;
  /** Rejects with `aborted` at once; a thread that is at work on it is ended. */
  readonly signal?: AbortSignal | undefined;
}

/** Built also where this is the TypeScript source, in tests: Node 20 runs no other. */
function workerPath(): string {
  requireOwnFiles();
  // In this form tools that copy what a server needs find it.
  const beside = fileURLToPath(new URL("./worker.js", import.meta.url));
  if (existsSync(beside)) return beside;
  const built = path.join(packageRoot, "dist", "dicom", "worker", "worker.js");
  if (existsSync(built)) return built;
  throw new Error("dist/dicom/worker/worker.js is missing: run `npm run build` first.");
}

export class DecodePool {
  private readonly slots: Slot[] = [];
  /** In the order in which they came. */
  private readonly queue = new Set<Task>();
  private next = 1;

  constructor(private readonly size: number) {}

  /** Runs a job in a worker. Rejects with the job's MedGemmaError, `dicom_timeout` or `aborted`. */
  async run<K extends Job["kind"]>(
    job: Extract<Job, { kind: K }>,
    options: RunOptions,
  ): Promise<JobResults[K]> {
    if (options.memory === undefined) return this.#enqueue(job, options);
    const leave = await decodings.enter(options.memory, options.signal);
    return this.#enqueue(job, options).finally(leave);
  }

  #enqueue<K extends Job["kind"]>(
    job: Extract<Job, { kind: K }>,
    options: RunOptions,
  ): Promise<JobResults[K]> {
    return new Promise<JobResults[K]>((resolve, reject) => {
      try {
        throwIfAborted(options.signal);
      } catch (error) {
        reject(error);
        return;
      }
      const giveUp = () => {
        this.queue.delete(task);
        this.abandon(
          this.slots.find((slot) => slot.task === task),
          new MedGemmaError("aborted"),
        );
        reject(new MedGemmaError("aborted"));
      };
      let stopListening = () => {};
      const task: Task = {
        request: { id: this.next++, job },
        timeout: options.timeout,
        resolve: (result) => {
          stopListening();
          resolve(result as JobResults[K]);
        },
        reject: (error) => {
          stopListening();
          reject(error);
        },
      };
      stopListening = onAbort(options.signal, giveUp);
      this.queue.add(task);
      this.pump();
    });
  }

  /** Ends all workers; waiting and running jobs reject with `disposed`. A later job starts new ones. */
  async close(): Promise<void> {
    const disposed = new MedGemmaError("disposed", "The decoding workers were closed.");
    for (const task of this.queue) task.reject(disposed);
    this.queue.clear();
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
    for (const task of this.queue) {
      const slot =
        this.slots.find((candidate) => !candidate.task && !candidate.ending) ??
        (this.slots.length < this.size ? this.start() : undefined);
      if (!slot) return;
      this.queue.delete(task);
      slot.task = task;
      slot.worker.ref();
      slot.timer = setTimeout(() => this.timedOut(slot, START_UP), START_UP);
      this.post(slot, task);
    }
  }

  private post(slot: Slot, task: Task): void {
    try {
      slot.worker.postMessage(task.request);
    } catch {
      clearTimeout(slot.timer);
      slot.task = undefined;
      slot.worker.unref();
      task.reject(badOption("source", "bytes that are still here, and options of plain data", undefined));
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
      resourceLimits: { maxOldGenerationSizeMb: HEAP },
    });
    const slot: Slot = { worker, task: undefined, timer: undefined, ending: false, heard: false };
    worker.on("message", (reply: Reply) => this.finish(slot, reply));
    worker.on("error", () => this.fail(slot, unreadable("Decoding failed: the file exhausted the decoder.")));
    worker.on("exit", () => this.gone(slot));
    worker.unref();
    this.slots.push(slot);
    return slot;
  }

  private finish(slot: Slot, reply: Reply): void {
    const { task } = slot;
    slot.heard = true;
    if (slot.ending) void slot.worker.terminate();
    if (!task || task.request.id !== reply.id) return;
    clearTimeout(slot.timer);
    if ("allow" in reply) {
      const limit = Math.min(LONGEST_TIMER, task.timeout || reply.allow || START_UP);
      slot.timer = setTimeout(() => this.timedOut(slot, limit), limit);
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

  /** Ended while it imports its modules, a thread leaves their files open: it is ended once it has. */
  private abandon(slot: Slot | undefined, error: MedGemmaError): void {
    if (!slot) return;
    if (slot.heard) {
      this.end(slot, error);
      return;
    }
    this.fail(slot, error);
    slot.worker.unref();
    slot.timer = setTimeout(() => void slot.worker.terminate(), START_UP).unref();
  }

  private timedOut(slot: Slot, limit: number): void {
    const facts = { milliseconds: Math.round(limit) };
    this.end(slot, new MedGemmaError("dicom_timeout", undefined, { facts }));
  }

  private end(slot: Slot, error: MedGemmaError): void {
    this.fail(slot, error);
    void slot.worker.terminate();
  }

  /** Fails a slot's job; the slot takes no other. */
  private fail(slot: Slot, error: MedGemmaError): void {
    slot.ending = true;
    clearTimeout(slot.timer);
    slot.task?.reject(error);
    slot.task = undefined;
  }

  private gone(slot: Slot): void {
    this.fail(slot, unreadable("Decoding failed: the decoder ended."));
    const index = this.slots.indexOf(slot);
    if (index >= 0) this.slots.splice(index, 1);
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
