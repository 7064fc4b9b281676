import { EventEmitter } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DEFAULT_LIMITS } from "../../../src/dicom/file/limits.js";
import { inTurn } from "../../../src/dicom/study/in-turn.js";
import type { Job } from "../../../src/dicom/worker/jobs.js";
import { DecodePool } from "../../../src/dicom/worker/pool.js";
import { errorOf } from "../image/support.js";

/** A thread that does what the test says. */
class Thread extends EventEmitter {
  static readonly all: Thread[] = [];
  readonly posted: { id: number }[] = [];
  terminated = 0;
  refuses = false;

  constructor() {
    super();
    Thread.all.push(this);
  }
  postMessage(request: { id: number }) {
    if (this.refuses) throw new Error("could not be cloned");
    this.posted.push(request);
  }
  async terminate() {
    this.terminated++;
  }
  ref() {}
  unref() {}
  say(reply: object) {
    this.emit("message", { id: this.posted.at(-1)?.id, ...reply });
  }
}

vi.mock("node:worker_threads", async (original) => ({
  ...(await original<typeof import("node:worker_threads")>()),
  Worker: class {
    constructor() {
      // biome-ignore lint/correctness/noConstructorReturn: the real class is not there yet when this one is made
      return new Thread();
    }
  },
}));

const job = { kind: "unzip", source: { path: "a" }, limits: DEFAULT_LIMITS } as const satisfies Job;
const run = (pool: DecodePool, timeout = 0) => errorOf(pool.run<"unzip">(job, { timeout }));

beforeEach(() => {
  vi.useFakeTimers();
  Thread.all.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

const thread = (index: number) => {
  const found = Thread.all[index];
  if (!found) throw new Error(`There are only ${Thread.all.length} threads.`);
  return found;
};

describe("a limit of time", () => {
  it("begins when the job does, not with the thread's start", async () => {
    const failed = run(new DecodePool(1), 10);
    await vi.advanceTimersByTimeAsync(1000);
    expect(thread(0).terminated).toBe(0);
    thread(0).say({ allow: 0 });
    await vi.advanceTimersByTimeAsync(9);
    expect(thread(0).terminated).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(thread(0).terminated).toBe(1);
    expect(await failed).toMatchObject({ code: "dicom_timeout", facts: { milliseconds: 10 } });
  });

  it("leaves no thread beside the next one: that waits until the ended one has gone", async () => {
    const pool = new DecodePool(1);
    for (let time = 0; time < 20; time++) {
      const failed = run(pool, 10);
      const current = thread(time);
      current.say({ allow: 0 });
      await vi.advanceTimersByTimeAsync(10);
      expect((await failed).code).toBe("dicom_timeout");
      const next = run(pool, 10);
      expect(Thread.all).toHaveLength(time + 1);
      current.emit("exit", 1);
      expect(Thread.all).toHaveLength(time + 2);
      thread(time + 1).emit("exit", 1);
      expect((await next).code).toBe("dicom_unreadable");
      Thread.all.splice(time + 1);
    }
  });
});

describe("a job", () => {
  it("that is aborted ends its thread, or never begins", async () => {
    const pool = new DecodePool(1);
    const stops = [new AbortController(), new AbortController()];
    const [first, second] = stops.map(({ signal }) =>
      errorOf(pool.run<"unzip">(job, { timeout: 0, signal })),
    );
    stops[1]?.abort();
    expect((await second)?.code).toBe("aborted");
    expect(thread(0).terminated).toBe(0);
    thread(0).say({ allow: 1000 });
    stops[0]?.abort();
    expect((await first)?.code).toBe("aborted");
    expect(thread(0).terminated).toBe(1);
    expect(thread(0).posted).toHaveLength(1);
  });

  it("that is aborted while its thread starts ends it once it has: it would leave the files of its modules open", async () => {
    const pool = new DecodePool(1);
    const stop = new AbortController();
    const aborted = errorOf(pool.run<"unzip">(job, { timeout: 0, signal: stop.signal }));
    stop.abort();
    expect((await aborted)?.code).toBe("aborted");
    expect(thread(0).terminated).toBe(0);
    thread(0).say({ allow: 1000 });
    expect(thread(0).terminated).toBe(1);
  });

  it("that cannot be posted costs itself alone", async () => {
    const pool = new DecodePool(1);
    const first = run(pool);
    thread(0).say({ error: { code: "dicom_unreadable", message: "", remedy: "", facts: {} } });
    expect((await first).code).toBe("dicom_unreadable");
    thread(0).refuses = true;
    expect((await run(pool)).code).toBe("bad_option");
    thread(0).refuses = false;
    const third = pool.run<"unzip">(job, { timeout: 0 });
    thread(0).say({ result: [] });
    expect(await third).toEqual([]);
    expect(Thread.all).toHaveLength(1);
  });
});

describe("steps in turn", () => {
  it("are some at a time, their results in order, and end with the first error", async () => {
    vi.useRealTimers();
    let running = 0;
    let most = 0;
    const items = Array.from({ length: 100 }, (_, index) => index);
    const doubled = await inTurn(items, async (item) => {
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running--;
      return item * 2;
    });
    expect(doubled).toEqual(items.map((item) => item * 2));
    expect(most).toBe(16);
    let begun = 0;
    const failing = inTurn(items, async () => {
      begun++;
      await new Promise(setImmediate);
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(begun).toBe(16);
  });
});
