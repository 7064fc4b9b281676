import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { toModelPictures } from "../../../src/dicom/index.js";
import { locateFixture, readJson } from "./support/paths.js";

interface Case {
  readonly file: string;
  readonly options: readonly string[];
  readonly window: { readonly center: number; readonly width: number } | null;
  readonly pixels: string;
}

describe("windowed grey is within one level of dcm2pnm", () => {
  for (const { file, options, window, pixels } of readJson<Case[]>("display/display.json")) {
    it(`${file} ${options.join(" ")}`, async () => {
      const shown = await toModelPictures(locateFixture(file), {
        rule: "display",
        ...(window ? { window } : {}),
      });
      const data = shown.pictures[0]?.data ?? new Uint8Array();
      const expected = gunzipSync(readFileSync(locateFixture(`fixtures/display/${pixels}`)));
      expect(data.length).toBe(expected.length * 3);
      let worst = 0;
      expected.forEach((value, index) => {
        worst = Math.max(worst, Math.abs(value - (data[index * 3] ?? 0)));
      });
      expect(worst).toBeLessThanOrEqual(1);
    });
  }
});
