import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { areaUnderRoc } from "../../../src/dataset/metrics/roc.js";
import { type ClassifyResult, fitCalibration, MedGemma } from "../../../src/index.js";
import { rejection } from "../../support/ask.js";
import { type Case, cases, FINDINGS, JUNK, shareOf } from "../../support/cases.js";
import { type Golden, goldens, picturePath } from "../../support/phantom.js";

let model: MedGemma;
beforeAll(async () => {
  model = await MedGemma.load({ isolation: "none", threads: 1 });
});
afterAll(() => model.dispose());

const [first] = cases as [Case];

describe("several labels", () => {
  test("tell the five findings apart", async () => {
    const results: ClassifyResult[] = [];
    for (const { path } of cases) results.push(await model.classify(path, FINDINGS, { multiLabel: true }));
    const areas = FINDINGS.map((finding, index) =>
      areaUnderRoc(
        results.map(({ labels }) => labels[index]?.probability ?? 0),
        cases.map(({ present }) => present[finding]),
      ),
    );
    expect(areas.reduce((sum, area) => sum + area, 0) / areas.length).toBeGreaterThanOrEqual(0.97);
    for (const { labels, abstained, answerMass, text } of results) {
      expect(labels.map(({ label }) => label)).toEqual([...FINDINGS]);
      expect(abstained).toBe(false);
      expect(answerMass).toBeGreaterThan(0.9);
      const yes = labels.filter(({ probability }) => probability > 0.5);
      expect(text).toBe(yes.map(({ label }) => label).join("\n"));
    }
  });

  test("cost little more than one: one encoding, the picture's prefix computed once", async () => {
    const many = [...FINDINGS, ..."abcdefghi"];
    await using fresh = await MedGemma.load({ isolation: "none", threads: 1 });
    const { usage } = await fresh.classify(first.path, many, { multiLabel: true });
    const { images, tokens } = await fresh.stats();
    expect(many).toHaveLength(14);
    expect(images.encoded).toBe(1);
    // Every prompt but the first finds the 16 tokens of the picture and the words around it.
    expect(usage.cachedTokens).toBeGreaterThan(13 * 20);
    expect(tokens.prompt).toBe(usage.promptTokens - usage.cachedTokens);
  });

  test("are answered the same whatever stands beside them", async () => {
    const all = await model.classify(first.path, FINDINGS, { multiLabel: true });
    const alone = await model.classify(first.path, ["nodule"], { multiLabel: true });
    expect(alone.labels[0]?.probability).toBeCloseTo(all.labels[2]?.probability ?? 0, 3);
  });
});

describe("a choice", () => {
  const choices = goldens.filter(({ kind }) => kind === "choice");
  /** The options of a question and the reference's answer, which is right in all of them. */
  const read = ({ messages, answer }: Golden) => {
    const content = messages[0]?.content ?? [];
    const words =
      typeof content === "string"
        ? content
        : content.map((part) => ("text" in part ? part.text : "")).join("");
    return {
      options: [...words.matchAll(/^[A-Z]: (.*)$/gm)].map((match) => match[1] ?? ""),
      answer: answer.slice(3),
    };
  };

  test("is right in nine of ten", async () => {
    const right = [];
    for (const golden of choices) {
      const { options, answer } = read(golden);
      const { labels, text } = await model.classify(picturePath(golden.images[0] ?? ""), options);
      expect(labels.map(({ label }) => label)).toEqual(options);
      expect(labels.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 6);
      right.push(text === answer);
    }
    expect(shareOf(right)).toBeGreaterThanOrEqual(0.9);
  });

  test("does not depend on the order of its options", async () => {
    const { options } = read(choices[0] as Golden);
    const there = await model.classify(first.path, options);
    const turned = [...options.slice(1), options[0] ?? ""];
    const back = await model.classify(first.path, turned);
    for (const { label, probability } of there.labels) {
      expect(back.labels.find((other) => other.label === label)?.probability).toBeCloseTo(probability, 3);
    }
  });

  test("encodes its picture once for all orders", async () => {
    await using fresh = await MedGemma.load({ isolation: "none", threads: 1 });
    const { usage } = await fresh.classify(first.path, ["nodule", "opacity", "pacemaker"]);
    expect((await fresh.stats()).images.encoded).toBe(1);
    expect(usage.cachedTokens).toBeGreaterThan(2 * 20);
  });
});

test("thinking first comes to the same", async () => {
  const right = [];
  for (const { path, present } of cases.slice(0, 8)) {
    const result = await model.classify(path, ["nodule", "opacity"], { multiLabel: true, method: "reason" });
    expect(result.provenance.prompt.thinking).toBe(true);
    right.push(
      ...result.labels.map(({ label, probability }) => probability > 0.5 === present[label as "nodule"]),
    );
  }
  expect(shareOf(right)).toBeGreaterThanOrEqual(0.8);
});

describe("what is not known is not told", () => {
  test("no chest film: abstained, all labels open", async () => {
    for (const path of JUNK) {
      for (const multiLabel of [true, false]) {
        const result = await model.classify(path, FINDINGS, { multiLabel });
        expect(result).toMatchObject({ abstained: true, text: "", undecided: [...FINDINGS] });
        expect(result.answerMass).toBeLessThan(0.01);
      }
    }
  });

  test("a threshold that is not reached leaves the labels open", async () => {
    const sure = await model.classify(first.path, ["cardiomegaly", "nodule"], {
      multiLabel: true,
      abstainBelow: 0.9,
    });
    expect(sure).toMatchObject({ abstained: false, undecided: [] });
    const never = await model.classify(first.path, ["cardiomegaly", "nodule"], { abstainBelow: 1 });
    expect(never).toMatchObject({ abstained: true, text: "" });
  });
});

test("priors and a calibration change probabilities and not their form", async () => {
  const ask = (options: object) => model.classify(first.path, FINDINGS, { multiLabel: true, ...options });
  const plain = await ask({});
  const rare = await ask({ prior: Object.fromEntries(FINDINGS.map((finding) => [finding, 0.01])) });
  for (const [index, { probability }] of rare.labels.entries())
    expect(probability).toBeLessThan(plain.labels[index]?.probability ?? 0);
  const free = await ask({ prior: "content-free" });
  expect(free.labels.every(({ probability }) => probability >= 0 && probability <= 1)).toBe(true);
  const fitted = fitCalibration(
    [{ labels: plain.labels, truth: FINDINGS.filter((finding) => first.present[finding]) }],
    { multiLabel: true, model: plain.provenance.model.sha256 },
  );
  const calibrated = await ask({ calibration: JSON.parse(JSON.stringify(fitted)) });
  expect(calibrated.labels[0]?.probability).not.toBe(plain.labels[0]?.probability);
  const other = { ...fitted, model: "00" };
  expect((await rejection(ask({ calibration: other }))).code).toBe("bad_option");
});

test.each([
  ["no labels", [], {}],
  ["no labels", [], { multiLabel: true }],
  ["a choice of one", ["nodule"], {}],
  ["a label twice", ["nodule", "Nodule "], { multiLabel: true }],
  ["a label without words", ["nodule", " "], {}],
  ["too many for letters", Array.from({ length: 27 }, (_, index) => `label ${index}`), {}],
  ["an unknown method", ["a", "b"], { method: "guess" }],
  ["a threshold above 1", ["a", "b"], { abstainBelow: 1.5 }],
  ["priors for some labels only", ["a", "b"], { prior: { a: 0.5 } }],
  ["a calibration of nothing", ["a", "b"], { calibration: {} }],
  ["a question without its place", ["a", "b"], { prompt: "What is this?" }],
  ["a misspelt option", ["a", "b"], { multilabel: true }],
  ["a temperature above 10", ["a", "b"], { temperature: 99 }],
  ["a priority that is none", ["a", "b"], { priority: "soon" }],
  ["a stop that is empty", ["a", "b"], { stop: [""] }],
])("%s is a bad option", async (_, labels, options) => {
  expect((await rejection(model.classify(first.path, labels, options as object))).code).toBe("bad_option");
});
