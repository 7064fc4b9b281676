import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MedGemma } from "../../../src/index.js";
import { rejection } from "../../support/ask.js";
import { picturePath } from "../../support/phantom.js";
import { RECORD } from "../../support/record.js";

let model: MedGemma;
beforeAll(async () => {
  model = await MedGemma.load({ isolation: "none", threads: 1 });
});
afterAll(() => model.dispose());

const film = picturePath("000.png");
const schema = { type: "object", properties: { nodule: { type: "boolean" } } };
const TASKS: Readonly<Record<string, (options: object) => Promise<unknown>>> = {
  report: (options) => model.report(film, options),
  "classify, scored": (options) => model.classify(film, ["nodule"], { multiLabel: true, ...options }),
  "classify, argued": (options) =>
    model.classify(film, ["nodule"], { multiLabel: true, method: "reason", ...options }),
  locate: (options) => model.locate(film, ["nodule"], options),
  compare: (options) => model.compare(film, picturePath("001.png"), options),
  extract: (options) => model.extract(film, schema, options),
  explain: (options) => model.explain("There is a nodule.", options),
  triage: (options) => model.triage({ age: 54, complaint: "chest pain" }, options),
  decide: (options) => model.decide(RECORD, "Which treatment?", options),
  interview: async (options) => model.interview({ reason: "cough", ...options }).next(),
};

// What only the engine can refuse has reached it.
describe.each(Object.keys(TASKS))("%s", (task) => {
  const run = (options: object) => TASKS[task]?.(options) as Promise<unknown>;

  test.each([
    [{ adapters: [{ name: "nobody" }] }, "bad_option"],
    [{ priority: "soon" }, "bad_option"],
    [{ deterministic: "yes" }, "bad_option"],
    [{ signal: AbortSignal.abort() }, "aborted"],
  ])("passes %j on", async (options, code) => {
    expect((await rejection(run(options))).code).toBe(code);
  });
});

test("an interview's question and report take a signal of their own", async () => {
  const interview = model.interview({ reason: "cough" });
  const signal = AbortSignal.abort();
  expect((await rejection(interview.next({ signal }))).code).toBe("aborted");
  await interview.next();
  interview.answer("yes");
  expect((await rejection(interview.report({ signal }))).code).toBe("aborted");
});
