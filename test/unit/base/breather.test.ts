import { expect, test } from "vitest";
import { Breather } from "../../../src/base/breather.js";

/** Holds the thread. */
function work(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

test("what runs side by side gives way together, each after one piece of its work", async () => {
  const pieces = 5;
  const perTurn: number[] = [];
  let turns = 0;
  let stopped = false;
  const count = () => {
    turns++;
    if (!stopped) setImmediate(count);
  };
  setImmediate(count);
  const one = async () => {
    const breather = new Breather();
    for (let piece = 0; piece < pieces; piece++) {
      // Longer than a slice.
      work(10);
      perTurn[turns] = (perTurn[turns] ?? 0) + 1;
      await breather.breathe();
    }
  };
  await Promise.all([one(), one(), one()]);
  stopped = true;
  expect(perTurn.reduce((sum, each) => sum + (each ?? 0), 0)).toBe(3 * pieces);
  expect(Math.max(...perTurn.filter(Boolean))).toBeLessThanOrEqual(3);
});

test("shorter pieces of several share one slice", async () => {
  await new Promise(setImmediate);
  let turned = false;
  const one = async () => {
    const breather = new Breather();
    await breather.breathe();
    setImmediate(() => {
      turned = true;
    });
    work(5);
    await breather.breathe();
    return turned;
  };
  // The first has not used up the slice; the third would find it long over by a clock of its own only.
  const turns = await Promise.all([one(), one(), one()]);
  expect(turns.at(-1)).toBe(true);
});

test("does short work in one go", async () => {
  const breather = new Breather();
  await breather.breathe();
  let turned = false;
  setImmediate(() => {
    turned = true;
  });
  for (let step = 0; step < 10; step++) await breather.breathe();
  expect(turned).toBe(false);
});

test("looks at its signal when the event loop has had its turn", async () => {
  const breather = new Breather(AbortSignal.abort());
  await breather.breathe().catch(() => undefined);
  work(10);
  await expect(breather.breathe()).rejects.toMatchObject({ code: "aborted" });
});
