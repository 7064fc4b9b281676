import { describe, expect, test } from "vitest";
import { ByteLru } from "../../../src/base/byte-lru.js";

describe("the cache bounded by bytes", () => {
  test("forgets what was used longest ago, by bytes", () => {
    const cache = new ByteLru<string>(100);
    cache.set("a", "A", 40);
    cache.set("b", "B", 40);
    expect(cache.get("a")).toBe("A");
    cache.set("c", "C", 40);
    expect(cache.get("b")).toBeUndefined();
    expect([cache.get("a"), cache.get("c"), cache.bytes]).toEqual(["A", "C", 80]);
    cache.set("d", "D", 100);
    expect([cache.get("a"), cache.get("c"), cache.get("d"), cache.bytes]).toEqual([
      undefined,
      undefined,
      "D",
      100,
    ]);
  });

  test("counts a replaced entry once, and drops it when the new one is too large", () => {
    const cache = new ByteLru<string>(100);
    cache.set("a", "A", 40);
    cache.set("a", "B", 60);
    expect([cache.get("a"), cache.bytes]).toEqual(["B", 60]);
    cache.set("a", "C", 101);
    expect([cache.get("a"), cache.bytes]).toEqual([undefined, 0]);
  });

  test("keeps nothing when it may hold nothing", () => {
    const cache = new ByteLru<string>(0);
    cache.set("a", "A", 1);
    expect([cache.get("a"), cache.bytes]).toEqual([undefined, 0]);
  });
});
