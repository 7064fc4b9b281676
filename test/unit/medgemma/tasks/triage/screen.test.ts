import { describe, expect, test } from "vitest";
import { FakeEngine, type FakePrompt } from "../../../../../src/engine/fake-engine.js";
import { MedGemma, MedGemmaError, TRIAGE_SCALES } from "../../../../../src/index.js";
import { rejection } from "../../../../support/ask.js";
import { WELL } from "../../../../support/triage.js";

const mild = JSON.stringify({ reasons: ["minor"], redFlags: [], questions: [], level: 4 });
const CASE = { age: 30, complaint: "sudden collapse at home" };

/** Answers yes with these probabilities, by words of the question; no to all else. */
function engineOf(yes: Readonly<Record<string, number>>): FakeEngine {
  const score = ({ text }: FakePrompt, answer: string) => {
    const [, probability = 0.01] = Object.entries(yes).find(([words]) => text.includes(words)) ?? [];
    return Math.log(answer === "Yes" ? probability : 1 - probability);
  };
  return new FakeEngine({ answer: mild, score });
}

describe("the questions of level 1", () => {
  test("a sure yes counts, and the result says which and how sure", async () => {
    const engine = engineOf({ "stopped breathing": 0.93, seizure: 0.6 });
    const result = await MedGemma.fromEngine(engine).triage(CASE);
    expect(result).toMatchObject({
      level: 1,
      model: { level: 4 },
      raisedBy: ["screen"],
      raisedByRules: false,
    });
    expect(result.screen).toMatchObject({ level: 1, threshold: 0.8, note: undefined });
    const counted = result.screen.answers.filter((it) => it.counted);
    expect(counted.map((it) => it.id)).toEqual(["esi-ask-breathing"]);
    expect(counted[0]?.probability).toBeCloseTo(0.93, 6);
    expect(result.reasons[0]).toMatch(/^The model answers yes \(0\.93\): Has the patient stopped breathing/);
    expect(result.redFlags[0]).toBe(result.reasons[0]);
    expect(result.screen.answers).toHaveLength(TRIAGE_SCALES.esi.questions?.length ?? 0);
  });

  test("the more urgent of rules, questions and answer counts", async () => {
    const engine = engineOf({});
    const byRule = await MedGemma.fromEngine(engine).triage({ ...CASE, vitals: { spo2: 91 } });
    expect(byRule).toMatchObject({ level: 2, raisedBy: ["rules"], screen: { level: undefined } });
    const both = await MedGemma.fromEngine(engineOf({ arrest: 0.99 })).triage({
      ...CASE,
      vitals: { spo2: 85 },
    });
    expect(both).toMatchObject({ level: 1, raisedBy: ["rules", "screen"], raisedByRules: true });
  });

  test("one prompt begins as the next, up to the question, and as the answer's does", async () => {
    const engine = engineOf({});
    await MedGemma.fromEngine(engine).triage(CASE);
    const texts = engine.prompts.map((it) => it.text);
    const shared = texts[0]?.slice(0, texts[0].indexOf("Levels, most urgent")) ?? "";
    expect(shared).toContain("Complaint: sudden collapse at home\n</case>\n\n");
    expect(texts.every((text) => text.startsWith(shared))).toBe(true);
    expect(texts).toHaveLength(8);
  });

  test("the threshold is the caller's", async () => {
    const engine = engineOf({ seizure: 0.6 });
    const result = await MedGemma.fromEngine(engine).triage(CASE, { screenThreshold: 0.5 });
    expect(result).toMatchObject({ level: 1, screen: { threshold: 0.5 } });
  });

  test("can be switched off", async () => {
    const engine = engineOf({ arrest: 0.99 });
    const result = await MedGemma.fromEngine(engine).triage(CASE, { screen: false });
    expect(result).toMatchObject({ level: 4, raisedBy: [], screen: { answers: [], note: "Switched off." } });
    expect(engine.prompts).toHaveLength(1);
  });

  test("a scale without questions asks none", async () => {
    const vitals = WELL;
    const engine = engineOf({ arrest: 0.99 });
    const result = await MedGemma.fromEngine(engine).triage({ ...CASE, vitals }, { scale: "news2" });
    expect(result).toMatchObject({
      level: 4,
      screen: { answers: [], note: expect.stringContaining("no questions") },
    });
  });

  test.each([
    ["screen", "yes"],
    ["screenThreshold", 2],
    ["screenThreshold", "0.5"],
  ])("refuses %s: %j", async (name, value) => {
    const call = MedGemma.fromEngine(engineOf({})).triage(CASE, { [name]: value } as object);
    expect((await rejection(call)).code).toBe("bad_option");
  });
});

describe("an engine that cannot score", () => {
  test("is not asked, and the result says so", async () => {
    const engine = engineOf({ arrest: 0.99 });
    const capabilities = { images: true, logprobs: false, jsonSchema: true, grammar: false, prefill: false };
    Object.assign(engine, { info: { ...engine.info, capabilities } });
    const result = await MedGemma.fromEngine(engine).triage(CASE);
    expect(result).toMatchObject({ level: 4, screen: { level: undefined, answers: [] } });
    expect(result.screen.note).toMatch(/no probabilities/);
    expect(engine.prompts).toHaveLength(1);
  });

  const unsupported = () => new MedGemmaError("unsupported_by_endpoint", "not among the likeliest");
  const refusing = (refuses: (answer: string) => boolean) =>
    new FakeEngine({
      answer: mild,
      score: (_prompt, answer) => {
        if (refuses(answer)) throw unsupported();
        return Math.log(0.9);
      },
    });

  test("and finds out only when asked: the level stays, and it is told", async () => {
    const result = await MedGemma.fromEngine(refusing(() => true)).triage(CASE);
    expect(result).toMatchObject({ level: 4, screen: { answers: [] } });
    expect(result.screen.note).toMatch(/no probabilities/);
  });

  test("one that is so sure of yes that it does not tell no counts", async () => {
    const result = await MedGemma.fromEngine(refusing((answer) => answer === "No")).triage(CASE);
    expect(result.level).toBe(1);
    expect(result.screen.answers.every((it) => it.probability === 1)).toBe(true);
    const sureNo = await MedGemma.fromEngine(refusing((answer) => answer === "Yes")).triage(CASE);
    expect(sureNo).toMatchObject({ level: 4, screen: { level: undefined, note: undefined } });
  });

  test("other failures are the caller's", async () => {
    const engine = new FakeEngine({
      answer: mild,
      score: () => {
        throw new MedGemmaError("engine_crashed");
      },
    });
    expect((await rejection(MedGemma.fromEngine(engine).triage(CASE))).code).toBe("engine_crashed");
  });
});
