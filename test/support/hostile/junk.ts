/** What a function among the junk throws: a call may reject with it, as it is. */
export const OWN_ERROR = new Error("thrown by a function of the caller's");

/** Values that no option and no argument means, each made anew: some can be used once only. */
export const JUNK: Readonly<Record<string, () => unknown>> = {
  undefined: () => undefined,
  null: () => null,
  true: () => true,
  "not a number": () => Number.NaN,
  "minus zero": () => -0,
  infinity: () => Number.POSITIVE_INFINITY,
  "a negative number": () => -1,
  "a fraction": () => 0.5,
  "a great number": () => 2 ** 53,
  "an empty text": () => "",
  "a text": () => "zzz",
  "a text of line ends": () => "\n",
  "a huge text": () => "x".repeat(300_000),
  "half a character": () => "\ud83e",
  "a text with NUL": () => "a\0b",
  __proto__: () => "__proto__",
  "a symbol": () => Symbol("junk"),
  "a bigint": () => 10n ** 30n,
  "a function": () => () => undefined,
  "a function that throws": () => () => {
    throw OWN_ERROR;
  },
  "a class": () => class Junk {},
  "an instance": () => new (class Junk {})(),
  "an empty object": () => ({}),
  "an empty list": () => [],
  "a list with a hole": () => new Array(3),
  "a list of lists": () => [[["zzz"]]],
  "a list of junk": () => [null, undefined, Symbol("junk"), {}],
  "a list that lies": () => Object.assign([], { length: 5 }),
  "an object without prototype": () => Object.create(null),
  "an object with constructor": () => ({ constructor: "junk" }),
  "an object with a prototype's name": () => JSON.parse('{"__proto__": {"system": 1}, "constructor": null}'),
  "an object that contains itself": () => {
    const it: Record<string, unknown> = {};
    it.self = it;
    it.list = [it];
    return it;
  },
  "a getter that throws": () => ({
    get system() {
      throw new Error("junk");
    },
    get data() {
      throw new Error("junk");
    },
    get length() {
      throw new Error("junk");
    },
  }),
  "a proxy that throws": () =>
    new Proxy(
      {},
      {
        get() {
          throw new Error("junk");
        },
        has() {
          throw new Error("junk");
        },
        ownKeys() {
          throw new Error("junk");
        },
        getPrototypeOf() {
          throw new Error("junk");
        },
      },
    ),
  "a revoked proxy": () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  "a revoked list": () => {
    const { proxy, revoke } = Proxy.revocable([], {});
    revoke();
    return proxy;
  },
  "an object that is no text": () => ({
    toString() {
      throw new Error("junk");
    },
    [Symbol.toPrimitive]() {
      throw new Error("junk");
    },
  }),
  "a detached buffer": () => {
    const buffer = new ArrayBuffer(8);
    structuredClone(buffer, { transfer: [buffer] });
    return buffer;
  },
  "a detached list of bytes": () => {
    const bytes = new Uint8Array(8);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    return bytes;
  },
  "an empty list of bytes": () => new Uint8Array(0),
  "a shared buffer": () => new SharedArrayBuffer(8),
  "a list of shared bytes": () => new Uint8Array(new SharedArrayBuffer(8)),
  ...Object.fromEntries(
    [Int8Array, Uint16Array, Float32Array, Float64Array, BigInt64Array, Uint8ClampedArray].map((kind) => [
      kind.name,
      () => new kind(4),
    ]),
  ),
  DataView: () => new DataView(new ArrayBuffer(8)),
  "a date": () => new Date(),
  "a date that is none": () => new Date(Number.NaN),
  "a map": () => new Map([["a", 1]]),
  "a set": () => new Set(["a"]),
  "a weak map": () => new WeakMap(),
  "a regular expression": () => /a+/g,
  "an error": () => new Error("junk"),
  "a promise": () => Promise.resolve("junk"),
  "a promise that rejects": () => {
    const promise = Promise.reject(new Error("junk"));
    promise.catch(() => undefined);
    return promise;
  },
  "a thenable": () => ({
    // biome-ignore lint/suspicious/noThenProperty: that is what makes it junk
    then() {
      throw new Error("junk");
    },
  }),
  "an iterator that throws": () => ({
    *[Symbol.iterator]() {
      yield "zzz";
      throw new Error("junk");
    },
  }),
  "an async iterator that throws": () => ({
    async *[Symbol.asyncIterator]() {
      yield new Uint8Array(3);
      throw new Error("junk");
    },
  }),
  "an iterable that is none": () => ({ [Symbol.iterator]: 1, [Symbol.asyncIterator]: 2 }),
  "a signal": () => AbortSignal.abort(),
  "an object like a signal": () => ({ aborted: false, addEventListener: 1 }),
  "an URL": () => new URL("https://junk.example/a"),
  "boxed text": () => Object("zzz"),
  "boxed number": () => Object(1),
  globalThis: () => globalThis,
};
