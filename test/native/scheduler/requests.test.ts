import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { NativeEngine } from "../../../src/engine/native/native-engine.js";
import { answerText, rejection, UNENDING } from "../../support/ask.js";
import { goldens, loadPhantom } from "../../support/phantom.js";
import { askGolden, golden, NOISE, occupy, ramble } from "./support.js";

describe("many requests at once", () => {
  let engine: NativeEngine;
  beforeAll(async () => {
    engine = await loadPhantom({ contextSize: 8192 });
  });
  afterAll(() => engine.dispose());

  test("each gets its own answer, and a cancelled one takes nothing from the others", async () => {
    const asked = goldens.filter((_, index) => index % 6 === 0);
    const stops = asked.map(() => new AbortController());
    const answers = asked.map((each, index) =>
      askGolden(engine, each, { signal: stops[index]?.signal ?? new AbortController().signal }),
    );
    const ends = Promise.allSettled(answers);
    for (const [index, stop] of stops.entries()) {
      if (index % 3 !== 1) continue;
      stop.abort();
      await new Promise((wake) => setTimeout(wake, 5));
    }
    for (const [index, end] of (await ends).entries()) {
      // One that had ended before its signal came is right as well.
      if (end.status === "fulfilled") expect(end.value.text).toBe(asked[index]?.answer);
      else expect([index % 3, end.reason.code]).toEqual([1, "aborted"]);
    }
    const { requests } = await engine.stats();
    expect(requests).toMatchObject({ running: 0, waiting: 0, failed: 0 });
  });

  test("deterministic answers are equal to the last bit, whatever else runs", async () => {
    const asked = golden("report");
    const options = { deterministic: true, logprobs: 5 } as const;
    const expected = await askGolden(engine, asked, options);
    expect(expected.text).toBe(asked.answer);
    for (let round = 0; round < 4; round++) {
      const others = Array.from({ length: 6 }, (_, index) =>
        answerText(engine, ramble(index + round, 4 + 20 * index), { ...NOISE, maxTokens: 20, seed: index }),
      );
      const again = await askGolden(engine, asked, options);
      await Promise.all(others);
      expect(again.tokens).toEqual(expected.tokens);
      expect(again.done.usage.cachedTokens).toBe(0);
    }
  });

  test("a long prompt does not hold up a short question", async () => {
    const order: string[] = [];
    const long = answerText(engine, ramble(1, 5000), { maxTokens: 4 }).then((end) => {
      order.push("long");
      return end;
    });
    while ((await engine.stats()).requests.running === 0) await new Promise((wake) => setTimeout(wake, 1));
    const short = answerText(engine, "Hello?", { maxTokens: 4 }).then(() => order.push("short"));
    const [{ done }] = await Promise.all([long, short]);
    expect(done.usage.promptTokens).toBeGreaterThan(5000);
    expect(order).toEqual(["short", "long"]);
  });
});

describe("the queue", () => {
  let engine: NativeEngine;
  afterEach(() => engine.dispose());

  test("interactive requests go before batch ones", async () => {
    engine = await loadPhantom({ parallel: 1 });
    const busy = await occupy(engine);
    const order: string[] = [];
    const ask = async (name: string, priority: "batch" | "interactive", expected: number) => {
      const end = answerText(engine, name, { maxTokens: 3, priority }).then(() => order.push(name));
      // Prompts are tokenised off this thread: without waiting, they might come in another order.
      while ((await engine.stats()).requests.waiting < expected) {
        await new Promise((wake) => setTimeout(wake, 1));
      }
      return { end };
    };
    const asked = [
      await ask("batch 1", "batch", 1),
      await ask("interactive 1", "interactive", 2),
      await ask("batch 2", "batch", 3),
      await ask("interactive 2", "interactive", 4),
    ];
    await busy.release();
    await Promise.all(asked.map(({ end }) => end));
    expect(order).toEqual(["interactive 1", "interactive 2", "batch 1", "batch 2"]);
  });

  test("a full one refuses with queue_full, and takes requests again", async () => {
    engine = await loadPhantom({ parallel: 1, queueSize: 2 });
    const busy = await occupy(engine);
    const ends = Array.from({ length: 5 }, () => answerText(engine, "Hello?", { maxTokens: 3 }));
    const settled = Promise.allSettled(ends);
    while ((await engine.stats()).requests.waiting < 2) await new Promise((wake) => setTimeout(wake, 1));
    const error = await rejection(answerText(engine, "Hello?", { maxTokens: 3 }));
    expect(error.code).toBe("queue_full");
    expect(error.facts).toEqual({ queueSize: 2 });
    await busy.release();
    const failures = (await settled).filter((end) => end.status === "rejected");
    expect(failures).toHaveLength(3);
    for (const { reason } of failures) expect(reason.code).toBe("queue_full");
    await answerText(engine, "Hello?", { maxTokens: 3 });
  });

  test("dispose ends what runs, waits and is paused", async () => {
    engine = await loadPhantom({ contextSize: 512, parallel: 4, queueSize: 100 });
    const ends = Array.from({ length: 20 }, (_, index) =>
      answerText(engine, ramble(index, 12), {
        ...UNENDING,
        maxTokens: 200,
        deterministic: index === 7,
      }),
    );
    const scores = engine.score([{ type: "text", text: "Hello?", special: false }], ["yes", "no"]);
    const settled = Promise.allSettled([...ends, scores]);
    while ((await engine.stats()).requests.preempted === 0) await new Promise((wake) => setTimeout(wake, 1));
    await engine.dispose();
    const reasons = (await settled).flatMap((end) => (end.status === "rejected" ? [end.reason.code] : []));
    expect(reasons.length).toBeGreaterThan(0);
    expect(new Set(reasons)).toEqual(new Set(["disposed"]));
  });
});
