import { describe, expect, test } from "vitest";
import { Identity } from "../../../../src/fhir/identity/identity.js";

function redact(patient: object, text: string): { text: string; kept: string[] } {
  const identity = new Identity();
  for (const _ of identity.learn({ resourceType: "Patient", ...patient }));
  const kept = new Set<string>();
  return { text: identity.redact(text, { kept }), kept: [...kept] };
}
const called = (family: string, given = "Quilla") => ({ name: [{ family, given: [given] }] });

describe("the cases of a Polish name are of the same person", () => {
  test.each<[string, string, string]>([
    ["Kowalski", "Jan", "Kowalskiego Kowalskiemu Kowalskim KOWALSKIEGO Kowalskich"],
    ["Kowalska", "Ewa", "Kowalskiej Kowalską Kowalskiego"],
    ["Nowak", "Piotr", "Nowaka Nowakowi Nowakiem Nowaku Piotra Piotrowi Piotrem"],
    ["Dudek", "Marek", "Dudka Dudkiem Dudkowi Marka Markowi"],
    ["Wójcik", "Paweł", "Wójcika Wójcikiem Pawła Pawłowi"],
  ])("%s %s: %s", (family, given, forms) => {
    for (const form of forms.split(" "))
      expect(redact(called(family, given), `u ${form} wykonano`).text).toBe("u [name] wykonano");
  });
});

describe("a Korean name with what stands after it", () => {
  const whole = { name: [{ text: "김민수" }] };
  const parted = { name: [{ family: "김", given: ["민수"] }] };
  test.each<[object, string, string]>([
    [whole, "김민수는 내원함", "[name] 내원함"],
    [whole, "김민수님께서 호소", "[name] 호소"],
    [parted, "김 민수는 내원함", "[name] 내원함"],
    [parted, "민수씨 내원함", "[name] 내원함"],
  ])("%j: %s", (patient, text, expected) => {
    expect(redact(patient, text).text).toBe(expected);
  });
  test("a given name of two syllables is a word, too: it stays and is told of", () => {
    expect(redact(parted, "민수가 호소")).toEqual({ text: "민수가 호소", kept: ["민수"] });
  });
});

describe("a colleague who is spoken to by name", () => {
  test.each<[string, string]>([
    ["Sehr geehrte Frau Kollegin Braun,", "Sehr geehrte [name],"],
    ["Sehr geehrter Herr Kollege Weber,", "Sehr geehrter [name],"],
    ["Sehr geehrte Kollegin Braun,", "Sehr geehrte [name],"],
    ["Herrn Kollegen Braun wurde berichtet.", "Herrn Kollegen [name] wurde berichtet."],
    ["Estimada colega García:", "Estimada [name]:"],
    ["Cher confrère Dubois,", "Cher [name],"],
    ["Sehr geehrte Frau Kollegin,", "Sehr geehrte Frau Kollegin,"],
    ["Sehr geehrte Kolleginnen und Kollegen,", "Sehr geehrte Kolleginnen und Kollegen,"],
  ])("%s", (text, expected) => {
    expect(redact(called("Quillabella"), text).text).toBe(expected);
  });
});

describe("what is called as somebody is keeps its name, and that is told", () => {
  test.each<[object, string]>([
    [called("Koch"), "Koch bacillus found"],
    [called("Koch"), "bacille de Koch"],
    [called("Koch"), "Koch-Bazillus"],
    [called("Meckel"), "Meckel's diverticulum"],
    [called("Ebola"), "Ebola contact in May"],
    [{ address: [{ city: "Ebola" }] }, "Ebola exposure"],
    [{ address: [{ city: "Marburg" }] }, "Marburg vaccine"],
  ])("%j: %s", (patient, text) => {
    const found = redact(patient, text);
    expect(found.text).toBe(text);
    expect(found.kept).toHaveLength(1);
  });
  test.each<[object, string, string]>([
    [called("Koch"), "Koch was seen", "[name] was seen"],
    [called("Ebola"), "Mr Ebola was seen", "Mr [name] was seen"],
    [called("Foxglove"), "Foxglove contact: sister", "[name] contact: sister"],
    [{ address: [{ city: "Ebola" }] }, "lives in Ebola", "lives in [place]"],
  ])("%j: %s", (patient, text, expected) => {
    expect(redact(patient, text).text).toBe(expected);
  });
});

describe("a number of a history", () => {
  test.each(["NHC 12345", "NHC: 12345", "nhc 1234", "N.H.C. 54321", "NHC-12345"])("%s", (text) => {
    expect(redact(called("Foxglove"), text).text).toMatch(/^N\.?H\.?C\.?[ :-]+\[number\]$/i);
  });
});
