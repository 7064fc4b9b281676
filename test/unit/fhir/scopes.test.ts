import { describe, expect, test } from "vitest";
import { bracketed, piecesOf, scope } from "../../../src/fhir/elements/scopes.js";
import { readRecord } from "../../../src/fhir/record.js";
import { bundle } from "../../support/record.js";

const textsOf = async (...resources: object[]) =>
  (await readRecord(bundle(...resources))).entries.map((entry) => entry.text);
const aspirin = { doNotPerform: true, code: { text: "Aspirin" }, status: "not-started" };
const letter = (text: string) => ({
  content: [{ attachment: { contentType: "text/plain", data: Buffer.from(text).toString("base64") } }],
});

describe("what reverses one member does not spread to the next", () => {
  test.each<[string, object, string]>([
    [
      "CarePlan.activity",
      {
        resourceType: "CarePlan",
        title: "Plan",
        activity: [{ detail: aspirin }, { detail: { code: { text: "Statin" } } }],
      },
      "Plan: activity (do NOT perform: Aspirin, status not-started); activity Statin",
    ],
    [
      "List.entry",
      {
        resourceType: "List",
        title: "Allergies",
        entry: [{ deleted: true, item: { display: "Penicillin" } }, { item: { display: "Latex" } }],
      },
      "Allergies: entry (REMOVED from the list: Penicillin); entry Latex",
    ],
    [
      "contained",
      {
        resourceType: "CarePlan",
        title: "Plan",
        contained: [
          { resourceType: "ServiceRequest", ...aspirin },
          { resourceType: "ServiceRequest", code: { text: "Statin" }, status: "active" },
        ],
      },
      "Plan: (do NOT perform: Aspirin: not-started); (Statin: active)",
    ],
  ])("%s", async (_name, resource, expected) => {
    expect(await textsOf(resource)).toEqual([expected]);
  });
});

test("each piece of a long part repeats what it is and what reverses it", async () => {
  const description = Array.from({ length: 400 }, (_, index) => `word${index}`).join(" ");
  const texts = await textsOf({
    resourceType: "CarePlan",
    title: "Plan",
    activity: [{ detail: { ...aspirin, description } }, { detail: { code: { text: "Statin" } } }],
  });
  expect(texts.length).toBeGreaterThan(2);
  for (const text of texts) {
    expect(text.length).toBeLessThanOrEqual(1200);
    expect(text).toMatch(/^Plan: activity \(do NOT perform: .*\)/);
  }
  expect(texts.at(-1)).toMatch(/word399\); activity Statin$/);
  const words = texts.join(" ").match(/word\d+/g);
  expect(words).toEqual(description.split(" "));
});

test("a long answer repeats its question", async () => {
  const texts = await textsOf({
    resourceType: "QuestionnaireResponse",
    item: [{ text: "Never had", answer: [{ valueString: "illness ".repeat(400) }] }],
  });
  expect(texts.length).toBeGreaterThan(2);
  for (const text of texts) expect(text).toMatch(/^Never had: illness/);
});

test("pieces keep their length, however deep", () => {
  let marked = "x y ".repeat(2000);
  for (let depth = 0; depth < 12; depth++) marked = bracketed(`do NOT ${depth}`, marked);
  const pieces = piecesOf(scope("long label ".repeat(50), marked), 600);
  for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(600);
  expect(pieces.join("").match(/x/g)).toHaveLength(2000);
});

describe("a text is reversed as what carries it is", () => {
  test.each<[string, object, RegExp]>([
    [
      "potential",
      {
        resourceType: "AdverseEvent",
        actuality: "potential",
        event: { text: "Fall" },
        ...letter("Hip broken."),
      },
      /^potential, did not happen: Fall: Hip broken\.$/,
    ],
    [
      "subpotent",
      {
        resourceType: "Immunization",
        isSubpotent: true,
        vaccineCode: { text: "MMR" },
        ...letter("Given twice."),
      },
      /^subpotent, does not count: MMR: Given twice\.$/,
    ],
    [
      "contained",
      {
        resourceType: "DiagnosticReport",
        code: { text: "Report" },
        contained: [
          { resourceType: "Procedure", status: "not-done", code: { text: "Biopsy" }, ...letter("Cancer.") },
        ],
      },
      /^NOT done: Biopsy: Cancer\.$/,
    ],
    [
      "nested",
      {
        resourceType: "CarePlan",
        title: "Plan",
        activity: [{ detail: { ...aspirin, ...letter("Daily.") } }],
      },
      /^do NOT perform: Daily\.$/,
    ],
  ])("%s", async (_name, resource, expected) => {
    expect((await textsOf(resource)).at(-1)).toMatch(expected);
  });

  test("a title with NOT in it reverses nothing", async () => {
    const texts = await textsOf({ resourceType: "Flag", code: { text: "NOTE" }, ...letter("Fever.") });
    expect(texts.at(-1)).toBe("Fever.");
  });

  test("texts of what was entered in error or names people are left out", async () => {
    const texts = await textsOf({
      resourceType: "DiagnosticReport",
      code: { text: "Report" },
      status: "final",
      conclusion: "Normal",
      contained: [
        { resourceType: "Observation", status: "entered-in-error", ...letter("Cancer.") },
        { resourceType: "Practitioner", ...letter("Curriculum.") },
      ],
    });
    expect(texts).toEqual(["Report: conclusion Normal"]);
  });
});

test("long headings and titles leave room for the text", async () => {
  const title = "heading ".repeat(400);
  const texts = await textsOf({
    resourceType: "Composition",
    title: "A",
    section: [{ title, text: { div: `<div>${"body ".repeat(600)}</div>` } }],
  });
  for (const text of texts) expect(text.length).toBeLessThanOrEqual(1200);
  expect(texts.length).toBeLessThan(10);
});
