import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EmbedResult, fitHead, MedGemma } from "../../../src/index.js";
import { rejection } from "../../support/ask.js";
import { cosine, PHANTOM, picturePath, readNpy, truth } from "../../support/phantom.js";

let model: MedGemma;
beforeAll(async () => {
  model = await MedGemma.load({ isolation: "none", threads: 1 });
});
afterAll(() => model.dispose());

interface Case {
  readonly file: string;
  readonly present: Readonly<Record<string, boolean>>;
}
const cases = truth as unknown as readonly Case[];

describe("embed", () => {
  test("gives the reference's tokens, pooled", async () => {
    const { shape, values } = readNpy("embeddings.npy");
    const [, rows = 0, columns = 0] = shape;
    const [first] = cases;
    const path = picturePath(first?.file ?? "");
    const { matrix, vector, space } = await model.embed(path, {
      tokens: true,
      pool: "mean",
      normalize: false,
    });
    expect(matrix).toMatchObject({ rows, columns });
    expect(cosine(matrix?.values ?? new Float32Array(), values.slice(0, rows * columns))).toBeGreaterThan(
      0.999,
    );
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += matrix?.values[row * columns + 5] ?? 0;
    expect(vector[5]).toBeCloseTo(sum / rows, 5);
    expect(space).toMatchObject({ pool: "mean", normalized: false, width: columns });
    const both = await model.embed(path, { pool: "mean+max", normalize: false });
    expect(both.vector.subarray(0, columns)).toEqual(vector);
    const largest = await model.embed(path, { normalize: false });
    expect(both.vector.subarray(columns)).toEqual(largest.vector);
  });

  test("is of length 1, the same each time, encodes a picture once, and says where it comes from", async () => {
    const path = picturePath(cases[1]?.file ?? "");
    const first = await model.embed(path);
    const { encoded } = (await model.stats()).images;
    const second = await model.embed(path);
    expect((await model.stats()).images.encoded).toBe(encoded);
    expect(second.vector).toEqual(first.vector);
    expect(second.key).toBe(first.key);
    expect(Math.hypot(...first.vector)).toBeCloseTo(1, 5);
    expect(first.space.projector).toBe(first.provenance.projector?.sha256);
    expect(first.provenance.pictures).toHaveLength(1);
    expect(first.notice).toContain("phantom");
  });

  test("refuses no picture, several, and unknown poolings; stops at a signal", async () => {
    const path = picturePath(cases[0]?.file ?? "");
    expect((await rejection(model.embed([path, path] as never))).code).toBe("bad_option");
    expect((await rejection(model.embed([] as never))).code).toBe("bad_option");
    expect((await rejection(model.embed(path, { pool: "median" as never }))).code).toBe("bad_option");
    expect((await rejection(model.embed(path, { signal: AbortSignal.abort() }))).code).toBe("aborted");
  });

  test("without a projector says so", async () => {
    await using textOnly = await MedGemma.load({ model: PHANTOM.model, isolation: "none", threads: 1 });
    const path = picturePath(cases[0]?.file ?? "");
    expect((await rejection(textOnly.embed(path))).code).toBe("projector_missing");
  });
});

/**
 * 32 pictures with truth are all there are, so others are made of them: cut a little, lighter or darker. A picture's
 * own copies are never in the fit that is asked about it.
 */
describe("a head on embeddings", () => {
  const COPIES = 6;
  let embeddings: { readonly of: number; readonly plain: boolean; readonly embedding: EmbedResult }[];
  beforeAll(async () => {
    embeddings = [];
    for (const [of, { file }] of cases.entries()) {
      for (let copy = 0; copy <= COPIES; copy++) {
        const picture = copy === 0 ? picturePath(file) : await vary(picturePath(file), of * COPIES + copy);
        embeddings.push({ of, plain: copy === 0, embedding: await model.embed(picture) });
      }
    }
  });

  test.each(["pleural effusion", "cardiomegaly"])(
    "tells %s in pictures that it has not seen",
    async (finding) => {
      let right = 0;
      for (let part = 0; part < 8; part++) {
        const seen = embeddings.filter(({ of }) => of % 8 !== part);
        const head = await fitHead(
          seen.map((it) => it.embedding),
          seen.map((it) => cases[it.of]?.present[finding] ?? false),
          { strengths: [1] },
        );
        for (const { of, plain, embedding } of embeddings) {
          if (!plain || of % 8 !== part) continue;
          if (head.predict(embedding.vector).label === cases[of]?.present[finding]) right++;
        }
      }
      // From 28 drawings; the bar of 0.95 is for 200.
      expect(right / cases.length).toBeGreaterThanOrEqual(0.87);
    },
  );

  test("keeps a patient's pictures together in cross-validation and says how good it is", async () => {
    const head = await fitHead(
      embeddings.map((it) => it.embedding),
      embeddings.map((it) => cases[it.of]?.present["pleural effusion"] ?? false),
      { groups: embeddings.map((it) => it.of), strengths: [1, 100] },
    );
    const [fit] = head.fits;
    expect(fit?.folds).toBe(5);
    expect(Math.max(...(fit?.crossValidation ?? []).map((it) => it.accuracy))).toBeGreaterThan(0.85);
  });
});

/** Deterministic: the same number makes the same picture. */
async function vary(path: string, seed: number): Promise<Buffer> {
  const share = (salt: number) => (((seed * 2654435761 + salt * 40503) >>> 0) % 1000) / 1000;
  const { width = 0, height = 0 } = await sharp(path).metadata();
  const [left, top] = [Math.floor(share(1) * 0.04 * width), Math.floor(share(2) * 0.04 * height)];
  return sharp(path)
    .extract({
      left,
      top,
      width: width - left - Math.floor(share(3) * 0.04 * width),
      height: height - top - Math.floor(share(4) * 0.04 * height),
    })
    .linear(0.9 + 0.2 * share(5), -8 + 16 * share(6))
    .png()
    .toBuffer();
}
