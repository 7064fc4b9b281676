import { describe, expect, it } from "vitest";
import { toModelPictures } from "../../../src/dicom/index.js";
import { compareWithGoogle } from "./support/google.js";
import { locateFixture, ROOTS, readJson, sha256 } from "./support/paths.js";

// By test/oracles/ct_notebook.py: Google's notebook is the reference for CT, its serving code's green window is a slip.
const CT = readJson<Record<string, Record<"1.0" | "1.5", string>>>("google/ct-notebook.json");

describe("CT is the notebook's three windows to the byte", () => {
  for (const [key, hashes] of Object.entries(CT)) {
    for (const model of ["1.0", "1.5"] as const) {
      it(`${key}, model ${model}`, async () => {
        const { pictures, rule } = await toModelPictures(locateFixture(key), { model });
        expect(sha256(pictures[0]?.data ?? new Uint8Array())).toBe(hashes[model]);
        expect(rule).toBe(`ct-${model} three windows`);
      });
    }
  }
});

// Made files, through Google's handlers of 7 April 2026.
const MADE = readJson<{ files: Record<string, string> }>("google/made.json").files;

async function shown(name: string, options: Parameters<typeof toModelPictures>[1] = {}) {
  const { pictures, ...rest } = await toModelPictures(
    locateFixture(`fixtures/google/made/${name}.dcm`),
    options,
  );
  return { hash: sha256(pictures[0]?.data ?? new Uint8Array()), data: pictures[0]?.data, ...rest };
}

describe("a radiograph is what Google's handler shows, to the byte", () => {
  // Its hash is of the rule with a window.
  for (const [name, hash] of Object.entries(MADE).filter(([each]) => each !== "DX_10")) {
    it(name, async () => expect((await shown(name)).hash).toBe(hash));
  }

  it("whites of a lossy stream beyond Bits Stored stay white (DX_10)", async () => {
    expect((await shown("DX_10", { window: "file" })).hash).toBe(MADE.DX_10);
    const { data } = await shown("DX_10");
    expect(data?.[0]).toBeGreaterThan(250);
    expect(data?.[8 * 3]).toBeGreaterThan(250);
  });
});

describe("public files", () => {
  it("give the pictures that Google's handlers give", async () => {
    const { compared, different } = await compareWithGoogle(Object.values(ROOTS));
    expect(different).toEqual([]);
    expect(compared).toBeGreaterThanOrEqual(35);
  });
});
