import { describe, expect, it } from "vitest";
import { splitThinking, type ThinkingSegment, ThinkingSplitter } from "../../../src/prompt/thinking.js";

type Reason = "stop" | "length";

/** What a screen shows in the end. */
function replay(segments: readonly ThinkingSegment[]): { thought: string; answer: string } {
  const shown = { thought: "", answer: "" };
  for (const segment of segments) {
    if (segment.type === "retract") {
      shown.thought += shown.answer;
      shown.answer = "";
    } else shown[segment.type] += segment.text;
  }
  return shown;
}

function stream(pieces: readonly string[], reason: Reason) {
  const splitter = new ThinkingSplitter();
  const segments = pieces.flatMap((it) => splitter.push(it));
  const result = splitter.finish(reason);
  return { result, segments: [...segments, ...result.segments] };
}

const CASES: [string, string, Reason, ReturnType<typeof splitThinking>][] = [
  [
    "a thought and an answer",
    "<unused94>thought\nHm.\n<unused95>Yes.",
    "stop",
    { thought: "Hm.\n", answer: "Yes.", cutOff: false },
  ],
  ["no thought", "Clear lungs.", "stop", { thought: undefined, answer: "Clear lungs.", cutOff: false }],
  ["no thought, cut off", "Clear lu", "length", { thought: undefined, answer: "Clear lu", cutOff: false }],
  ["nothing", "", "stop", { thought: undefined, answer: "", cutOff: false }],
  [
    "a thought that is cut off",
    "<unused94>thought\nHm, the",
    "length",
    { thought: "Hm, the", answer: "", cutOff: true },
  ],
  ["cut off after the marker", "<unused94>", "length", { thought: "", answer: "", cutOff: true }],
  ["cut off after the label", "<unused94>thought", "length", { thought: "", answer: "", cutOff: true }],
  ["cut off within the label", "<unused94>thou", "length", { thought: "thou", answer: "", cutOff: true }],
  [
    "an answer that is cut off",
    "<unused94>thought\nHm<unused95>Ye",
    "length",
    { thought: "Hm", answer: "Ye", cutOff: false },
  ],
  [
    "a thought that just stops",
    "<unused94>thought\nHm",
    "stop",
    { thought: "Hm", answer: "", cutOff: false },
  ],
  ["no label", "<unused94>Hm<unused95>Yes", "stop", { thought: "Hm", answer: "Yes", cutOff: false }],
  [
    "a word like the label",
    "<unused94>thoughtful<unused95>Yes",
    "stop",
    { thought: "thoughtful", answer: "Yes", cutOff: false },
  ],
  [
    "an empty thought",
    "<unused94>thought<unused95>Yes",
    "stop",
    { thought: "", answer: "Yes", cutOff: false },
  ],
  [
    "an empty thought with a line end",
    "<unused94>thought\n<unused95>Yes",
    "stop",
    { thought: "", answer: "Yes", cutOff: false },
  ],
  ["no start", "I think so.<unused95>Yes", "stop", { thought: "I think so.", answer: "Yes", cutOff: false }],
  ["an end at the start", "<unused95>Yes", "stop", { thought: "", answer: "Yes", cutOff: false }],
  [
    "a stray end later",
    "<unused94>a<unused95>b<unused95>c",
    "stop",
    { thought: "a", answer: "bc", cutOff: false },
  ],
  [
    "a thought within an answer",
    "A<unused94>thought\nb<unused95>C",
    "stop",
    { thought: "b", answer: "AC", cutOff: false },
  ],
  ["such a one, cut off", "A<unused94>thought\nb", "length", { thought: "b", answer: "A", cutOff: true }],
  [
    "several thoughts",
    "<unused94>thought\na<unused95>B<unused94>thought\nc<unused95>D",
    "stop",
    { thought: "a\n\nc", answer: "BD", cutOff: false },
  ],
  [
    "a start within a thought",
    "<unused94>thought\na<unused94>thought\nb<unused95>C",
    "stop",
    { thought: "a\n\nb", answer: "C", cutOff: false },
  ],
  [
    "the letters of a marker",
    "SpO2 <unused",
    "stop",
    { thought: undefined, answer: "SpO2 <unused", cutOff: false },
  ],
  [
    "other unused tokens",
    "a <unused9 <unused93> <<unused94>b<unused9",
    "stop",
    { thought: "b<unused9", answer: "a <unused9 <unused93> <", cutOff: false },
  ],
];

describe("ThinkingSplitter", () => {
  it.each(CASES)("splits %s", (_, text, reason, expected) => {
    expect(splitThinking(text, reason)).toEqual(expected);
  });

  it.each(CASES)("gives the same however the text is cut: %s", (_, text, reason, expected) => {
    const cuts = [text.split(""), [text]];
    for (let at = 0; at <= text.length; at++) {
      cuts.push([text.slice(0, at), text.slice(at)]);
      for (let later = at; later <= text.length; later += 3)
        cuts.push([text.slice(0, at), text.slice(at, later), text.slice(later)]);
    }
    for (const pieces of cuts) {
      const { result, segments } = stream(pieces, reason);
      expect(result).toMatchObject(expected);
      expect(replay(segments)).toEqual({ thought: expected.thought ?? "", answer: expected.answer });
      for (const segment of segments) {
        if (segment.type === "retract") continue;
        expect(segment.text).not.toBe("");
        expect(segment.text).not.toMatch(/<unused9[45]>/);
      }
    }
  });

  it("hands out text as soon as it cannot be a marker", () => {
    const splitter = new ThinkingSplitter();
    expect(splitter.push("SpO2 <")).toEqual([{ type: "answer", text: "SpO2 " }]);
    expect(splitter.push("unused9")).toEqual([]);
    expect(splitter.push("0 %")).toEqual([{ type: "answer", text: "<unused90 %" }]);
  });

  it("takes back an answer that turns out to be a thought", () => {
    const splitter = new ThinkingSplitter();
    expect(splitter.push("Hm.")).toEqual([{ type: "answer", text: "Hm." }]);
    expect(splitter.push("<unused95>Yes.")).toEqual([{ type: "retract" }, { type: "answer", text: "Yes." }]);
  });
});

describe("an answer that follows a form", () => {
  const formed = (...pieces: string[]) => {
    const splitter = new ThinkingSplitter(true);
    const segments = pieces.flatMap((it) => splitter.push(it));
    const result = splitter.finish("stop");
    return { ...result, segments: [...segments, ...result.segments] };
  };

  it.each([
    ['{"a": "<unused95>"}'],
    ['{"a": "<unused94>thought\\n hm <unused95>"}'],
    ['"<unused95>', '<unused95>"'],
    ['{"a":', ' "<unus', "ed9", '5>"}'],
  ])("keeps the markers inside it as letters: %j", (...pieces) => {
    const { answer, thought, segments } = formed(...pieces);
    expect(answer).toBe(pieces.join(""));
    expect(thought).toBeUndefined();
    expect(replay(segments)).toEqual({ thought: "", answer: pieces.join("") });
  });

  it("has at most a thought before it", () => {
    const pieces = [" ", "<unus", "ed94>thought\nHm.<unused95>{", '"a": "<unused95>"}'];
    expect(formed(...pieces)).toMatchObject({
      thought: "Hm.",
      answer: ' {"a": "<unused95>"}',
      cutOff: false,
    });
  });
});
