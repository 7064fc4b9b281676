import { describe, expect, test } from "vitest";
import { withFirstLetters } from "../../../../src/fhir/elements/first-letters.js";
import { BIRTH_LABELS, NUMBER_LABELS, PHONE_LABELS, SIGNING } from "../../../../src/fhir/identity/labels.js";

describe("the first letters of a pattern of words", () => {
  test.each([
    ["tel|fax", "(?=[tf])"],
    ["(?:home |work )?phone|電話", "(?=[hwp電])"],
    ["d\\.?o\\.?b\\.?", "(?=[d])"],
    ["n[°º] ?dossier|[éa]b", "(?=[néa])"],
    ["(?:(?:a|b)?c)?d|\\.x", "(?=[abcd\\.])"],
    ["a-b|-c", "(?=[a\\-])"],
  ])("of %s are told", (words, first) => {
    expect(withFirstLetters(words)).toBe(first);
  });

  test.each(["\\p{L}+", "(?:a)?", "a|", "a?", ".b", "(?<=a)b", "[^a]b", "(?:a?)b"])(
    "of %s cannot be told, and nothing is passed over",
    (words) => {
      expect(withFirstLetters(words)).toBe("");
    },
  );

  test.each([
    [
      "BIRTH_LABELS",
      BIRTH_LABELS,
      ["DOB", "geboren am", "Née le", "дата рождения", "生年月日", "تاريخ الميلاد"],
    ],
    ["NUMBER_LABELS", NUMBER_LABELS, ["MRN", "N° dossier", "ſSN", "СНИЛС", "住院号", "등록번호"]],
    ["PHONE_LABELS", PHONE_LABELS, ["work phone", "Tél", "Телефон", "연락처"]],
    ["SIGNING", SIGNING, ["Electronically signed by", "Ärztin:", "gez."]],
  ] as const)("%s are found with it where they are found without", (_name, labels, words) => {
    const plain = new RegExp(`^(?:${labels})`, "iu");
    const quick = new RegExp(`^${withFirstLetters(labels)}(?:${labels})`, "iu");
    for (const word of words) expect([word, quick.test(word)]).toEqual([word, plain.test(word)]);
    expect(quick.test(words[0])).toBe(true);
    expect(withFirstLetters(labels)).not.toBe("");
  });
});
