import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { MODIFIER_ELEMENTS } from "../../../src/fhir/elements/modifier-elements.js";
import { NOT_CLINICAL } from "../../../src/fhir/elements/types.js";
import { readRecord } from "../../../src/fhir/record.js";
import { bundle } from "../../support/record.js";

/** Written by scripts/generate-fhir-modifiers.mjs from the definitions of R4 and R5. */
const DEFINITIONS: Record<
  string,
  Record<string, Record<string, { types: string[]; modifier?: boolean }>>
> = JSON.parse(readFileSync(new URL("../../fixtures/fhir/elements.json", import.meta.url), "utf8"));
const data = Buffer.from("Words of the text.").toString("base64");
const long = "Daily walks. ".repeat(250);
const textsOf = async (resource: object) => (await readRecord(bundle(resource))).entries.map((it) => it.text);

test("every modifier element of the definitions is known", () => {
  for (const types of Object.values(DEFINITIONS)) {
    for (const [type, elements] of Object.entries(types)) {
      for (const [name, { modifier }] of Object.entries(elements)) {
        if (modifier) expect(MODIFIER_ELEMENTS[name]?.split(" "), `${type}.${name}`).toContain(type);
      }
    }
  }
});

/** Elements whose values are told by words in front of the member that has them. */
const OF_MEMBERS: Record<string, (value: unknown) => object> = {
  "activity.detail.doNotPerform": (doNotPerform) => ({
    activity: [{ detail: { doNotPerform, code: { text: "x" } } }],
  }),
  "activity.detail.status": (status) => ({ activity: [{ detail: { status, code: { text: "x" } } }] }),
  "entry.deleted": (deleted) => ({ entry: [{ deleted, item: { display: "x" } }] }),
  "recommendation.forecastStatus": (forecastStatus) => ({ recommendation: [{ forecastStatus }] }),
  "name.display": () => ({}),
};
const VALUES: Record<string, [unknown, unknown]> = {
  CodeableConcept: [{ text: "one" }, { text: "other" }],
  code: ["one", "other"],
  boolean: [false, true],
};

describe("a modifier element changes what is told of every type that is told", () => {
  const cases = Object.entries(DEFINITIONS).flatMap(([version, types]) =>
    Object.entries(types).flatMap(([type, elements]) =>
      Object.entries(elements)
        .filter(([name, { modifier }]) => modifier && !NOT_CLINICAL.has(type) && name !== "name.display")
        .map(
          ([
            name,
            {
              types: [of = ""],
            },
          ]) => [`${version} ${type}.${name}`, type, name, of] as const,
        ),
    ),
  );
  // Quantities and the like are held by the pairs of structure.test.ts.
  test.each(
    cases.filter(
      ([, type]) =>
        /^[A-Z]/.test(type) && !["Age", "Count", "Distance", "Duration", "Quantity"].includes(type),
    ),
  )("%s", async (_name, type, name, of) => {
    const [one, other] = (VALUES[of] ?? []).map((value) => OF_MEMBERS[name]?.(value) ?? { [name]: value });
    const base = { resourceType: type, code: { text: "Thing" } };
    expect(await textsOf({ ...base, ...one })).not.toEqual(await textsOf({ ...base, ...other }));
  });
});

describe("how a resource stands is on every piece of it and of its texts", () => {
  test.each<[string, object, RegExp]>([
    [
      "revoked",
      { resourceType: "CarePlan", title: "Plan", status: "revoked" },
      /^CANCELLED \(revoked\): Plan/,
    ],
    [
      "cancelled",
      { resourceType: "MedicationRequest", medicationCodeableConcept: { text: "Plan" }, status: "cancelled" },
      /^CANCELLED: Plan/,
    ],
    ["rejected", { resourceType: "Goal", title: "Plan", lifecycleStatus: "rejected" }, /^REJECTED/],
    [
      "no show",
      { resourceType: "Appointment", description: "Visit", status: "noshow" },
      /^DID NOT TAKE PLACE/,
    ],
    [
      "stopped",
      { resourceType: "CarePlan", title: "Plan", status: "stopped" },
      /^Plan(?: \(.*stopped|: stopped)/,
    ],
    [
      "resolved",
      {
        resourceType: "Condition",
        code: { text: "Plan" },
        clinicalStatus: { coding: [{ code: "resolved" }] },
      },
      /^Plan(?: \(resolved|: resolved)/,
    ],
    [
      "unsure",
      {
        resourceType: "Condition",
        code: { text: "Plan" },
        verificationStatus: { coding: [{ code: "differential" }] },
      },
      /^Plan(?: \(differential|: differential)/,
    ],
    [
      "preliminary",
      { resourceType: "DocumentReference", type: { text: "Plan" }, docStatus: "preliminary" },
      /^Plan(?: \(doc status preliminary|: doc status preliminary)/,
    ],
    [
      "superseded",
      { resourceType: "DocumentReference", type: { text: "Plan" }, status: "superseded" },
      /^SUPERSEDED/,
    ],
    [
      "a proposal",
      { resourceType: "ServiceRequest", code: { text: "Plan" }, intent: "proposal" },
      /^Plan(?: \(proposal|: proposal)/,
    ],
    [
      "a list of changes",
      { resourceType: "List", title: "Plan", mode: "changes" },
      /^Plan(?: \(mode changes|: mode changes)/,
    ],
  ])("%s", async (_name, resource, expected) => {
    const content = [{ attachment: { contentType: "text/plain", data } }];
    const texts = await textsOf({ ...resource, note: [{ text: long }], content });
    expect(texts.length).toBeGreaterThan(3);
    for (const text of texts) expect(text).toMatch(expected);
  });

  test("what was entered in error is left out by its document's status, too", async () => {
    const { skipped } = await readRecord(
      bundle(
        { resourceType: "DocumentReference", docStatus: "entered-in-error", type: { text: "x" } },
        { resourceType: "Flag", code: { text: "y" } },
      ),
    );
    expect(skipped).toEqual({ "DocumentReference (entered in error)": 1 });
  });
});

describe("a consent that is none", () => {
  const consent = { resourceType: "Consent", status: "active", category: [{ text: "Transfusion" }] };
  const rule = (code: string) => ({ policyRule: { coding: [{ system: "urn:x", code }] } });
  test.each<[string, object]>([
    ["R5's decision", { decision: "deny", provision: [{ code: [{ text: "Red cells" }] }] }],
    ["R4's rule", rule("OPTOUT")],
    ["R4's rule with exceptions", rule("OPTOUTE")],
    ["R4's provision", { provision: { type: "deny" } }],
    ["STU3's rule", { policyRule: "http://hl7.org/fhir/ConsentPolicy/opt-out" }],
  ])("%s stands in front", async (_name, more) => {
    const [entry] = (await readRecord(bundle({ ...consent, ...more }))).entries;
    expect(entry).toMatchObject({
      prohibition: true,
      text: expect.stringMatching(/^consent DENIED: Transfusion/),
    });
  });

  test.each<[string, object, RegExp]>([
    [
      "R4",
      { provision: { type: "permit", provision: [{ type: "deny", code: [{ text: "Plasma" }] }] } },
      /\(DENIED: .*Plasma/,
    ],
    [
      "STU3",
      { except: [{ type: "deny", code: [{ code: "p", display: "Plasma" }] }] },
      /except \(DENIED: .*Plasma/,
    ],
  ])("%s's exception to one that is given is told with it", async (_name, more, expected) => {
    const [entry] = (await readRecord(bundle({ ...consent, ...more }))).entries;
    expect(entry).toMatchObject({ prohibition: true, text: expect.stringMatching(expected) });
    expect(entry?.text).toMatch(/^Transfusion/);
  });

  test.each([rule("OPTIN"), { decision: "permit" }, { provision: { type: "permit" } }])(
    "but not %o",
    async (more) => {
      const [entry] = (await readRecord(bundle({ ...consent, ...more }))).entries;
      expect(entry?.prohibition).toBeUndefined();
      expect(entry?.text).toMatch(/^Transfusion/);
    },
  );
});

test("an implant is told, a device that measures is not", async () => {
  const device = {
    resourceType: "Device",
    id: "d",
    status: "active",
    deviceName: [{ name: "Pacemaker X", type: "user-friendly-name" }],
  };
  const { entries, skipped } = await readRecord(
    bundle({ ...device, patient: { reference: "Patient/1" } }, { ...device, id: "e" }),
  );
  expect(entries.map((it) => it.text)).toEqual(["Pacemaker X: active"]);
  expect(skipped).toEqual({ Device: 1 });
});
