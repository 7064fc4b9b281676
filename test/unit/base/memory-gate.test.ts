import { expect, test } from "vitest";
import { MemoryGate } from "../../../src/base/memory-gate.js";
import { errorOf } from "../image/support.js";

const never = new AbortController().signal;
const soon = () => new Promise((resolve) => setImmediate(resolve));

/** Names of those that were let in, in their order. */
function gateOf(capacity: number) {
  const gate = new MemoryGate(capacity);
  const inside: string[] = [];
  const enter = async (name: string, bytes: number, signal = never) => {
    const leave = await gate.enter(bytes, signal);
    inside.push(name);
    return leave;
  };
  return { enter, inside };
}

test("as many as fit go in, the rest in the order in which they came", async () => {
  const { enter, inside } = gateOf(10);
  const first = enter("first", 6);
  void enter("second", 4);
  const third = enter("third", 6);
  void enter("fourth", 1);
  await soon();
  // The fourth would fit, and would leave the third waiting for ever where small ones keep coming.
  expect(inside).toEqual(["first", "second"]);
  (await first)();
  await soon();
  expect(inside).toEqual(["first", "second", "third"]);
  (await third)();
  await soon();
  expect(inside).toEqual(["first", "second", "third", "fourth"]);
});

test("what is larger than the gate goes in alone", async () => {
  const { enter, inside } = gateOf(10);
  const small = enter("small", 1);
  const large = enter("large", 100);
  void enter("last", 1);
  await soon();
  expect(inside).toEqual(["small"]);
  (await small)();
  await soon();
  expect(inside).toEqual(["small", "large"]);
  (await large)();
  await soon();
  expect(inside).toEqual(["small", "large", "last"]);
});

test("who stops waiting makes room for the next", async () => {
  const { enter, inside } = gateOf(10);
  void enter("first", 6);
  const stop = new AbortController();
  const large = errorOf(enter("large", 8, stop.signal));
  void enter("small", 2);
  await soon();
  expect(inside).toEqual(["first"]);
  stop.abort();
  expect((await large).code).toBe("aborted");
  await soon();
  expect(inside).toEqual(["first", "small"]);
  expect((await errorOf(enter("late", 1, stop.signal))).code).toBe("aborted");
});

test("what is small waits for nothing large, but for those before it once its own share is full", async () => {
  const { enter, inside } = gateOf(3200);
  void enter("large", 3200);
  void enter("waiting", 3200);
  const small = Array.from({ length: 5 }, (_, index) => enter(`small ${index}`, 100));
  await soon();
  expect(inside).toEqual(["large", "small 0", "small 1", "small 2", "small 3"]);
  (await small[2])?.();
  await soon();
  expect(inside.at(-1)).toBe("small 4");
});
