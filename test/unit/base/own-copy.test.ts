import { describe, expect, it, vi } from "vitest";
import { checkNames, plain, readOnce } from "../../../src/base/options.js";

const refused = expect.objectContaining({
  code: "bad_option",
  message: expect.stringContaining("more than can be meant"),
});
const named = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index]));

/** What it throws; undefined when it does not. */
function thrown(run: () => unknown): unknown {
  try {
    run();
    return undefined;
  } catch (error) {
    return error;
  }
}

describe("names of an object", () => {
  it("by the ten thousand are read", () => {
    expect(Object.keys(plain("x", named(10_000)))).toHaveLength(10_000);
    expect(thrown(() => checkNames("ask", readOnce("ask", named(10_000)), []))).toMatchObject({
      facts: { option: "k0" },
    });
  });

  it.each([
    ["options", (value: object) => readOnce("ask", value)],
    ["an option", (value: object) => readOnce("ask", { limits: value })],
    ["an input", (value: object) => plain("x", value)],
    ["an item", (value: object) => plain("x", [[value]])],
  ])("beyond that are refused in %s, and no value is read", (_, read) => {
    const value = named(10_001);
    const get = vi.fn();
    Object.defineProperty(value, "k3", { get, enumerable: true });
    expect(thrown(() => read(value))).toEqual(refused);
    expect(get).not.toHaveBeenCalled();
  });
});

describe("a list", () => {
  it("of as many numbers as vectors have is read", () => {
    const vector = Array.from({ length: 2560 }, () => 0.5);
    expect(
      plain(
        "vectors",
        Array.from({ length: 1000 }, () => vector),
      ),
    ).toHaveLength(1000);
  });

  it("of lists that are all the same is not walked without end", () => {
    let value: unknown = [1, 2, 3];
    for (let depth = 0; depth < 5; depth++) value = Array.from({ length: 1000 }, () => value);
    expect(thrown(() => plain("x", value))).toEqual(refused);
  });

  it("of a million objects is refused", () => {
    const one = { a: 1, b: 2 };
    expect(
      thrown(() =>
        plain(
          "x",
          Array.from({ length: 999_999 }, () => one),
        ),
      ),
    ).toEqual(refused);
  });
});
