import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ClassifyOptions, MedGemma } from "../../../src/index.js";
import { FINDINGS } from "../../support/cases.js";
import { picturePath } from "../../support/phantom.js";
import { RECORD } from "../../support/record.js";

/** Beginning of the turn, the picture's 16 rows and its marks. */
const PICTURE = 19;
const [film, other] = [picturePath("000.png"), picturePath("001.png")];

let model: MedGemma;
beforeEach(async () => {
  model = await MedGemma.load({ isolation: "none", threads: 1 });
});
afterEach(() => model.dispose());

/** Since loading, and each picture encoded no more than once. */
async function spent(pictures: number) {
  const { images, tokens } = await model.stats();
  expect(images.encoded).toBe(pictures);
  return tokens;
}

describe("one picture", () => {
  test.each<[string, number, ClassifyOptions & { labels: readonly string[] }]>([
    ["yes or no five times", 4, { labels: FINDINGS, multiLabel: true }],
    ["a choice of five in five orders", 4, { labels: FINDINGS }],
    [
      "thoughts about two, each scored after",
      3,
      { labels: FINDINGS.slice(2, 4), multiLabel: true, method: "reason" },
    ],
  ])("classify: %s", async (_, again, { labels, ...options }) => {
    const { usage } = await model.classify(film, labels, options);
    const { prompt, cached } = await spent(1);
    expect(cached).toBeGreaterThanOrEqual(again * PICTURE);
    expect(cached).toBe(usage.cachedTokens);
    expect(prompt).toBe(usage.promptTokens - usage.cachedTokens);
  });

  test("locate: a target a question", async () => {
    const prompt = {
      ...{
        id: "each",
        version: 1,
        source: "this test",
        maxTokens: 60,
        frame: "stretched",
        oneTargetEach: true,
      },
      content: [{ type: "images" }, { type: "text", text: "Locate the {object_name} as JSON boxes." }],
    } as const;
    const { usage } = await model.locate(film, ["nodule", "opacity", "pacemaker"], {
      prompt: prompt as never,
    });
    const { cached } = await spent(1);
    expect(cached).toBeGreaterThanOrEqual(2 * PICTURE);
    expect(usage.cachedTokens).toBe(cached);
  });

  test.each(["", "You are an expert radiologist."])(
    "all tasks under the system text %j, one after the other, and embed last",
    async (system) => {
      const schema = { type: "object", properties: { nodule: { type: "boolean" } } };
      await model.report(film, { system });
      const calls = {
        classify: () => model.classify(film, ["nodule"], { multiLabel: true, system }),
        locate: () => model.locate(film, ["nodule", "opacity"], { system }),
        extract: () => model.extract(film, schema, { system }),
        explain: () => model.explain("There is a nodule.", { image: film, system }),
        ask: () => model.ask(film, "Is there a pleural effusion?", { system }),
      };
      for (const [task, call] of Object.entries(calls)) {
        const before = (await model.stats()).tokens.cached;
        await call();
        expect((await model.stats()).tokens.cached - before, task).toBeGreaterThanOrEqual(PICTURE);
      }
      const { prompt, completion } = await spent(1);
      await model.embed(film);
      expect(await spent(1)).toMatchObject({ prompt, completion });
    },
  );
});

describe("two pictures", () => {
  test("compare, and each of them alone: two are encoded; a second compare computes its last words", async () => {
    const first = await model.compare(film, other);
    await model.report(film);
    await model.report(other);
    const again = await model.compare(film, other);
    await spent(2);
    expect(again.text).toBe(first.text);
    expect(again.usage.cachedTokens).toBeGreaterThanOrEqual(again.usage.promptTokens - 8);
  });

  test("explain with a picture, twice", async () => {
    const sentence = "There is a nodule.";
    await model.explain(sentence, { image: film });
    const { usage } = await model.explain(sentence, { image: film });
    await spent(1);
    expect(usage.cachedTokens).toBeGreaterThanOrEqual(PICTURE);
  });
});

describe("text", () => {
  test("interview: a question reads the last answer alone", async () => {
    const interview = model.interview({ record: RECORD, reason: "cough", maxQuestions: 4, minQuestions: 4 });
    let before = await model.stats();
    for await (const { number } of interview) {
      const now = await model.stats();
      const computed = now.tokens.prompt - before.tokens.prompt;
      const cached = now.tokens.cached - before.tokens.cached;
      if (number > 1) expect(cached).toBeGreaterThan(computed);
      before = now;
      interview.answer("yes");
    }
    expect(interview.transcript).toHaveLength(4);
  });

  test("decide: another question about a record reads the record no second time", async () => {
    await model.decide(RECORD, "Which treatment?");
    const { usage } = await model.decide(RECORD, "Which work-up?");
    expect(usage.cachedTokens).toBeGreaterThan(usage.promptTokens / 2);
  });

  test("triage: the same case on another day computes its last word", async () => {
    const patient = { age: 54, complaint: "chest pain", vitals: { heartRate: 90, spo2: 97 } };
    await model.triage(patient);
    const { usage } = await model.triage(patient);
    expect(usage.cachedTokens).toBeGreaterThan(usage.promptTokens / 2);
  });
});
