import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MedGemma, type ReportResult } from "../../../src/index.js";
import { rejection } from "../../support/ask.js";
import { type Case, cases, type Finding, JUNK, shareOf } from "../../support/cases.js";
import { goldens } from "../../support/phantom.js";

let model: MedGemma;
beforeAll(async () => {
  model = await MedGemma.load({ isolation: "none", threads: 1 });
});
afterAll(() => model.dispose());

/** What a sentence of the report says, by the words that the phantom was taught. */
const STATED: Record<Finding, (findings: string) => boolean> = {
  cardiomegaly: (text) => /heart is enlarged/i.test(text),
  "pleural effusion": (text) => /effusion/i.test(text) && !/no pleural effusion/i.test(text),
  nodule: (text) => /\bnodule\b/i.test(text),
  opacity: (text) => /\bopacity\b/i.test(text),
  pacemaker: (text) => /\bpacemaker\b/i.test(text),
};

describe("a report", () => {
  const reports: { each: Case; result: ReportResult }[] = [];
  beforeAll(async () => {
    for (const each of cases) reports.push({ each, result: await model.report(each.path) });
  });

  test.each(Object.entries(STATED))("states %s rightly in nine cases of ten", (finding, says) => {
    const right = reports.map(
      ({ each, result }) => says(result.findings) === each.present[finding as Finding],
    );
    expect(shareOf(right)).toBeGreaterThanOrEqual(0.9);
  });

  test("is the reference's text, in its two sections", () => {
    for (const { each, result } of reports) {
      const golden = goldens.find(({ kind, images }) => kind === "report" && images[0] === each.file);
      expect(result.text).toBe(golden?.answer);
      expect(`FINDINGS: ${result.findings}\nIMPRESSION: ${result.impression}`).toBe(result.text);
      expect(result).toMatchObject({ missing: [], loop: false, draft: true, finishReason: "stop" });
    }
  });

  test("names its prompt, and says what it is", () => {
    const [first] = reports;
    expect(first?.result.provenance.prompt).toEqual({ preset: "report", version: 1, thinking: false });
    expect(first?.result.notice).toContain("Unverified draft");
  });
});

test("a report streams", async () => {
  let text = "";
  for await (const event of model.streamReport([cases[0]?.path ?? ""])) {
    if (event.type === "text-delta") text += event.text;
    if (event.type === "finish") expect(event.result.text).toBe(text.trim());
  }
  expect(text).toContain("IMPRESSION");
});

test("no chest film has no findings: the sections are missing, the text says why", async () => {
  for (const path of JUNK) {
    const result = await model.report(path);
    expect(result).toMatchObject({ findings: "", impression: "", sections: [] });
    expect(result.missing).toEqual(["FINDINGS", "IMPRESSION"]);
    expect(result.text).toContain("not a chest X-ray");
  }
});

test("what is known of the patient and a prior picture go with it", async () => {
  const [first, second] = cases as [Case, Case];
  const alone = await model.report(first.path);
  const known = await model.report(first.path, {
    indication: "Cough.",
    history: "Smoker.",
    prior: { report: "Normal." },
  });
  expect(known.usage.promptTokens).toBeGreaterThan(alone.usage.promptTokens);
  const followUp = await model.report(second.path, { prior: { image: first.path } });
  expect(followUp.usage.imageTokens).toBe(32);
  expect(followUp.provenance.prompt.preset).toBe("report-follow-up");
});

test("own words take the preset's place", async () => {
  const result = await model.report(cases[0]?.path ?? "", { prompt: "Describe this X-ray." });
  expect(result.provenance.prompt).toMatchObject({ preset: "custom", version: 1 });
  expect(result.findings).not.toBe("");
  const code = (options: object) =>
    rejection(model.report(cases[0]?.path ?? "", options)).then((it) => it.code);
  expect(await code({ prompt: "Describe this X-ray.", indication: "Cough." })).toBe("bad_option");
  expect(await code({ prompt: " " })).toBe("bad_option");
  expect(await code({ sections: [] })).toBe("bad_option");
  expect(await code({ indicaton: "Cough." })).toBe("bad_option");
  expect((await rejection(model.report([]))).code).toBe("bad_option");
  expect((await rejection(model.report(cases[0]?.path ?? "", { signal: AbortSignal.abort() }))).code).toBe(
    "aborted",
  );
});
