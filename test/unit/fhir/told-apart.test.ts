import { describe, expect, test } from "vitest";
import { readRecord } from "../../../src/fhir/record.js";

const GOUT = { resourceType: "Condition", id: "g", code: { text: "Gout" } };
const textOf = async (resource: object) =>
  (await readRecord(resource)).entries.map((it) => it.text).join("\n");
const letter = (contentType: string, data: string) => ({
  resourceType: "DocumentReference",
  content: [{ attachment: { contentType, title: "Letter", data } }],
});
const page = (html: string, type = "text/html") => letter(type, Buffer.from(html).toString("base64"));

describe("data that is no base64 is said to be damaged, and not decoded", () => {
  test.each<[string, string]>([
    ["words", "The patient is well."],
    ["a letter too many", "V2VsbC4xM"],
    ["a gap in the middle", "V2Vs=bC4x"],
    ["another alphabet", "пациент1"],
    ["control characters", "V2Vs\u0000C4x"],
  ])("%s", async (_name, data) => {
    expect(await textOf(letter("text/plain", data))).toMatch(
      /Letter \(attachment of text\/plain not read: its data is damaged\)/,
    );
  });

  test.each<[string, string]>([
    ["in lines", "V2Vs\r\nbC4x\n"],
    ["without its end", Buffer.from("Well.12").toString("base64").replace(/=+$/, "")],
    ["for addresses", Buffer.from("Wéll ÿÿ?>.").toString("base64url")],
  ])("%s it is read", async (_name, data) => {
    expect(await textOf(letter("text/plain", data))).toMatch(/W.ll/);
  });
});

describe("what a page does not show is not told, but that it is there", () => {
  test.each<[string, string]>([
    ["display", '<p>Well.</p><p style="color:red; display : none">No <b>fever</b></p><p>Home.</p>'],
    ["visibility", '<p>Well.</p><div style="visibility:hidden"><div hidden>No fever</div></div><p>Home.</p>'],
    ["the attribute", "<p>Well.</p><p hidden>No fever</p><p>Home.</p>"],
    ["size", '<p>Well.</p><span style="font-size:0px">No fever</span><p>Home.</p>'],
    ["opacity", '<p>Well.</p><span style="opacity:0.0">No fever</span><p>Home.</p>'],
  ])("by %s", async (_name, html) => {
    const text = await textOf(page(html));
    expect(text).not.toContain("fever");
    expect(text.match(/\(hidden text, not told\)/g)).toHaveLength(1);
    expect(text).toMatch(/Well[\s\S]*Home/);
  });

  test.each<[string, string]>([
    ["other styles", '<p style="display:block; opacity:0.5; font-size:0.9em">No fever</p>'],
    ["nothing in it", "<p>No fever</p><p hidden> </p><br hidden>"],
    ["an element without an end", '<p>No fever<img style="display:none"></p>'],
  ])("%s", async (_name, html) => {
    expect(await textOf(page(html))).toMatch(/\nNo fever$/);
  });

  test("what a CDA says was deleted is struck out", async () => {
    const cda =
      '<ClinicalDocument><text>Takes <content revised="delete">Aspirin</content> <content revised="insert">Statin</content>.</text></ClinicalDocument>';
    expect(await textOf(page(cda, "text/xml"))).toContain("Takes (struck out: Aspirin) Statin.");
  });
});

describe("a day that the calendar does not have", () => {
  test.each([
    ["2021-02-31", "onset 2021-02-31 (impossible date)"],
    ["2021-13", "onset 2021-13 (impossible date)"],
    ["2021-02-01T25:00:00Z", "onset 2021-02-01T25:00:00Z (impossible date)"],
  ])("%s is told as such, and dates nothing", async (onsetDateTime, expected) => {
    const { entries } = await readRecord({ ...GOUT, onsetDateTime });
    expect(entries).toMatchObject([{ text: `Gout: ${expected}`, date: undefined }]);
  });

  test.each(["2020-02-29", "2021-02-01T24:00:00Z", "2016-12-31T23:59:60Z"])("%s is one", async (day) => {
    const { entries } = await readRecord({ ...GOUT, onsetDateTime: day });
    expect(entries).toMatchObject([{ text: "Gout", date: expect.stringContaining(day.slice(0, 10)) }]);
  });

  test("does not stand before others, and another element dates the entry", async () => {
    const { entries } = await readRecord([
      { ...GOUT, onsetDateTime: "2020-01-01" },
      { ...GOUT, id: "h", onsetDateTime: "2019-02-30", recordedDate: "2021-01-01" },
    ]);
    expect(entries.map((it) => it.date)).toEqual(["2020-01-01", "2021-01-01"]);
    expect(entries[1]?.text).toContain("onset 2019-02-30 (impossible date)");
  });

  test("is no birth to count an age from, and no death to end it", async () => {
    const read = (more: object) => readRecord([{ resourceType: "Patient", id: "p", ...more }, GOUT]);
    const born = await read({ birthDate: "1950-13-45" });
    expect(born.patient.age).toBeUndefined();
    expect(born.warnings).toContainEqual(expect.stringContaining("no date of the calendar"));
    const died = await read({ birthDate: "1950-01-01", deceasedDateTime: "2020-02-31" });
    expect(died.patient.deceased).toBe(true);
  });

  test("in other elements and periods", async () => {
    expect(
      await textOf({
        ...GOUT,
        stage: [{ when: "2021-04-31", period: { start: "2021-06-31", end: "2021-07-01" } }],
      }),
    ).toMatch(/when 2021-04-31 \(impossible date\).*from 2021-06-31 \(impossible date\) to 2021-07-01/);
  });
});

describe("each level of a consent says its direction", () => {
  const consent = (more: object) => ({
    resourceType: "Consent",
    category: [{ text: "Transfusion" }],
    ...more,
  });
  const code = (text: string, more: object = {}) => ({ code: [{ text }], ...more });
  test("R5: a provision is an exception to what it stands in", async () => {
    const nested = { provision: [code("Plasma", { provision: [code("At home")] })] };
    expect(await textOf(consent({ decision: "permit", ...nested }))).toMatch(
      /decision permit.*\(DENIED: .*Plasma.*\(PERMITTED: .*At home, type \w+\)/,
    );
    expect(await textOf(consent({ decision: "deny", ...nested }))).toMatch(
      /^consent DENIED: .*\(PERMITTED: .*Plasma.*\(DENIED: .*At home, type \w+\)/,
    );
  });

  test("R4: each level says it itself", async () => {
    const nested = (outer: string, inner: string) =>
      consent({
        provision: { type: outer, ...code("Plasma"), provision: [{ type: inner, ...code("At home") }] },
      });
    expect(await textOf(nested("permit", "deny"))).toMatch(
      /\(PERMITTED: .*Plasma.*\(DENIED: .*At home, type \w+\)/,
    );
    expect(await textOf(nested("deny", "permit"))).toMatch(
      /\(DENIED: .*Plasma.*\(PERMITTED: .*At home, type \w+\)/,
    );
  });

  test("an exception that denies is a prohibition, in R5 too", async () => {
    const { entries } = await readRecord(consent({ decision: "permit", provision: [code("Plasma")] }));
    expect(entries[0]?.prohibition).toBe(true);
  });
});

describe("a change of a part that was asked for", () => {
  const patch = (more: object = {}) => ({
    fullUrl: "Condition/g",
    request: { method: "PATCH", url: "Condition/g" },
    ...more,
  });
  test.each<[string, object]>([
    ["alone", patch()],
    [
      "as a Binary",
      patch({
        resource: { resourceType: "Binary", contentType: "application/json-patch+json", data: "W10=" },
      }),
    ],
    [
      "as Parameters",
      patch({ resource: { resourceType: "Parameters", parameter: [{ name: "operation" }] } }),
    ],
  ])("%s is told not to have been carried out", async (_name, entry) => {
    const { entries, skipped, warnings } = await readRecord({
      resourceType: "Bundle",
      type: "transaction",
      entry: [{ resource: GOUT }, { resource: { ...GOUT, id: "h", code: { text: "Asthma" } } }, entry],
    });
    expect(entries.map((it) => it.text)).toEqual(["A CHANGE of this was not carried out: Gout", "Asthma"]);
    expect(skipped).toEqual({ "(change, not carried out)": 1 });
    expect(warnings).toContainEqual(expect.stringMatching(/^1 entries ask for a change/));
  });
});
