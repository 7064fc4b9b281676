import { describe, expect, test } from "vitest";
import { bytesHeader, FrameReader, messageFrame } from "../../../../src/engine/process/link/frames.js";
import { fromJson, toJson } from "../../../../src/engine/process/link/json.js";

/** What a reader tells when `wire` comes in pieces of `size` bytes. */
function read(wire: Buffer, size: number): { messages: string[]; bytes: Map<number, number[]> } {
  const messages: string[] = [];
  const bytes = new Map<number, number[]>();
  const reader = new FrameReader({
    onMessage: (text) => messages.push(text),
    onBytes: (stream, piece) => bytes.set(stream, [...(bytes.get(stream) ?? []), ...piece]),
  });
  for (let from = 0; from < wire.length; from += size) reader.push(wire.subarray(from, from + size));
  return { messages, bytes };
}

describe("frames", () => {
  const bulk = Buffer.from(Array.from({ length: 100 }, (_, index) => index));
  const wire = Buffer.concat([
    messageFrame("first"),
    bytesHeader(7, 60),
    bulk.subarray(0, 60),
    messageFrame(""),
    bytesHeader(8, 0),
    bytesHeader(7, 40),
    bulk.subarray(60),
    messageFrame("Straße 🩻"),
  ]);

  test.each([1, 2, 3, 8, 9, 10, 64, 1000])("come whole from pieces of %i bytes", (size) => {
    const { messages, bytes } = read(wire, size);
    expect(messages).toEqual(["first", "", "Straße 🩻"]);
    expect(bytes).toEqual(new Map([[7, [...bulk]]]));
  });

  test("noise is not taken for a frame", () => {
    expect(() => read(Buffer.from("GGML_ASSERT failed"), 4)).toThrow(/no message/);
    expect(() => read(Buffer.from([1, 0, 0, 0, 0, 255, 255, 255, 255]), 9)).toThrow(/no message/);
  });
});

describe("messages as JSON", () => {
  test("keep the numbers that JSON has not", () => {
    const value = {
      a: [Number.NaN, -Infinity, Infinity, -1.5e-7],
      b: "\ud800 \u2028",
      c: { $number: "text" },
    };
    expect(fromJson(toJson(value))).toEqual(value);
    expect(fromJson('{"a":"\\"$number\\""}')).toEqual({ a: '"$number"' });
  });
});
