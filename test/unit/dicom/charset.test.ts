import { describe, expect, it } from "vitest";
import { readDicom } from "../../../src/dicom/index.js";
import { decodeText } from "../../../src/dicom/text.js";
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
      expect(decodeText(half, sets, "PN")).toBe("ﾔﾏﾀﾞ^ﾀﾛｳ");
    const kanji = Buffer.concat([half, Buffer.from("=\x1b$(D\x30\x21\x1b(J^\x1b$B;3ED\x1b(J", "latin1")]);
    expect(decodeText(kanji, "ISO 2022 IR 13\\ISO 2022 IR 87\\ISO 2022 IR 159", "PN")).toBe(
      "ﾔﾏﾀﾞ^ﾀﾛｳ=丂^山田",
    );
  });

  it("that the decoder does not know fall back to Latin-1 instead of failing the file", () => {
    expect(decodeText(Buffer.from("plain"), "ISO_IR 999", "LO")).toBe("plain");
    expect(decodeText(Buffer.from("café", "utf8"), "ISO_IR 192", "LO")).toBe("café");
  });
});
