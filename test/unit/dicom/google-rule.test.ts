import { describe, expect, it } from "vitest";
import { toModelPictures } from "../../../src/dicom/index.js";
import { locateFixture, readJson, sha256 } from "./support/paths.js";

// Computed by test/oracles/dicom_google_rule.py with pydicom and NumPy.
const RULE = readJson<{
  ct: Record<string, Record<"1.0" | "1.5", string>>;
  radiograph: Record<string, string>;
  mr: Record<string, string[]>;
}>("google-rule.json");

describe("CT is Google's three windows to the byte", () => {
  for (const [key, hashes] of Object.entries(RULE.ct)) {
    for (const model of ["1.0", "1.5"] as const) {
      it(`${key}, model ${model}`, async () => {
        const { pictures, rule } = await toModelPictures(locateFixture(key), { model });
        expect(sha256(pictures[0]?.data ?? new Uint8Array())).toBe(hashes[model]);
        expect(rule).toBe(`ct-${model} three windows`);
      });
    }
  }
});

describe("a radiograph is Google's rule to the byte", () => {
  for (const [key, hash] of Object.entries(RULE.radiograph)) {
    it(key, async () => {
      const { pictures } = await toModelPictures(locateFixture(key));
      expect(sha256(pictures[0]?.data ?? new Uint8Array())).toBe(hash);
    });
  }
});

describe("MR is the acquisition's range to the byte", () => {
  for (const [key, hashes] of Object.entries(RULE.mr)) {
    it(key, async () => {
      const { pictures } = await toModelPictures(locateFixture(key));
      expect(pictures.map(({ data }) => sha256(data))).toEqual(hashes);
    });
  }
});
