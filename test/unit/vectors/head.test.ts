import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { Breather } from "../../../src/base/breather.js";
import { type EmbeddingSpace, fitHead, Head, MedGemmaError } from "../../../src/index.js";
import { foldsOf } from "../../../src/vectors/folds.js";
import { rejection } from "../../support/ask.js";
import { countTurns } from "../../support/breaths.js";

interface OracleCase {
  readonly x: number[][];
  readonly y: number[];
  readonly folds: number;
  readonly parts: number[];
  readonly probes: number[][];
  readonly fits: { strength: number; probabilities: number[][]; logLoss: number; accuracy: number }[];
}
const oracle = JSON.parse(
  readFileSync(new URL("../../fixtures/embed/head-sklearn.json", import.meta.url), "utf8"),
) as { cases: Record<string, OracleCase> };

const folder = mkdtempSync(path.join(os.tmpdir(), "medgemma-head-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const dividedBy = (classes: number[], folds: number, groups?: string[]) =>
  new Breather().through(foldsOf(classes, folds, groups));

const space: EmbeddingSpace = { projector: "a".repeat(64), pool: "max", normalized: true, width: 2 };
const spaced = (x: number, y: number, own = space) => ({ vector: Float32Array.of(x, y), space: own });
const corners = [spaced(0, 0), spaced(0, 1), spaced(1, 0), spaced(1, 1), spaced(0.1, 0.2), spaced(0.9, 1)];
const onRight = ["left", "left", "right", "right", "left", "right"];

describe.each(Object.entries(oracle.cases))(
  "as scikit-learn: %s",
  (_name, { x, y, folds, parts, probes, fits }) => {
    test.each(fits)("probabilities at strength $strength", async ({ strength, probabilities }) => {
      const head = await fitHead(x, y, { strengths: [strength] });
      for (const [index, probe] of probes.entries()) {
        for (const [label, { probability }] of head.predict(probe).labels.entries()) {
          expect(probability).toBeCloseTo(probabilities[index]?.[label] ?? Number.NaN, 4);
        }
      }
    });

    test("cross-validation", async () => {
      expect(await dividedBy(y, folds)).toEqual(parts);
      const [fit] = (await fitHead(x, y, { strengths: fits.map((it) => it.strength), folds })).fits;
      expect(fit?.folds).toBe(folds);
      for (const [index, { logLoss, accuracy }] of fits.entries()) {
        expect(fit?.crossValidation[index]?.logLoss).toBeCloseTo(logLoss, 4);
        expect(fit?.crossValidation[index]?.accuracy).toBeCloseTo(accuracy, 10);
      }
      const best = [...fits].sort((a, b) => a.logLoss - b.logLoss)[0];
      expect(fit?.strength).toBe(best?.strength);
    });
  },
);

describe("a head", () => {
  test("is the same for the same input, and after JSON", async () => {
    const head = await fitHead(corners, onRight);
    const again = await fitHead(corners, onRight);
    expect(JSON.stringify(again)).toBe(JSON.stringify(head));
    const file = path.join(folder, "head.json");
    await head.save(file);
    const loaded = await Head.load(file);
    expect(loaded.predict(spaced(0.8, 0.1))).toEqual(head.predict(spaced(0.8, 0.1)));
    expect(loaded.predict(spaced(0.95, 0.5)).label).toBe("right");
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ schemaVersion: 1, space });
  });

  test("keeps the kind of its labels: booleans, numbers", async () => {
    const yes = await fitHead(
      corners,
      onRight.map((it) => it === "right"),
    );
    expect(yes.labels).toEqual([false, true]);
    expect(yes.predict(spaced(1, 0.4)).label).toBe(true);
  });

  test("of several labels a picture gives each its own probability", async () => {
    const labels = corners.map(({ vector: [x = 0, y = 0] }) => [
      ...(x > 0.5 ? ["right"] : []),
      ...(y > 0.5 ? ["up"] : []),
    ]);
    const head = await fitHead(corners, labels, { strengths: [0.01] });
    expect(head.kind).toBe("multi");
    expect(head.predict(spaced(1, 1)).label).toEqual(["right", "up"]);
    expect(head.predict(spaced(0, 0)).label).toEqual([]);
    expect(head.fits.map((fit) => fit.label)).toEqual(["right", "up"]);
  });

  test("refuses vectors of another projector, pooling or width", async () => {
    const head = await fitHead(corners, onRight);
    const codeOf = (call: () => unknown) => {
      try {
        call();
      } catch (error) {
        if (MedGemmaError.isInstance(error)) return error.code;
      }
      return undefined;
    };
    const other = { ...space, projector: "b".repeat(64) };
    expect(codeOf(() => head.predict(spaced(0, 0, other)))).toBe("space_mismatch");
    expect(codeOf(() => head.predict(spaced(0, 0, { ...space, pool: "mean" })))).toBe("space_mismatch");
    expect(codeOf(() => head.predict([1, 2, 3]))).toBe("bad_option");
    expect(codeOf(() => head.predict([1, Number.NaN]))).toBe("bad_option");
    expect((await rejection(fitHead([...corners, spaced(0, 0, other)], [...onRight, "left"]))).code).toBe(
      "space_mismatch",
    );
  });

  test("with too few pictures of a label says that nothing was validated", async () => {
    const [fit] = (await fitHead(corners.slice(0, 3), ["a", "a", "b"])).fits;
    expect(fit).toMatchObject({ folds: 0, crossValidation: [] });
  });

  test.each([
    [
      "one label",
      () =>
        fitHead(
          corners,
          corners.map(() => "same"),
        ),
    ],
    ["labels for others", () => fitHead(corners, ["a", "b"])],
    ["no vectors", () => fitHead([], [])],
    ["a misspelt option", () => fitHead(corners, onRight, { fold: 3 } as object)],
    ["a strength of 0", () => fitHead(corners, onRight, { strengths: [0] })],
    [
      "a label that all have",
      () =>
        fitHead(
          corners,
          corners.map(() => ["a"]),
        ),
    ],
  ])("refuses %s", async (_name, call) => {
    expect((await rejection(call())).code).toBe("bad_option");
  });

  test.each([
    "{",
    "{}",
    '{"format":"medgemma-head","schemaVersion":2}',
    '{"format":"medgemma-head","schemaVersion":1}',
  ])("is not read from %s", async (text) => {
    const file = path.join(folder, "broken.json");
    writeFileSync(file, text);
    expect((await rejection(Head.load(file))).code).toBe("head_invalid");
  });

  test("is not fitted when the signal has fired", async () => {
    expect((await rejection(fitHead(corners, onRight, { signal: AbortSignal.abort() }))).code).toBe(
      "aborted",
    );
  });
});

describe("a fit", () => {
  test("gives way within each look at the vectors, however wide they are and however many labels", async () => {
    const [count, width, names] = [30, 1152, 10];
    const wide = Array.from({ length: count }, (_, row) =>
      Float32Array.from({ length: width }, (_, column) => Math.sin(row * 31 + column * 7)),
    );
    const labels = wide.map((_, row) => row % names);
    const { turns } = await countTurns(() => fitHead(wide, labels, { strengths: [1] }));
    // Scores and gradient of each label for each vector, at the start and at one point after it.
    expect(turns).toBeGreaterThan((2 * (2 * count * names * width)) / 8000);
  });

  test("is stopped by a signal between them", async () => {
    const stop = new AbortController();
    const wide = corners.map(({ vector }) =>
      Float32Array.from({ length: 9000 }, (_, i) => vector[i % 2] ?? 0),
    );
    const ended = countTurns(async () => {
      const work = rejection(fitHead(wide, onRight, { strengths: [1], signal: stop.signal }));
      setImmediate(() => stop.abort());
      return work;
    });
    expect((await ended).result.code).toBe("aborted");
    expect((await ended).turns).toBeLessThan(6);
  });

  test("takes more vectors than a call takes arguments", async () => {
    const many = Array.from({ length: 150_000 }, (_, index) => [index % 2]);
    const labels = many.map(([value]) => value === 1);
    const { fits } = await fitHead(many, labels, { strengths: [1, 10], folds: 2 });
    expect(fits[0]).toMatchObject({ samples: 150_000, folds: 2, strength: 1 });
  });
});

test("as many labels as a call does not take as arguments are divided too, in steps", async () => {
  const classes = Array.from({ length: 300_000 }, (_, index) => index >> 1);
  const { result, turns } = await countTurns(() => dividedBy(classes, 5));
  expect(new Set(result)).toEqual(new Set([0, 1]));
  expect(turns).toBeGreaterThan(1000);
});

test("pictures of one group stay in one part, and every part sees every label", async () => {
  const classes = [0, 0, 1, 1, 0, 1, 0, 1];
  const groups = ["a", "a", "a", "b", "b", "c", "c", "d"];
  const parts = (await dividedBy(classes, 3, groups)) ?? [];
  for (const [index, group] of groups.entries()) expect(parts[index]).toBe(parts[groups.indexOf(group)]);
  expect(await dividedBy([0, 1, 1], 2)).toBeUndefined();
});

test.each([{}, undefined, Number.NaN, null])(
  "a group that is %o is refused: it would be one of its own",
  async (odd) => {
    const vectors = Array.from({ length: 12 }, (_, index) => spaced(index % 2, index));
    const labels = vectors.map((_, index) => (index % 2 === 0 ? "a" : "b"));
    const groups = vectors.map(() => odd) as never;
    await expect(fitHead(vectors, labels, { groups })).rejects.toMatchObject({ code: "bad_option" });
  },
);
