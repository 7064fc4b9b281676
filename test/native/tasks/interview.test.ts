import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MedGemma } from "../../../src/index.js";
import { RECORD } from "../../support/record.js";
import { medgemma, temporaryFolder } from "../cli/support.js";

/** The phantom's questions are noise; these tests hold their form and number, and the report's pointers. */
let model: MedGemma;
beforeAll(async () => {
  model = await MedGemma.load({ isolation: "none", threads: 1 });
});
afterAll(() => model.dispose());

describe("an interview with the phantom", () => {
  test("asks single questions of at most 20 words, never twice the same, and computes no prompt twice", async () => {
    const interview = model.interview({ record: RECORD, reason: "cough", maxQuestions: 5 });
    const asked: string[] = [];
    for await (const { text } of interview) {
      expect(text).toMatch(/^[^?\n]+\?$/);
      expect(text.split(/\s+/).length).toBeLessThanOrEqual(20);
      expect(asked).not.toContain(text);
      asked.push(text);
      interview.answer("yes");
    }
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.length).toBeLessThanOrEqual(5);
    const report = await interview.report();
    expect(report.sections.map((it) => it.heading)).toHaveLength(5);
    const known = new Set(["E1", "E2", "E3", "E4", "E5", ...asked.map((_, index) => `A${index + 1}`)]);
    for (const { statements } of report.sections) {
      for (const { entries } of statements) for (const id of entries) expect(known).toContain(id);
    }
    expect(report).toMatchObject({ finishReason: "stop", draft: true });
    expect((await model.stats()).tokens.cached).toBeGreaterThan(0);
  });
});

describe("medgemma interview", () => {
  test("takes answers from a pipe and reports", async () => {
    const file = path.join(temporaryFolder(), "record.txt");
    writeFileSync(file, "Type 2 diabetes since 2012.");
    const words = ["interview", "--max-questions", "3", "--record", file, "--reason", "cough"];
    const outcome = await medgemma(words, { input: "I have chest pain\n\n/end\n" });
    expect(outcome.code).toBe(0);
    expect(outcome.stdout).toMatch(/^1\. .+\?\n2\. .+\?\n3\. .+\?\n\nCHIEF COMPLAINT:\n/);
    expect(outcome.stderr).toContain("call the emergency number");
    expect(outcome.stderr).toContain("Unverified draft");
  });

  test("--json is one document", async () => {
    const outcome = await medgemma(["interview", "--json", "--max-questions", "1"], { input: "cough\n" });
    expect(JSON.parse(outcome.stdout)).toMatchObject({ transcript: [{ number: 1, answer: "cough" }] });
    expect(outcome.stderr).toMatch(/1\. .+\?/);
  });

  test("without an answer there is no report", async () => {
    const outcome = await medgemma(["interview"], { input: "" });
    expect(outcome).toMatchObject({ code: 2 });
    expect(outcome.stderr).toContain("Nothing was answered");
  });
});
