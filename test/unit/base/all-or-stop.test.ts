import { expect, test } from "vitest";
import { allOrStop } from "../../../src/base/abort.js";

test("gives all results in their order", async () => {
  const work = async (item: number) =>
    new Promise<number>((resolve) => setTimeout(() => resolve(item * 2), 9 - item));
  expect(await allOrStop([1, 2, 3], undefined, work)).toEqual([2, 4, 6]);
});

test("a failure stops the others, and is what the caller sees", async () => {
  const stopped: number[] = [];
  const work = (item: number, signal: AbortSignal) =>
    new Promise<number>((_, reject) => {
      if (item === 1) setTimeout(() => reject(new Error("first")), 1);
      signal.addEventListener("abort", () => {
        stopped.push(item);
        reject(new Error("stopped"));
      });
    });
  await expect(allOrStop([0, 1, 2], undefined, work)).rejects.toThrow("first");
  expect(stopped).toEqual([0, 1, 2]);
});

test("the caller's signal reaches all", async () => {
  const caller = new AbortController();
  const work = (_: number, signal: AbortSignal) =>
    new Promise<number>((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const all = allOrStop([0, 1], caller.signal, work);
  caller.abort(new Error("enough"));
  await expect(all).rejects.toThrow("enough");
});
