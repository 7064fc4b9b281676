import { describe, expect, it } from "vitest";
import { decodeText } from "../../../src/dicom/file/identity.js";
import { readDicom } from "../../../src/dicom/index.js";
import { locateFixture } from "./support/paths.js";

const NAMES: readonly (readonly [file: string, name: string])[] = [
  ["chrArab", "قباني^لنزار"],
  ["chrFren", "Buc^Jérôme"],
  ["chrGerm", "Äneas^Rüdiger"],
  ["chrGreek", "Διονυσιος"],
  ["chrH31", "Yamada^Tarou=山田^太郎=やまだ^たろう"],
  ["chrH32", "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう"],
  ["chrHbrw", "שרון^דבורה"],
  ["chrRuss", "Люкceмбypг"],
  ["chrX1", "Wang^XiaoDong=王^小東="],
  ["chrX2", "Wang^XiaoDong=王^小东="],
];

describe("character sets", () => {
  it.each(NAMES)("%s", async (file, name) => {
    const { identity } = await readDicom(locateFixture(`fixtures/pydicom/charset/${file}.dcm`), {
      identity: true,
    });
    expect(identity?.patientName).toBe(name);
  });

  it("of Japanese without its second value, and with JIS X 0212", () => {
    // PS3.5 H.3.2's name, and U+4E02, the first kanji of JIS X 0212.
    const half = Uint8Array.of(0xd4, 0xcf, 0xc0, 0xde, 0x5e, 0xc0, 0xdb, 0xb3);
    for (const sets of ["ISO_IR 13", "\\ISO 2022 IR 13", "ISO_IR 13\\ISO 2022 IR 87"])
      expect(decodeText(half, sets.split("\\"))).toBe("ﾔﾏﾀﾞ^ﾀﾛｳ");
    const kanji = Buffer.concat([half, Buffer.from("=\x1b$(D\x30\x21\x1b(J^\x1b$B;3ED\x1b(J", "latin1")]);
    expect(decodeText(kanji, ["ISO 2022 IR 13", "ISO 2022 IR 87", "ISO 2022 IR 159"])).toBe(
      "ﾔﾏﾀﾞ^ﾀﾛｳ=丂^山田",
    );
  });

  // The last bytes of each set by ISO 8859's parts, and ISO_IR 203 (part 15), which PS3.3 has since 2021.
  it.each([
    ["ISO_IR 100", "\u00a4\u00ff"],
    ["ISO_IR 101", "\u00a4\u02d9"],
    ["ISO_IR 109", "\u00a4\u02d9"],
    ["ISO_IR 110", "\u00a4\u02d9"],
    ["ISO_IR 144", "\u0404\u045f"],
    ["ISO_IR 148", "\u00a4\u00ff"],
    ["ISO_IR 203", "\u20ac\u00ff"],
    ["ISO 2022 IR 203", "\u20ac\u00ff"],
    ["ISO-IR 203", "\u20ac\u00ff"],
  ])("%s alone", (set, text) => {
    expect(decodeText(Uint8Array.of(0x41, 0xa4, 0xff), [set])).toBe(`A${text}`);
  });

  it.each<[name: string, sets: string[], bytes: string, text: string]>([
    ["Latin 9 called in ASCII", ["", "ISO 2022 IR 203"], "x \x1b-b\xa4", "x \u20ac"],
    ["Cyrillic in Latin 1", ["ISO 2022 IR 100", "ISO 2022 IR 144"], "J\xe9r \x1b-L\xbb\xee\xda", "Jér Люк"],
    ["Latin 1 again after the delimiter", ["ISO 2022 IR 100", "ISO 2022 IR 144"], "\x1b-L\xbb^\xe9", "Л^é"],
    ["Korean", ["", "ISO 2022 IR 149"], "Hong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7", "Hong=洪^吉洞"],
    [
      "Korean whose writer forgot to call it",
      ["", "ISO 2022 IR 149"],
      "Hong=\xfb\xf3^\xd1\xce",
      "Hong=洪^吉",
    ],
    ["simplified Chinese", ["", "ISO 2022 IR 58"], "Zhang=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1", "Zhang=张^小"],
    ["kanji, whose bytes may look like delimiters", ["", "ISO 2022 IR 87"], "\x1b$B0^\x1b(B^x", "緯^x"],
    ["GBK", ["GBK"], "\xcd\xf5^\xd0\xa1", "王^小"],
    ["an escape sequence that nobody knows", ["ISO_IR 100"], "a\x1b%Zb\xe9\x1b", "abé"],
  ])("%s", (_name, sets, bytes, text) => {
    expect(decodeText(Buffer.from(bytes, "latin1"), sets)).toBe(text);
  });

  it("that are undeclared, unknown or only ASCII are read as UTF-8 where they are that, else as Latin-1", () => {
    for (const sets of [[], [""], ["ISO_IR 6"], ["ISO_IR 999"]]) {
      expect(decodeText(Buffer.from("plain"), sets)).toBe("plain");
      expect(decodeText(Buffer.from("café", "utf8"), sets)).toBe("café");
      expect(decodeText(Buffer.from("café", "latin1"), sets)).toBe("café");
    }
    expect(decodeText(Buffer.from("café", "utf8"), ["ISO_IR 192"])).toBe("café");
  });
});
