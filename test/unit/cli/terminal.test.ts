import { expect, test } from "vitest";
import { inBytes } from "../../../src/cli/terminal.js";

test.each([
  [0, "0.0 MB"],
  [8_838_496, "8.8 MB"],
  [18_068_384, "18 MB"],
  [999_400_000, "999 MB"],
  [999_900_000, "1.0 GB"],
  [2_489_758_944, "2.5 GB"],
])("%d bytes are %s", (bytes, text) => {
  expect(inBytes(bytes)).toBe(text);
});
