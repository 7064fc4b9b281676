import { afterAll, beforeAll, expect, test } from "vitest";
import type { NativeEngine } from "../../../src/engine/native/native-engine.js";
import { answerText } from "../../support/ask.js";
import { loadPhantom } from "../../support/phantom.js";
import { occupy, ramble } from "./support.js";

let engine: NativeEngine;
beforeAll(async () => {
  engine = await loadPhantom({ contextSize: 1024, parallel: 2 });
});
afterAll(() => engine.dispose());

const LONG = 700;

/** Asks in this order, and tells in which order the answers come. */
async function race(questions: readonly (readonly [name: string, words: number])[]): Promise<string[]> {
  const order: string[] = [];
  const held = await occupy(engine);
  const asked = questions.map(([name, words], index) =>
    answerText(engine, words === 0 ? "Hello?" : ramble(index + 1, words), { maxTokens: 2 }).then(() =>
      order.push(name),
    ),
  );
  while ((await engine.stats()).requests.waiting < questions.length)
    await new Promise((wake) => setTimeout(wake, 1));
  await held.release();
  await Promise.all(asked);
  return order;
}

test("a short question is not behind long ones for which there is no room yet", async () => {
  const order = await race([
    ["first", LONG],
    ["second", LONG],
    ["third", LONG],
    ["short", 0],
  ]);
  expect(order.indexOf("short")).toBeLessThanOrEqual(1);
  expect([...order].sort()).toEqual(["first", "second", "short", "third"]);
});

test("a long question is not kept out for ever by short ones", async () => {
  const order: string[] = [];
  const held = await occupy(engine);
  const long = answerText(engine, ramble(9, LONG), { maxTokens: 2 }).then(() => order.push("long"));
  // Each asks again as soon as it has its answer, until the long one has its own.
  const crowd = Array.from({ length: 4 }, async (_, index) => {
    for (let round = 0; round < 200 && !order.includes("long"); round++) {
      await answerText(engine, ramble(100 * index + round, 40), { maxTokens: 20 });
      order.push("short");
    }
  });
  await held.release();
  await Promise.all([long, ...crowd]);
  expect(order.indexOf("long")).toBeLessThan(100);
});

test("no more run at once than may, but for short ones beside long ones", async () => {
  let most = 0;
  let ended = false;
  const watch = (async () => {
    while (!ended) {
      most = Math.max(most, (await engine.stats()).requests.running);
      await new Promise((wake) => setTimeout(wake, 1));
    }
  })();
  await Promise.all(
    Array.from({ length: 12 }, (_, index) => answerText(engine, ramble(index + 50, 10), { maxTokens: 8 })),
  );
  ended = true;
  await watch;
  expect(most).toBe(2);
});
