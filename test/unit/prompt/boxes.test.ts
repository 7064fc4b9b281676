import { describe, expect, it } from "vitest";
import { parseBoxes } from "../../../src/prompt/boxes.js";

const CLAVICLE = { label: "right clavicle", box: [140, 110, 340, 470] };
const JSON_TEXT = '[{"box_2d": [140, 110, 340, 470], "label": "right clavicle"}]';
const one = (box: unknown) => `[{"box_2d": ${JSON.stringify(box)}, "label": "a"}]`;

describe("parseBoxes", () => {
  it.each([
    ["Google's stored answer", `Final Answer: \`\`\`json${JSON_TEXT}\`\`\``],
    ["a fence with lines", `\`\`\`json\n${JSON_TEXT}\n\`\`\``],
    ["a bare list", JSON_TEXT],
    ["text before and after", `The clavicle [R] is seen at [y0, x0].\n${JSON_TEXT} That is all.`],
    [
      "reasoning with another box",
      `First [{"box_2d": [1, 2, 3, 4], "label": "b"}] hm.\n**Final Answer:** ${JSON_TEXT}`,
    ],
    ["a single object", '{"label": "right clavicle", "box_2d": [140, 110, 340, 470]}'],
    ["a list in an object", `{"findings": "x", "boxes": ${JSON_TEXT}}`],
    ["trailing commas", '[{"box_2d": [140, 110, 340, 470,], "label": "right clavicle",},]'],
    ["single quotes", "[{'box_2d': [140, 110, 340, 470], 'label': 'right clavicle'}]"],
    [
      "strings and floats as numbers",
      '[{"box_2d": ["140", 110.0, "340.0", 4.7e2], "label": " right clavicle "}]',
    ],
    ["the box as a string", '[{"box_2d": "[140, 110, 340, 470]", "label": "right clavicle"}]'],
    ["fractions of the picture", '[{"box_2d": [0.14, 0.11, 0.34, 0.47], "label": "right clavicle"}]'],
    ["another name for the box", '[{"bbox": [140, 110, 340, 470], "label": "right clavicle"}]'],
  ])("reads %s", (_, answer) => {
    expect(parseBoxes(answer)).toEqual({ boxes: [CLAVICLE], dropped: [] });
  });

  it.each(["", "No lesion.", "[]", "[140, 110, 340, 470]", "```json\n[]\n```", "{", "[[[[", '{"a": nul'])(
    "finds none in %j",
    (answer) => {
      expect(parseBoxes(answer)).toEqual({ boxes: [], dropped: [] });
    },
  );

  it("keeps the complete objects of a list that was cut off anywhere", () => {
    const text = `[{"box_2d": [140, 110, 340, 470], "label": "right clavicle"}, {"box_2d": [1, 2, 30, 40], "label": "apex"}]`;
    const first = text.indexOf("}") + 1;
    for (let length = first; length < text.length; length++) {
      const { boxes, dropped } = parseBoxes(`Final Answer: \`\`\`json${text.slice(0, length)}`);
      expect(boxes).toEqual(
        length < text.length - 1 ? [CLAVICLE] : [CLAVICLE, { label: "apex", box: [1, 2, 30, 40] }],
      );
      expect(dropped).toEqual([{ reason: "incomplete", label: "" }]);
    }
    for (let length = text.indexOf("box_2d") + 6; length < first; length++) {
      expect(parseBoxes(text.slice(0, length))).toEqual({
        boxes: [],
        dropped: [{ reason: "incomplete", label: "" }],
      });
    }
  });

  it("does not trust an object that was cut off, wherever it is nested", () => {
    const cut = '{"result": {"box_2d": [140, 110, 340, 470], "label": "right';
    expect(parseBoxes(cut)).toEqual({ boxes: [], dropped: [{ reason: "incomplete", label: "" }] });
  });

  it.each([
    ["inverted", [340, 110, 140, 470]],
    ["inverted", [140, 470, 340, 110]],
    ["empty", [140, 110, 140, 470]],
    ["empty", [0, 0, 0, 0]],
    ["out_of_range", [140, 110, 340, 1200]],
    ["out_of_range", [-30, 110, 340, 470]],
    ["not_four_numbers", [140, 110, 340]],
    ["not_four_numbers", [140, 110, 340, "wide"]],
    ["not_four_numbers", [140, 110, 340, null]],
    ["not_four_numbers", [140, 110, 340, ""]],
    ["not_four_numbers", "left"],
    ["not_four_numbers", { y0: 1 }],
    ["not_four_numbers", null],
  ])("drops a box that is %s: %j", (reason, box) => {
    expect(parseBoxes(one(box))).toEqual({ boxes: [], dropped: [{ reason, label: "a" }] });
  });

  it("clamps what lies a little outside", () => {
    expect(parseBoxes(one([-5, 110, 340, 1004])).boxes).toEqual([{ label: "a", box: [0, 110, 340, 1000] }]);
  });

  it("drops repetitions, and takes the same box under another label", () => {
    const text = `[${'{"box_2d": [1, 2, 30, 40], "label": "a"},'.repeat(3)}{"box_2d": [1, 2, 30, 40]}]`;
    const { boxes, dropped } = parseBoxes(text);
    expect(boxes.map((it) => it.label)).toEqual(["a", ""]);
    expect(dropped).toEqual(Array(2).fill({ reason: "repeated", label: "a" }));
  });

  it("is not misled by names of Object's prototype", () => {
    expect(parseBoxes('[{"__proto__": {"box_2d": [1, 2, 30, 40], "label": "a"}}]').boxes).toHaveLength(1);
    expect(({} as Record<string, unknown>).box_2d).toBeUndefined();
  });
});
