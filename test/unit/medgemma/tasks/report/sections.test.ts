import { describe, expect, it } from "vitest";
import { parseSections } from "../../../../../src/prompt/report-sections.js";

const ASKED = ["FINDINGS", "IMPRESSION"];
const read = (text: string) => Object.fromEntries(parseSections(text, ASKED).map((it) => [it.name, it.text]));
const BOTH = { FINDINGS: "Clear lungs.", IMPRESSION: "Normal." };

describe("sections", () => {
  it.each([
    ["capitals", "FINDINGS: Clear lungs.\nIMPRESSION: Normal."],
    ["small letters", "findings: Clear lungs.\n\nimpression:\nNormal."],
    ["markdown", "**Findings:**\n\nClear lungs.\n\n**Impression:**\n\nNormal."],
    ["colons outside of stars", "**Findings**: Clear lungs.\n\n**Impression**: Normal.\n"],
    ["headings of markdown", "## Findings\nClear lungs.\n\n## Impression\nNormal."],
    ["numbers", "1. Findings: Clear lungs.\n2. Impression: Normal."],
    ["one line", "FINDINGS: Clear lungs. IMPRESSION: Normal."],
    ["words before", "Here is the report.\n\nFINDINGS:\nClear lungs.\nIMPRESSION:\nNormal."],
    ["other names", "Observations: Clear lungs.\nConclusion: Normal."],
    ["rulers", "---\n**FINDINGS:**\nClear lungs.\n\n---\n**IMPRESSION:**\nNormal."],
  ])("are read with %s", (_, text) => {
    expect(read(text)).toEqual(BOTH);
  });

  it("end where a heading that nobody asked for begins", () => {
    const text = "TECHNIQUE: PA view.\nFINDINGS: Clear lungs.\nIMPRESSION: Normal.\nRECOMMENDATION: None.";
    expect(read(text)).toEqual({ ...BOTH, TECHNIQUE: "PA view.", RECOMMENDATION: "None." });
  });

  it("are joined when written twice, and missing when not written", () => {
    expect(read("FINDINGS: A.\nFINDINGS: B.")).toEqual({ FINDINGS: "A.\nB." });
    expect(read("This is not a chest X-ray.")).toEqual({});
    expect(read("")).toEqual({});
  });

  it("are not made of words in a sentence", () => {
    expect(read("FINDINGS: The findings are as before. My impression: fine.")).toEqual({
      FINDINGS: "The findings are as before. My impression: fine.",
    });
  });

  it("may be any that were asked for", () => {
    const sections = parseSections("LUNGS (LEFT): Clear.\nHEART: Normal.", ["LUNGS (LEFT)", "HEART"]);
    expect(sections).toEqual([
      { name: "LUNGS (LEFT)", text: "Clear." },
      { name: "HEART", text: "Normal." },
    ]);
  });
});
