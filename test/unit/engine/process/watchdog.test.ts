import { expect, test } from "vitest";
import type { NativeStep } from "../../../../src/engine/native/addon.js";
import { StepWatch, type Stuck } from "../../../../src/engine/process/link/watchdog.js";

/** Looks as often as `ms` last, with what each thread says meanwhile. */
function look(watch: StepWatch, ms: number, steps: readonly NativeStep[] | undefined): Stuck | undefined {
  for (let at = 0; at < ms; at += watch.tick) {
    const stuck = watch.look(steps);
    if (stuck) return stuck;
  }
  return undefined;
}
const STUCK_AFTER = 30_000;
const watchOf = (weights: number) => new StepWatch({ stuckAfter: STUCK_AFTER, weights, gpu: false });
const idle = { number: 0, usual: 0 };

test("a step of 200 ms that takes a minute is stuck, one that takes 20 s is not", () => {
  const watch = watchOf(2.5e9);
  expect(look(watch, 20_000, [{ number: 7, usual: 200 }, idle])).toBeUndefined();
  expect(look(watch, 20_000, [{ number: 8, usual: 200 }, idle])).toBeUndefined();
  expect(look(watch, 60_000, [{ number: 9, usual: 200 }, idle])).toMatchObject({ usual: 200 });
});

test("steps that take long are given long: 256 rows of a large model on two cores", () => {
  const watch = watchOf(16.5e9);
  expect(look(watch, 600_000, [{ number: 1, usual: 50_000 }, idle])).toBeUndefined();
  // What has not been measured yet is expected to read the weights once.
  expect(look(watchOf(16.5e9), 1_500_000, [{ number: 1, usual: 0 }, idle])).toBeUndefined();
  expect(look(watchOf(16.5e9), 1_700_000, [{ number: 1, usual: 0 }, idle])).toEqual({
    what: expect.any(String),
    elapsed: expect.any(Number),
  });
  expect(look(watchOf(9e6), 40_000, [{ number: 1, usual: 0 }, idle])).toBeDefined();
});

test("a GPU's first steps have the time that its driver takes to compile", () => {
  const watch = new StepWatch({ stuckAfter: STUCK_AFTER, weights: 9e6, gpu: true });
  expect(look(watch, 500_000, [{ number: 1, usual: 0 }, idle])).toBeUndefined();
  expect(look(watch, 500_000, [{ number: 2, usual: 1400 }, idle])).toBeUndefined();
  expect(look(watch, 200_000, [{ number: 2, usual: 1400 }, idle])).toMatchObject({ usual: 1400 });
});

test("many steps, the other thread's too, are no stuck one", () => {
  const watch = watchOf(9e6);
  for (let number = 1; number < 200; number++)
    expect(
      look(watch, 2000, [
        { number, usual: 1 },
        { number: 1 + (number >> 1), usual: 1 },
      ]),
    ).toBeUndefined();
  expect(look(watch, 40_000, [idle, { number: 100, usual: 1 }])).toBeDefined();
});

test("a process that does not answer is stuck, one that rested is asked anew", () => {
  const watch = watchOf(9e6);
  expect(look(watch, 50_000, undefined)).toBeUndefined();
  expect(look(watch, 10_000, [idle])).toBeUndefined();
  expect(look(watch, 50_000, undefined)).toBeUndefined();
  watch.rest();
  expect(look(watch, 50_000, undefined)).toBeUndefined();
  expect(look(watch, 20_000, undefined)).toMatchObject({ what: "it does not answer" });
});
