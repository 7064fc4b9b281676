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

  it("that the decoder fails on fall back to Latin-1 instead of failing the file", async () => {
    const { identity } = await readDicom(locateFixture("fixtures/pydicom/charset/chrH32.dcm"), {
      identity: true,
    });
    expect(typeof identity?.patientName).toBe("string");
    expect(decodeText(Buffer.from("plain"), "ISO_IR 999", "LO")).toBe("plain");
    expect(decodeText(Buffer.from("café", "utf8"), "ISO_IR 192", "LO")).toBe("café");
  });
});
