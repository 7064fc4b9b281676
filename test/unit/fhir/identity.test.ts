import { describe, expect, test } from "vitest";
import { readRecord } from "../../../src/fhir/record.js";
import { bundle, DIABETES, note } from "../../support/record.js";

const textOf = async (...resources: object[]) =>
  (await readRecord(bundle(DIABETES, ...resources))).entries.map((entry) => entry.text).join("\n");
const patient = (family: string, ...given: string[]) => ({
  resourceType: "Patient",
  name: [{ family, given }],
});

describe("a name is taken out however it is spelt", () => {
  test.each([
    ["SMITHERS", "JANE", "Jane Smithers came. Smithers, Jane. jane smithers, Jane, smithers and JANE."],
    ["smithers", "jane", "Jane Smithers came. SMITHERS"],
    ["Smithers", "Jane", "jAne sMithers came"],
    ["O'NEILL-SMITHERS", "JANE", "Jane O'Neill-Smithers came"],
  ])("%s, %s", async (family, given, text) => {
    const found = await textOf(patient(family, given), note(text));
    expect(found).toContain("[name]");
    expect(found).not.toMatch(/jane|smithers|neill/i);
  });

  test("but words in small letters that are names too, and parts of words, stay", async () => {
    const text = "No long bone pain. QT long. Reading glasses, may bathe. Janet Longman. no ng tube";
    const place = {
      ...patient("LONG", "MAY", "JANE", "Ng"),
      address: [{ city: "Reading" }, { city: "Bath" }],
    };
    const found = await textOf(place, note(text.replace("Reading", "reading")));
    expect(found).toContain(
      "No long bone pain. QT long. reading glasses, may bathe. Janet Longman. no ng tube",
    );
    expect(await textOf(place, note("Ms Long of READING and Bath"))).toContain(
      "Ms [name] of [place] and [place]",
    );
  });
});

describe("forms", () => {
  test("a nested name is taken out", async () => {
    const item = [
      { text: "Demographics", item: [{ text: "Name", answer: [{ valueString: "Jane Smithers" }] }] },
    ];
    const found = await textOf({ resourceType: "QuestionnaireResponse", status: "completed", item });
    expect(found).not.toMatch(/Jane|Smithers/);
    expect(found).toContain("Demographics / Name: [name]");
    expect(await textOf(note("Demographics / DOB: 1970-01-01"))).not.toContain("1970");
  });

  test("a table's cell is taken out only where its label is plain", async () => {
    const found = await textOf(
      note(
        "Name | Warfarin\nTel | 3 beats\nPatient name | Jane Smithers\nDOB | 1970-01-01\nAddress | Elm Lane",
      ),
    );
    expect(found).toContain("Name | Warfarin");
    expect(found).toContain("Tel | 3 beats");
    expect(found).not.toMatch(/Jane|1970|Elm/);
  });
});
