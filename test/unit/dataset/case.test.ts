import { expect, it } from "vitest";
import { boxTruth } from "../../../src/dataset/evaluate/case.js";

it("a true box on 0..1000 is taken", () => {
  const truth = [{ label: "nodule", box: [0, 10, 1000, 20] as const }];
  expect(boxTruth({ truth }, 1)).toEqual(truth);
});

it.each([
  [{ label: "nodule", box: [500, 10, 400, 20] }, /Case 7: true box 2 has its top \(500\)/],
  [{ label: "nodule", box: [10, 20, 400, 20] }, /left side \(20\)/],
  [{ label: "nodule", box: [10, 20, 1400, 200] }, /beyond 0\.\.1000/],
  [{ label: "nodule", box: [-1, 20, 400, 200] }, /beyond 0\.\.1000/],
  [{ label: "nodule", box: [10, 20] }, /four numbers/],
  [{ box: [10, 20, 30, 40] }, /no label/],
  [null, /no label/],
])("the true box %j is refused with its case", (box, message) => {
  const truth = [{ label: "opacity", box: [0, 0, 1, 1] }, box];
  expect(() => boxTruth({ truth }, 7)).toThrow(message);
  expect(() => boxTruth({ truth }, 7)).toThrow(expect.objectContaining({ code: "bad_option" }));
});
