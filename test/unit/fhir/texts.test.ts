import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { withoutData } from "../../../src/fhir/elements/data.js";
import { readRecord } from "../../../src/fhir/record.js";
import { decodeText } from "../../../src/fhir/text/charset.js";
import { markupSteps } from "../../../src/fhir/text/markup.js";
import { rtfSteps } from "../../../src/fhir/text/rtf.js";
import { countTurns } from "../../support/breaths.js";
import { bundle, DIABETES } from "../../support/record.js";
import { inOneGo } from "../../support/steps.js";

interface Encoded {
  charset: string;
  text: string;
  data: string;
}
const CHARSETS = JSON.parse(
  readFileSync(new URL("../../fixtures/fhir/charsets.json", import.meta.url), "utf8"),
) as Encoded[];
const base64 = (text: string | Uint8Array) => Buffer.from(text).toString("base64");
const textsOf = async (...resources: object[]) =>
  (await readRecord(bundle(...resources), { identity: true })).entries.map(({ text }) => text);
const document = (attachment: object) => ({
  resourceType: "DocumentReference",
  status: "current",
  type: { text: "Letter" },
  content: [{ attachment }],
});

describe("characters", () => {
  test.each(CHARSETS)("$charset", ({ charset, text, data }) => {
    const bytes = Buffer.from(data, "base64");
    expect(decodeText(bytes, charset)).toEqual({ text, guessed: false });
  });

  test.each<[string, Uint8Array, string | undefined, string, boolean]>([
    ["UTF-8 that says to be Latin-1", Buffer.from("Müller"), "iso-8859-1", "Müller", false],
    ["Latin-1 that says to be UTF-8", Buffer.from("Müller", "latin1"), "utf-8", "Müller", true],
    ["Latin-1 that says nothing", Buffer.from("Müller", "latin1"), undefined, "Müller", true],
    ["a charset that nobody knows", Buffer.from("Müller"), "x-ours", "Müller", false],
    [
      "UTF-16 without a mark",
      Buffer.from("Müller hat Husten", "utf16le"),
      undefined,
      "Müller hat Husten",
      false,
    ],
    [
      "XML's own word",
      Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>ü</a>', "latin1"),
      undefined,
      '<?xml version="1.0" encoding="ISO-8859-1"?><a>ü</a>',
      false,
    ],
  ])("%s", (_name, bytes, charset, text, guessed) => {
    expect(decodeText(bytes, charset)).toEqual({ text, guessed });
  });
});

describe("an attachment is read as", () => {
  test.each<[string, object, string]>([
    ["plain text without a title", { contentType: "text/plain", data: base64("Fever.") }, "Fever."],
    ["a type in capitals", { contentType: "Text/Plain", data: base64("Fever.") }, "Fever."],
    [
      "a type with parameters",
      { contentType: 'text/plain; format=flowed; Charset="ISO-8859-1"', data: "TfxsbGVy" },
      "Müller",
    ],
    ["no type", { data: base64("Fever.") }, "Fever."],
    [
      "an unknown type that is text",
      { contentType: "application/octet-stream", data: base64("Fever.") },
      "Fever.",
    ],
    [
      "XHTML",
      { contentType: "application/xhtml+xml", data: base64("<html><p>Fe&shy;ver.</p></html>") },
      "Fe\u00adver.",
    ],
    ["XML", { contentType: "application/xml", data: base64("<r><f>5 &lt; 6</f></r>") }, "5 < 6"],
    ["RTF", { contentType: "application/rtf", data: base64("{\\rtf1\\ansi Fever.}") }, "Fever."],
    [
      "RTF that says to be plain",
      { contentType: "text/plain", data: base64("{\\rtf1\\ansi Fever.}") },
      "Fever.",
    ],
    [
      "a data address",
      { url: `data:text/plain;base64,${base64("Fever.")}`, contentType: "text/plain" },
      "Fever.",
    ],
  ])("%s", async (_name, attachment, expected) => {
    const texts = await textsOf(document(attachment));
    expect(texts).toEqual(["Letter: current", expected]);
  });

  test.each<[string, object, object[], object[]]>([
    ["a Binary of the Bundle", { url: "Binary/b" }, [{ resourceType: "Binary", id: "b" }], []],
    ["a contained Binary", { url: "#b" }, [], [{ resourceType: "Binary", id: "b" }]],
  ])("%s, once", async (_name, attachment, beside, contained) => {
    const binary = { contentType: "text/plain", data: base64("Fever.") };
    const texts = await textsOf(
      {
        ...document({ contentType: "text/plain", ...attachment }),
        contained: contained.map((it) => ({ ...it, ...binary })),
      },
      ...beside.map((it) => ({ ...it, ...binary })),
    );
    expect(texts.filter((it) => it === "Fever.")).toHaveLength(1);
    expect(texts.join("\n")).not.toContain("not read");
  });

  test("CDA's sections, and nothing of its header", async () => {
    const cda = `<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"><title>Summary</title><recordTarget>
<patientRole><patient><name><given>Ada</given><family>Quillon</family></name></patient></patientRole></recordTarget>
<component><structuredBody><component><section><title>Labs</title><text><table><tbody><tr><td>Na</td><td>138</td></tr>
<tr><td>K</td><td>4.1</td></tr></tbody></table></text></section></component></structuredBody></component></ClinicalDocument>`;
    const [, text] = await textsOf(document({ contentType: "application/xml", data: base64(cda) }));
    const all = (await textsOf(document({ contentType: "text/xml", data: base64(cda) }))).join("\n");
    expect(text).toBe("Summary");
    expect(all).toContain("Na | 138; K | 4.1");
    expect(all).not.toContain("Quillon");
  });
});

test("people of a CDA's header are taken out of its sections", async () => {
  const cda = `<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"><recordTarget><patientRole>
<id extension="99887766" root="1.2"/><addr><streetAddressLine>5 Quince Alley</streetAddressLine><city>Wobbleton</city></addr>
<telecom value="tel:+1-555-201-3344"/><patient><name><given>Ada</given><family>Quillon</family></name>
<birthTime value="19700509"/></patient></patientRole></recordTarget><author><assignedAuthor><assignedPerson><name>
<given>Walter</given><family>Marchbanks</family></name></assignedPerson></assignedAuthor></author><component><structuredBody>
<component><section><title>Plan</title><text><paragraph>Quillon (99887766), born 9 May 1970, of Wobbleton, was seen by
Marchbanks. Call 555 201 3344.</paragraph></text></section></component></structuredBody></component></ClinicalDocument>`;
  const record = await readRecord(bundle(document({ contentType: "application/xml", data: base64(cda) })));
  expect(record.entries.at(-1)?.text).toBe(
    "[name] ([number]), born [date of birth], of [place], was seen by [name]. Call [telephone].",
  );
});

describe("data is never told", () => {
  const picture = base64(Uint8Array.from({ length: 900 }, (_, index) => (index * 7919) % 251));
  test.each<[string, object]>([
    ["an attachment", document({ contentType: "image/png", data: picture })],
    ["without a type", document({ data: base64(Uint8Array.from([0xff, 0xd8, 0xff, 0, 1, 2])).repeat(30) })],
    ["that says to be text", document({ contentType: "text/plain", data: base64(`%PDF-1.7 ${picture}`) })],
    ["text in base64 twice", document({ contentType: "text/plain", data: base64(picture) })],
    [
      "a contained Binary",
      { ...DIABETES, contained: [{ resourceType: "Binary", contentType: "image/png", data: picture }] },
    ],
    ["an element of the type", { ...DIABETES, valueBase64Binary: picture }],
    ["a note", { ...DIABETES, note: [{ text: `See ${picture} above` }] }],
    ["a note with lines", { ...DIABETES, note: [{ text: picture.replace(/.{76}/g, "$&\r\n") }] }],
    ["a narrative", { ...DIABETES, text: { status: "additional", div: `<div><p>${picture}</p></div>` } }],
  ])("%s", async (_name, resource) => {
    const all = (await textsOf(resource, DIABETES)).join("\n");
    expect(all).not.toMatch(/[A-Za-z0-9+/]{40}/);
    expect(all).toContain("not read");
  });

  test.each([
    "GATTACA".repeat(20),
    "-".repeat(200),
    "http://example.org/fhir/StructureDefinition/a-rather-long-name-of-some-profile-of-ours/and/so-on",
    "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaft",
  ])("but %s is", (text) => {
    expect(withoutData(text)).toBe(text);
  });
});

test.each<[string, string]>([
  ["letters", "a"],
  ["words", "word "],
  ["lines of letters", `${"Ab1".repeat(20)}\n`],
])("megabytes of %s are looked through in time by their length", async (_name, piece) => {
  const text = piece.repeat(4_000_000 / piece.length);
  const { result } = await countTurns(() => readRecord({ ...DIABETES, note: [{ text }] }));
  expect(result.entries.length).toBeGreaterThan(0);
});

describe("RTF", () => {
  test.each<[string, string]>([
    ["{\\rtf1\\ansi Frau M\\'fcller\\par hat Asthma\\par}", "Frau Müller\nhat Asthma\n"],
    ["{\\rtf1\\ansi\\uc1 M\\u252?ller \\u-3913?}", "Müller \uf0b7"],
    ["{\\rtf1\\ansi\\uc2 \\u26085\\'93\\'fa x}", "日 x"],
    ["{\\rtf1\\ansicpg1251 \\'cf\\'e0\\'f6\\'e8\\'e5\\'ed\\'f2}", "Пациент"],
    [
      "{\\rtf1\\ansi{\\fonttbl{\\f0\\fcharset0 Arial;}{\\f1\\fcharset128 Mincho;}}\\f1 \\'8e\\'52\\'93\\'63\\f0  caf\\'e9}",
      "山田 café",
    ],
    ["{\\rtf1{\\*\\generator Word}{\\info{\\author Dr Who}}{\\pict 89504e47}Text}", "Text"],
    ["{\\rtf1\\trowd Na\\cell 138\\cell\\row K\\cell 4\\cell\\row}", "Na | 138\nK | 4\n"],
    ["{\\rtf1 No {\\deleted known }{\\v hidden }allergy\\~now}", "No allergy\u00a0now"],
    ["{\\rtf1 a\\{b\\}c\\\\ \\emdash d\\bin3 {{{e}", "a{b}c\\ \u2014de"],
    ["}}{\\rtf1 odd", "odd"],
  ])("%s", (source, expected) => {
    expect(inOneGo(rtfSteps(Buffer.from(source, "latin1")))).toBe(expected);
  });
});

describe("markup", () => {
  test.each<[string, string]>([
    ["<table><tr><th>a</th><td><p>b</p></td></tr><tr><td>c</td><td>d</td></tr></table>", "a | b;\nc | d"],
    ["<p>M&uuml;ller &ge; 5&nbsp;&micro;g</p><p>b</p>", "Müller ≥ 5 µg\n\nb"],
    ["<ul><li>a</li><li>b<br/>c</li></ul>", "a;\nb\nc"],
    ["<b>5</b><sup>2</sup> x", "5^2 x"],
    ["5 x 10<sup>9</sup>/L, 10<sup>-3</sup>, 1<sup>st</sup>", "5 x 10^9/L, 10^-3, 1st"],
    ["<p>On <del>penicillin</del> <ins>aspirin</ins></p>", "On (struck out: penicillin) aspirin"],
    ["Regards<br>Dr Smith", "Regards\nDr Smith"],
    ["<pre>a\n  b</pre>", "a\n  b"],
  ])("%s", (source, expected) => {
    expect(inOneGo(markupSteps(source))).toBe(expected);
  });
});

test("a record that is a text in RTF is told as its words, without whom it is about", async () => {
  const rtf =
    "{\\rtf1\\ansi\\ansicpg1252 Dear Dr. M\\'fcller,\\par the patient has {\\b no} known allergies.\\par Fi\\u232?vre 39 \u2103\\par}";
  const { entries } = await readRecord(rtf);
  const told = entries.map(({ text }) => text).join("\n");
  expect(told).toMatch(/has no known allergies/);
  expect(told).toMatch(/Fièvre 39 ℃/);
  expect(told).not.toMatch(/Müller|\\/);
  await expect(readRecord("{\\rtf1\\ansi {\\pict 00ff}}")).rejects.toMatchObject({ code: "bad_option" });
});
