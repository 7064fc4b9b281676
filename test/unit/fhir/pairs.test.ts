import { describe, expect, test } from "vitest";
import { readRecord } from "../../../src/fhir/record.js";
import { Generator } from "../../support/fhir-pairs.js";

/** Pairs of each type; `MEDGEMMA_PAIRS=2000` looks longer. */
const PAIRS = Number(process.env.MEDGEMMA_PAIRS ?? 40);
const DEVICE = { patient: { reference: "Patient/1" } };

/** With something beside it, so that what says nothing is no error. */
const OTHER = { resource: { resourceType: "Flag", code: { text: "Other" } } };
const toldOf = async (resource: object) => {
  const record = { resourceType: "Bundle", entry: [OTHER, { resource }] };
  const { entries } = await readRecord(record, { identity: true });
  return entries.map(({ date, text }) => `${date}: ${text}`).join("\n");
};

describe("two resources that differ in one thing never read the same", () => {
  const types = Generator.versions.flatMap((version) =>
    new Generator(version, 0).resources.map((type) => [version, type] as const),
  );
  test.each(types)("%s %s", async (version, type) => {
    let made = 0;
    for (let seed = 1; seed <= PAIRS; seed++) {
      const generator = new Generator(version, seed);
      const resource = { ...generator.resource(type), ...(type === "Device" && DEVICE) };
      const changed = generator.changed(resource);
      if (changed === undefined) continue;
      const [one, other] = [await toldOf(resource), await toldOf(changed.other)];
      // A date alone says nothing.
      if (!one.includes("\n") && !other.includes("\n")) continue;
      made++;
      expect(one === other, `seed ${seed}: ${changed.change}\n${JSON.stringify(resource)}\n${one}`).toBe(
        false,
      );
    }
    expect(made).toBeGreaterThan(PAIRS / 4);
  });
});
