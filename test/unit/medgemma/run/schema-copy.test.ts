import { describe, expect, it } from "vitest";
import { FakeEngine } from "../../../../src/engine/fake-engine.js";
import { MedGemma } from "../../../../src/medgemma/medgemma.js";
import { copyOf, MOST_COPIED } from "../../../../src/medgemma/run/structured/schema-copy.js";
import { rejection } from "../../../support/ask.js";

const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 1]));
const tree = (depth: number): unknown => (depth === 0 ? 1 : { a: tree(depth - 1), b: tree(depth - 1) });
const ask = (schema: object) =>
  rejection(MedGemma.fromEngine(new FakeEngine({ answer: "null" })).ask([], "Q", { schema }));

describe("a schema of more than can be meant is refused", () => {
  it.each<[string, () => object]>([
    ["unknown words", () => ({ type: "null", ...many(MOST_COPIED) })],
    ["properties", () => ({ properties: many(MOST_COPIED + 1) })],
    ["examples", () => ({ type: "null", examples: Array.from({ length: MOST_COPIED + 1 }, () => 1) })],
    ["a list that is longer than it is", () => ({ type: "null", examples: new Array(1e8) })],
    ["parts of a value", () => ({ const: tree(15) })],
    ["parts of a value that can be copied", () => ({ const: tree(13) })],
    ["elements of a value", () => ({ const: Array.from({ length: 20_000 }, () => "") })],
    ["bytes", () => ({ const: new Uint8Array(10) })],
  ])("%s", async (_, make) => {
    expect((await ask(make())).code).toBe("grammar_unsupported");
  });

  it("before any of it is read", () => {
    let reads = 0;
    const names = Object.keys(many(MOST_COPIED + 1));
    const proxy = new Proxy(
      {},
      {
        ownKeys: () => names,
        get: () => ++reads,
        getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true, value: ++reads }),
      },
    );
    expect(() => copyOf({ properties: proxy })).toThrow("more than");
    expect(reads).toBe(0);
  });

  it("where a proxy makes ever new ones", () => {
    let made = 0;
    const inner = (): object => new Proxy({ a: 1 }, { get: () => (made++, inner()) });
    expect(() => copyOf(inner())).toThrow("nested");
    expect(made).toBeLessThan(1000);
  });
});

describe("the copy of a schema", () => {
  it("is what JSON has of it, with circles and a __proto__ of its own", () => {
    const circle: Record<string, unknown> = { list: [1, { a: null }] };
    circle.self = circle;
    const copy = copyOf(circle) as typeof circle;
    expect(copy).not.toBe(circle);
    expect(copy.list).toEqual(circle.list);
    expect(copy.self).toBe(copy);
    const own = copyOf(JSON.parse('{"properties": {"__proto__": {"type": "null"}}}') as object);
    expect(JSON.stringify(own)).toBe('{"properties":{"__proto__":{"type":"null"}}}');
  });

  it("holds what stands at many places once", () => {
    let shared: object = { type: "null" };
    for (let level = 0; level < 60; level++) shared = { anyOf: [shared, shared] };
    const { anyOf } = copyOf(shared) as { anyOf: unknown[] };
    expect(anyOf[0]).toBe(anyOf[1]);
  });
});
