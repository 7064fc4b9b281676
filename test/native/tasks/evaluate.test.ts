import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { padToSquare, stretchToSquare } from "../../../src/image/square.js";
import { type EvaluateCase, evaluate, evaluationSvg, MedGemma } from "../../../src/index.js";
import { rejection } from "../../support/ask.js";
import { cases, FINDINGS } from "../../support/cases.js";
import { goldens, picture, picturePath } from "../../support/phantom.js";

let model: MedGemma;
beforeAll(async () => {
  model = await MedGemma.load({ isolation: "none", threads: 1 });
});
afterAll(() => model.dispose());

const few = cases.slice(0, 12);
const labelled: EvaluateCase[] = few.map(({ path, present }) => ({
  images: path,
  truth: FINDINGS.filter((finding) => present[finding]),
}));

describe("classification", () => {
  test("of several labels has areas, intervals and curves", async () => {
    const options = { labels: FINDINGS, task: { multiLabel: true } };
    const evaluation = await evaluate(model, "classify", labelled, options);
    expect(evaluation).toMatchObject({ count: 12, failed: [], confusion: undefined });
    const { macroAUROC, macroF1, calibrationError } = evaluation.metrics;
    expect(macroAUROC?.value).toBeGreaterThanOrEqual(0.97);
    expect(macroF1?.value).toBeGreaterThan(0.9);
    expect(calibrationError?.value).toBeLessThan(0.1);
    for (const { value, low, high } of Object.values(evaluation.metrics)) {
      expect(low).toBeLessThanOrEqual(value + 1e-12);
      expect(high).toBeGreaterThanOrEqual(low);
    }
    expect(evaluation.labels.map(({ label }) => label)).toEqual([...FINDINGS]);
    expect(Object.keys(evaluationSvg(evaluation))).toEqual(["roc.svg"]);
    expect(evaluation.provenance?.prompt.preset).toBe("phantom-yes-no");
    const again = await evaluate(model, "classify", labelled, options);
    // Probabilities depend on what else is in the batch, in the seventh digit.
    for (const [name, { value, low, high }] of Object.entries(again.metrics)) {
      const close = (number: number) => expect.closeTo(number, 4);
      expect(evaluation.metrics[name]).toEqual({ value: close(value), low: close(low), high: close(high) });
    }
  });

  test("of one label has a confusion matrix; a case that cannot be run is told", async () => {
    const choice = goldens.filter(({ kind }) => kind === "choice").slice(0, 6);
    const chosen: EvaluateCase[] = choice.map(({ images, messages, answer }) => ({
      images: picturePath(images[0] ?? ""),
      labels: [...JSON.stringify(messages).matchAll(/[A-Z]: ([a-z ]+)/g)].map((match) => match[1] ?? ""),
      truth: answer.slice(3),
    }));
    const evaluation = await evaluate(model, "classify", [
      ...chosen,
      { images: "missing.png", labels: ["a", "b"], truth: "a" },
    ]);
    expect(evaluation.count).toBe(6);
    expect(evaluation.failed).toMatchObject([{ index: 6, code: "file_not_found" }]);
    expect(evaluation.metrics.accuracy?.value).toBeGreaterThanOrEqual(0.8);
    expect(Object.keys(evaluationSvg(evaluation))).toContain("confusion.svg");
  });
});

test("reports and questions are scored by their words", async () => {
  const reports = goldens.filter(({ kind }) => kind === "report").slice(0, 4);
  const asReports = reports.map(({ images, answer }) => ({
    images: picturePath(images[0] ?? ""),
    truth: answer,
  }));
  const { metrics } = await evaluate(model, "report", asReports);
  expect(metrics).toMatchObject({ rougeL: { value: 1, low: 1, high: 1 }, tokenF1: { value: 1 } });
  expect(metrics.closedAccuracy).toBeUndefined();

  const question = "Is there nodule in this image? Answer with yes or no.";
  const asked = few
    .slice(0, 4)
    .map(({ path, present }) => ({ images: path, question, truth: present.nodule ? "yes" : "no" }));
  const answers = await evaluate(model, "ask", asked, { benchmark: "vqa-rad" });
  expect(answers.metrics.closedAccuracy?.value).toBe(1);
  expect(answers.published.map(({ metric }) => metric)).toEqual(["tokenized F1", "closed accuracy"]);
});

test("boxes are scored by their overlap, on the padded square", async () => {
  const boxed: EvaluateCase[] = await Promise.all(
    few.map(async ({ path, file, boxes }) => {
      const { width, height } = await picture(file);
      const truth = boxes.map(({ label, box_2d }) => {
        const pixels = stretchToSquare(width, height).toSource(box_2d);
        return {
          label,
          box: padToSquare(width, height).fromSource(pixels ?? { x0: 0, y0: 0, x1: 0, y1: 0 }),
        };
      });
      return { images: path, truth };
    }),
  );
  const { metrics, count } = await evaluate(model, "locate", boxed);
  expect(count).toBe(12);
  expect(metrics.meanIoU?.value).toBeGreaterThan(0.25);
  expect(metrics.found?.value).toBeGreaterThan(0.8);
  expect(metrics.falseBoxes?.value).toBeLessThan(0.5);
});

test("comparisons take two pictures", async () => {
  const [golden] = goldens.filter(({ kind }) => kind === "compare");
  const pair = { images: (golden?.images ?? []).map(picturePath), truth: golden?.answer ?? "" };
  expect((await evaluate(model, "compare", [pair])).metrics.exactMatch?.value).toBe(1);
  const one = { ...pair, images: pair.images.slice(1) };
  expect((await rejection(evaluate(model, "compare", [one]))).code).toBe("bad_option");
});

test.each([
  ["no cases", "classify", [], {}],
  ["an unknown task", "guess", labelled, {}],
  ["no labels", "classify", labelled, {}],
  ["a truth that is no label", "classify", labelled, { labels: ["a", "b"], task: { multiLabel: true } }],
  ["an unknown benchmark", "classify", labelled, { labels: FINDINGS, benchmark: "MMLU" }],
])("%s is a bad option", async (_, task, some, options) => {
  expect((await rejection(evaluate(model, task as "classify", some, options))).code).toBe("bad_option");
});

test("a signal ends it", async () => {
  const controller = new AbortController();
  const run = evaluate(model, "classify", labelled, {
    labels: FINDINGS,
    task: { multiLabel: true },
    signal: controller.signal,
    onProgress: () => controller.abort(),
  });
  expect((await rejection(run)).code).toBe("aborted");
});
