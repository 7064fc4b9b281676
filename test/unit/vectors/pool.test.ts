import { expect, test } from "vitest";
import { poolTokens } from "../../../src/vectors/pool.js";

test("quarters are the largest values of each quarter, the upper left first", () => {
  // 4 x 4 tokens of two numbers: n and -n.
  const values = Float32Array.from({ length: 32 }, (_, at) => (at % 2 === 0 ? at / 2 : -(at - 1) / 2));
  expect([...poolTokens(values, 16, 2, "quarters")]).toEqual([5, -0, 7, -2, 13, -8, 15, -10]);
});

test("the middle of an odd square belongs to the right and lower quarters", () => {
  const values = Float32Array.from([1, 2, 3, 4, 9, 5, 6, 7, 8]);
  expect([...poolTokens(values, 9, 1, "quarters")]).toEqual([1, 3, 6, 9]);
});
