import { parentPort } from "node:worker_threads";
import type { ErrorCode, ErrorFacts } from "../../base/errors.js";
import { onAllow } from "../file/allowances.js";
import { asReadError } from "../file/fail.js";
import { type Job, runJob } from "./jobs.js";

/** Entry of a decoding worker: one job at a time, its result or its error by number. */

export interface Request {
  readonly id: number;
  readonly job: Job;
}

export type Reply =
  /** The next step begins, and how long it may take; 0 for the first, which nothing is known of. */
  | { readonly id: number; readonly allow: number }
  | { readonly id: number; readonly result: unknown }
  | {
      readonly id: number;
      readonly error: {
        readonly code: ErrorCode;
        readonly message: string;
        readonly remedy: string;
        readonly facts: ErrorFacts;
      };
    };

// Nothing that a library prints leaves the thread: dcmjs prints values of private elements.
process.stdout.write = () => true;
process.stderr.write = () => true;

/** Buffers that can be handed over instead of copied. */
function transferList(value: unknown, found: Set<ArrayBuffer> = new Set(), depth = 0): Set<ArrayBuffer> {
  if (ArrayBuffer.isView(value)) {
    const { buffer } = value;
    // Small results may live in Node's shared pool, which must stay.
    if (buffer instanceof ArrayBuffer && buffer.byteLength === value.byteLength) found.add(buffer);
  } else if (typeof value === "object" && value !== null && depth < 4) {
    for (const inner of Object.values(value)) transferList(inner, found, depth + 1);
  }
  return found;
}

parentPort?.on("message", async ({ id, job }: Request) => {
  const allow = (milliseconds: number) =>
    parentPort?.postMessage({ id, allow: milliseconds } satisfies Reply);
  onAllow(allow);
  allow(0);
  try {
    const result = await runJob(job);
    parentPort?.postMessage({ id, result } satisfies Reply, [...transferList(result)]);
  } catch (thrown) {
    const { code, message, remedy, facts } = asReadError(thrown, `reading (${job.kind})`);
    parentPort?.postMessage({ id, error: { code, message, remedy, facts } } satisfies Reply);
  }
});
