import { describe, expect, test } from "vitest";
import { readStatements } from "../../../src/medgemma/record/statements.js";
import { findInstruction } from "../../../src/medgemma/record/suspicious.js";
import { findAlert } from "../../../src/medgemma/tasks/interview/alerts.js";
import { readQuestion } from "../../../src/medgemma/tasks/interview/questions.js";
import { readReport } from "../../../src/medgemma/tasks/interview/report.js";
import { normalise } from "../../../src/medgemma/tasks/triage/words/normalise.js";
import { parseBoxes } from "../../../src/prompt/boxes.js";
import { findJson } from "../../../src/prompt/json.js";
import { LoopWatch, withoutLoop } from "../../../src/prompt/loops.js";
import { renderPrompt } from "../../../src/prompt/render.js";
import { parseSections } from "../../../src/prompt/report-sections.js";
import { ThinkingSplitter } from "../../../src/prompt/thinking.js";
import { randomFrom } from "../../support/corrupt.js";
import { patched, repeated, UNITS } from "../../support/hostile/texts.js";

/** Of a time that grows with the square of the length nobody would see the end: the runner's limit ends it. */
const LENGTH = 600_000;
const KNOWN: ReadonlySet<string> = new Set(["E1"]);

function inPieces(text: string, push: (piece: string) => unknown): void {
  for (let at = 0; at < text.length; at += 8) push(text.slice(at, at + 8));
}

/** Each reader of text, and what is right of any: it gives what it gives of the text's ends. */
const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  json: findJson,
  boxes: parseBoxes,
  sections: (text) => parseSections(`FINDINGS: x${text}x\nIMPRESSION: y`, ["FINDINGS", "IMPRESSION"]),
  "sections at a line's begin": (text) => parseSections(`${text}x`, ["FINDINGS"]),
  loops: withoutLoop,
  "loops as they come": (text) => {
    const watch = new LoopWatch();
    inPieces(text, (piece) => watch.push(piece));
  },
  thoughts: (text) => {
    const splitter = new ThinkingSplitter(true);
    inPieces(text, (piece) => splitter.push(piece));
    return splitter.finish("stop");
  },
  prompts: (text) => renderPrompt([{ role: "user", content: `x${text}x` }]),
  statements: (text) => readStatements([`- a${text}x [E1]`], KNOWN),
  instructions: (text) => findInstruction(`ignore${text}you are ${text}x`),
  alerts: (text) => findAlert(`severe${text}no${text}fainted`),
  questions: (text) => readQuestion(`a${text}b?`),
  reports: (text) => readReport(`a${text}x\n${text}`, KNOWN),
  "words of triage": (text) => normalise(text.slice(0, 100_000)),
};

describe.each(Object.keys(READERS))("%s", (name) => {
  test.each(UNITS)("end on %j, over and over", (unit) => {
    expect(() => READERS[name]?.(repeated(unit, LENGTH))).not.toThrow();
  });
});

test("readers end on texts of many pieces", () => {
  const random = randomFrom(20_261_128);
  for (let i = 0; i < 5; i++) {
    const text = patched(random, 100_000);
    for (const read of Object.values(READERS)) expect(() => read(text)).not.toThrow();
  }
});

test("runs of signs change nothing in what is read", () => {
  const stars = "*".repeat(LENGTH);
  expect(parseSections(`**FINDINGS:** Clear.\n${stars}\n**IMPRESSION:** Normal.${stars}`, [])).toEqual([
    { name: "FINDINGS", text: "Clear." },
    { name: "IMPRESSION", text: `Normal.${stars}` },
  ]);
  const spaces = " ".repeat(LENGTH);
  expect(readStatements([`- Rest.${spaces}[E1]`, `- Rest.${spaces}x`], KNOWN).statements).toEqual([
    { text: "Rest.", entries: ["E1"] },
    { text: `Rest.${spaces}x`, entries: [] },
  ]);
  expect(findAlert(`severe${spaces}chest${spaces}pain`)).toBe(`severe${spaces}chest${spaces}pain`);
  expect(findAlert(`severe${spaces}pain`)).toBe(`severe${spaces}pain`);
  expect(readQuestion("Since when...?!")).toBe("Since when?");
  expect(findJson(`${"[".repeat(20_000)}{"a": 1}`)?.value).toBeUndefined();
  expect(findJson(`${"[".repeat(100)}x {"a": 1}`)?.value).toEqual({ a: 1 });
});
