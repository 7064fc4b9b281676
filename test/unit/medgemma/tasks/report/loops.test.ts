import { describe, expect, it } from "vitest";
import { FakeEngine, MedGemma } from "../../../../../src/index.js";
import { findLoop, LoopWatch, withoutLoop } from "../../../../../src/prompt/loops.js";

const SENTENCE = "There is no evidence of pneumothorax. ";
const REPORT =
  "FINDINGS: The heart is of normal size. The lungs are clear. There is no effusion.\nIMPRESSION: Normal.";

describe("loops", () => {
  it("are sentences over and over", () => {
    expect(findLoop(`Clear lungs. ${SENTENCE.repeat(6)}`)).toMatchObject({ times: 6 });
    expect(withoutLoop(`Clear lungs. ${SENTENCE.repeat(6)}`)).toBe(`Clear lungs. ${SENTENCE.trim()}`);
  });
  it("may break off within the unit", () => {
    const text = `Clear lungs. ${SENTENCE.repeat(5)}There is no`;
    expect(findLoop(text)).toBeDefined();
    expect(withoutLoop(text).length).toBeLessThan("Clear lungs. ".length + SENTENCE.length * 2);
  });
  it("may be one word, or of many sentences", () => {
    expect(findLoop(`x ${"lung ".repeat(30)}`)).toBeDefined();
    expect(findLoop(`${REPORT}\n`.repeat(6))).toBeDefined();
  });
  it.each([
    ["a report", REPORT],
    ["a sentence three times", SENTENCE.repeat(3)],
    ["a ruler", "-".repeat(200)],
    ["a table's ruler", `| Test | Value |\n|${"---|".repeat(30)}`],
    [
      "a counting list",
      Array.from({ length: 20 }, (_, index) => `SLICE ${index + 100}: normal liver.`).join("\n"),
    ],
    ["nothing", ""],
  ])("are not %s", (_, text) => {
    expect(findLoop(text)).toBeUndefined();
    expect(withoutLoop(text)).toBe(text);
  });
  it("are seen while they grow, once more than is cut", () => {
    const watch = new LoopWatch();
    let text = "";
    while (!watch.push("There is no nodule. ")) text += "There is no nodule. ";
    expect(text.length).toBeLessThan(200);
  });
});

describe("a report that runs in circles", () => {
  const endless = (unit: string) => new FakeEngine({ answer: `FINDINGS: Clear lungs. ${unit.repeat(200)}` });

  it("is stopped, trimmed and marked", async () => {
    const model = MedGemma.fromEngine(endless(SENTENCE));
    const pixels = { width: 2, height: 2, channels: 3 as const, data: new Uint8Array(12) };
    const result = await model.report(pixels, { maxTokens: 2000 });
    expect(result).toMatchObject({ loop: true, finishReason: "length", missing: ["IMPRESSION"] });
    expect(result.findings).toBe(`Clear lungs. ${SENTENCE.trim()}`);
    expect(result.usage.completionTokens).toBeLessThan(100);
  });

  it("names the seed that it was made with, so that it can be made again", async () => {
    const seeds: (number | undefined)[] = [];
    const answer = (_: unknown, { seed }: { seed?: number | undefined }) => {
      seeds.push(seed);
      return `Clear lungs. ${SENTENCE.repeat(200)}`;
    };
    const model = MedGemma.fromEngine(new FakeEngine({ answer }));
    const drawn = await model.explain("The lungs are clear.", { temperature: 1 });
    const given = await model.explain("The lungs are clear.", { temperature: 1, seed: 7 });
    expect([drawn.loop, given.loop]).toEqual([true, true]);
    expect([drawn, given].map(({ provenance }) => provenance.sampling.seed)).toEqual(seeds);
    expect(seeds).toEqual([expect.any(Number), 7]);
  });

  it("is one that ends by itself otherwise", async () => {
    const model = MedGemma.fromEngine(new FakeEngine({ answer: REPORT }));
    expect(await model.explain("The lungs are clear.")).toMatchObject({ loop: false, text: REPORT });
  });
});
