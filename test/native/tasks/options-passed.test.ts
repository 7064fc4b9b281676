import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Engine, GenerateOptions, PromptPart, ScoreOptions } from "../../../src/engine/engine.js";
import { type AskOptions, MedGemma } from "../../../src/index.js";
import { rejection } from "../../support/ask.js";
import { RECORD } from "../../support/record.js";

let model: MedGemma;
/** What the engine was asked, in its order. */
const generated: GenerateOptions[] = [];
const scored: ScoreOptions[] = [];
const prompts: (readonly PromptPart[])[] = [];

beforeAll(async () => {
  const { engine } = await MedGemma.load({ isolation: "none", threads: 1 });
  const watched: Engine = {
    info: engine.info,
    tokenize: (...asked) => engine.tokenize(...asked),
    encode: (...asked) => engine.encode(...asked),
    stats: () => engine.stats(),
    dispose: () => engine.dispose(),
    generate(parts, options) {
      prompts.push(parts);
      generated.push(options);
      return engine.generate(parts, options);
    },
    score(parts, continuations, options = {}) {
      prompts.push(parts);
      scored.push(options);
      return engine.score(parts, continuations, options);
    },
  };
  model = MedGemma.fromEngine(watched);
});
afterAll(() => model.dispose());
beforeEach(() => {
  for (const list of [generated, scored, prompts]) list.length = 0;
});

/** Not square, so that its fit shows. */
const film = { data: new Uint8Array(64 * 32 * 3).fill(90), width: 64, height: 32, channels: 3 } as const;
const dicom = Buffer.concat([Buffer.alloc(128), Buffer.from("DICM")]);
const schema = { type: "object", properties: { nodule: { type: "boolean" } } };

type Run = (options: object, picture?: typeof film | Buffer) => Promise<unknown>;
const OF_PICTURES: Readonly<Record<string, Run>> = {
  ask: (options, picture = film) => model.ask(picture, "Is there a nodule?", options),
  chat: (options, picture = film) => model.chat(options).ask("Is there a nodule?", { images: picture }),
  report: (options, picture = film) => model.report(picture, options),
  "classify, scored": (options, picture = film) => model.classify(picture, ["a", "b"], options),
  "classify, argued": (options, picture = film) =>
    model.classify(picture, ["nodule"], { multiLabel: true, method: "reason", ...options }),
  locate: (options, picture = film) => model.locate(picture, ["nodule"], options),
  compare: (options, picture = film) => model.compare(picture, film, options),
  extract: (options, picture = film) => model.extract(picture, schema, options),
};
const TASKS: Readonly<Record<string, Run>> = {
  ...OF_PICTURES,
  explain: (options) => model.explain("There is a nodule.", options),
  triage: (options) => model.triage({ age: 54, complaint: "chest pain" }, options),
  "triage, screened": (options) =>
    model.triage({ age: 54, complaint: "chest pain" }, { ...options, screen: true }),
  decide: (options) => model.decide(RECORD, "Which treatment?", options),
  interview: async (options) => {
    const interview = model.interview({ reason: "cough", ...options });
    await interview.next();
    interview.answer("yes");
    await interview.report();
  },
};

/** Those of a task that are not the engine's; the task has its own `grammar`, and no task but `ask` has `logprobs`. */
type Above = "system" | "think" | "limits" | "study" | "fit" | "grammar" | "logprobs";
/** Such as leave the phantom's answer as it is, so that every step of a task is reached. */
const PASSED: Readonly<Record<Exclude<keyof AskOptions, Above>, unknown>> = {
  ...{ temperature: 0, topK: 3, topP: 0.5, minP: 0.25, repeatPenalty: 1.000001, seed: 7 },
  ...{ maxTokens: 200, stop: ["\u0007"], deterministic: true, priority: "batch", adapters: [] },
  signal: new AbortController().signal,
};

describe.each(Object.entries(TASKS))("%s", (_task, run) => {
  test("hands on what is the engine's", async () => {
    await run(PASSED);
    const { signal: _own, ...same } = PASSED;
    for (const options of generated)
      expect(options).toMatchObject({ ...same, signal: expect.any(AbortSignal) });
    const { deterministic, priority, adapters } = PASSED;
    for (const options of scored)
      expect(options).toMatchObject({ deterministic, priority, adapters, signal: expect.any(AbortSignal) });
    expect(prompts).not.toEqual([]);
  });

  test("ends with its signal", async () => {
    expect((await rejection(run({ signal: AbortSignal.abort() }))).code).toBe("aborted");
  });

  test("puts the system's words before its own", async () => {
    await run({ system: "You are a horse." });
    for (const parts of prompts) expect(textOf(parts)).toContain("You are a horse.");
    expect(prompts).not.toEqual([]);
  });
});

describe.each(Object.entries(OF_PICTURES))("%s", (task, run) => {
  test("reads pictures within the limits, and studies as it is told", async () => {
    expect((await rejection(run({ limits: { maxPixels: 7 } }))).facts.limit).toBe(7);
    expect((await rejection(run({ study: { nonsense: 1 } }, dicom))).facts.option).toBe("nonsense");
  });

  test("fits pictures as it is told", async () => {
    await run({});
    const usual = picturesOf(prompts.at(-1));
    await run({ fit: "pad" });
    expect(picturesOf(prompts.at(-1)), task).not.toEqual(usual);
  });
});

const THINKING = Object.entries(TASKS).filter(([task]) => !/^(triage|interview|extract)/.test(task));
test.each(THINKING)("%s lets the model think", async (_task, run) => {
  // The phantom knows no thoughts: what it says then may be no answer.
  await run({ think: true }).catch(() => undefined);
  expect(textOf(prompts.at(-1) ?? [])).toContain("think silently");
});

test.each(["ask", "chat"])("%s hands on what other tasks decide themselves", async (task) => {
  const own = { logprobs: 2, grammar: 'root ::= "No."' };
  await TASKS[task]?.(own);
  expect(generated).toEqual([expect.objectContaining(own)]);
});

test("an interview's question and report take a signal of their own", async () => {
  const interview = model.interview({ reason: "cough" });
  const signal = AbortSignal.abort();
  expect((await rejection(interview.next({ signal }))).code).toBe("aborted");
  await interview.next();
  interview.answer("yes");
  expect((await rejection(interview.report({ signal }))).code).toBe("aborted");
});

function textOf(parts: readonly PromptPart[]): string {
  return parts.map((part) => (part.type === "text" ? part.text : "")).join("");
}

function picturesOf(parts: readonly PromptPart[] = []): Buffer[] {
  return parts.flatMap((part) => (part.type === "image" ? [Buffer.from(part.image.data)] : []));
}
