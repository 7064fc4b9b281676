import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadAddon } from "../../src/engine/native/addon.js";
import type { NativeEngine } from "../../src/engine/native/native-engine.js";
import { cosine, loadPhantom, picture, readNpy, truth } from "../support/phantom.js";

const SIDE = 224;
const MIN_COSINE = 0.9999;

let engine: NativeEngine;
beforeAll(async () => {
  engine = await loadPhantom();
});
afterAll(() => engine.dispose());

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const reference = readNpy("embeddings.npy");
const [, tokens = 0, width = 0] = reference.shape;

/** Cosine between each vector of an embedding and the reference's for that case. */
function cosines(values: Float32Array, index: number): number[] {
  return Array.from({ length: tokens }, (_, token) =>
    cosine(
      values.subarray(token * width, (token + 1) * width),
      reference.values.subarray((index * tokens + token) * width, (index * tokens + token + 1) * width),
    ),
  );
}

describe("pixels", () => {
  test.each(truth)("$file resized are Pillow's, byte for byte", async ({ file, rgb224_sha256 }) => {
    const { data, width, height } = await picture(file);
    expect(sha256(await loadAddon().resize(data, width, height, SIDE, SIDE))).toBe(rgb224_sha256);
  });
});

describe("projector output", () => {
  test("of the reference is there for every case", () => {
    expect(reference.shape).toEqual([truth.length, 16, 256]);
    expect(reference.values).toHaveLength(truth.length * 16 * 256);
  });

  test.each(truth.map(({ file }, index) => ({ file, index })))(
    "of $file is the reference's",
    async ({ file, index }) => {
      const embedding = await engine.encode(await picture(file));
      expect([embedding.tokens, embedding.width]).toEqual([tokens, width]);
      expect(Math.min(...cosines(embedding.values, index))).toBeGreaterThanOrEqual(MIN_COSINE);
    },
  );

  test("of one case is not that of another", async () => {
    const { values } = await engine.encode(await picture("000.png"));
    expect(Math.min(...cosines(values, 1))).toBeLessThan(MIN_COSINE);
  });
});
