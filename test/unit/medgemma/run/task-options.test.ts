import { expect, test } from "vitest";
import { checkTaskOptions } from "../../../../src/medgemma/run/task-prompt.js";

test.each(["logprobs", "grammar"])("a task refuses %s rather than drop it", (name) => {
  expect(() => checkTaskOptions("report", { [name]: 1 }, [])).toThrow(
    expect.objectContaining({ code: "bad_option", facts: { option: name } }),
  );
});

test("a task takes its own options and those of every answer", () => {
  expect(() =>
    checkTaskOptions("report", { maxTokens: 9, seed: 1, sections: [] } as object, ["sections"]),
  ).not.toThrow();
});
