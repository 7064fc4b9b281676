import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { MedGemmaError } from "../../../../src/base/errors.js";
import { decodeText } from "../../../../src/base/files/decode-text.js";
import { readJsonFile, readTextFile } from "../../../../src/base/files/read-text.js";
import { readCases } from "../../../../src/dataset/evaluate.js";
import { readTuneCases } from "../../../../src/dataset/tune.js";
import { readCalibration } from "../../../../src/medgemma/tasks/classify/calibration.js";
import { rejection } from "../../../support/ask.js";

const folder = mkdtempSync(path.join(os.tmpdir(), "medgemma-text-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const WORDS = "Größe: 5 mm, naïve\nβ-Blocker 日本 😀\n";
const swapped = (text: string) => Buffer.from(text, "utf16le").swap16();
const error = (bytes: Uint8Array) => {
  try {
    return decodeText(bytes, "a.txt");
  } catch (caught) {
    return caught;
  }
};

describe("text is read", () => {
  test.each([
    ["UTF-8", Buffer.from(WORDS)],
    ["UTF-8 with a mark", Buffer.from(`\ufeff${WORDS}`)],
    ["UTF-16, little end first", Buffer.from(`\ufeff${WORDS}`, "utf16le")],
    ["UTF-16, big end first", swapped(`\ufeff${WORDS}`)],
  ])("as %s", (_name, bytes) => {
    expect(decodeText(bytes, "a.txt")).toBe(WORDS);
  });

  test("as the encoding that XML declares", () => {
    const xml = '<?xml version="1.0" encoding="ISO-8859-1"?><text>Größe</text>';
    expect(decodeText(Buffer.from(xml, "latin1"), "a.xml")).toBe(xml);
  });

  test("with a replacement character that stands in it", () => {
    expect(decodeText(Buffer.from("a\ufffdb"), "a.txt")).toBe("a\ufffdb");
  });

  test("when it is empty", () => expect(decodeText(Buffer.alloc(0), "a.txt")).toBe(""));
});

describe("text is refused", () => {
  test.each([
    ["Latin-1", Buffer.from("ok\nnaïve\n", "latin1"), "not_utf8", 2, "ISO-8859-1"],
    ["Latin-1, a letter last", Buffer.from("café", "latin1"), "not_utf8", 1, "ISO-8859-1"],
    ["Windows-1252", Buffer.from([0x61, 0x0a, 0x0a, 0x93, 0xfc, 0x94]), "not_utf8", 3, "WINDOWS-1252"],
    ["Shift JIS", Buffer.from([0x93, 0xfa, 0x96, 0x7b]), "not_utf8", 1, "UTF-8"],
    ["after a replacement character", Buffer.from([0xef, 0xbf, 0xbd, 0x0a, 0xfc]), "not_utf8", 2, "iconv"],
    ["cut off in a character", Buffer.from("ü\nü").subarray(0, 4), "cut_off", 2, "again"],
  ])("in %s, with the line", (_name, bytes, reason, line, remedy) => {
    expect(error(bytes)).toMatchObject({
      code: "text_unreadable",
      facts: { file: "a.txt", reason, line },
      remedy: expect.stringContaining(remedy),
    });
  });

  test.each([
    ["UTF-16 without a mark", Buffer.from("Some words of a report", "utf16le"), "encoding", "UTF-16LE"],
    ["the same, big end first", swapped("Some words of a report"), "encoding", "UTF-16BE"],
    ["UTF-32", Buffer.from([0xff, 0xfe, 0, 0, 0x41, 0, 0, 0]), "encoding", "UTF-32"],
    ["a picture", Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 13, 0xff]), "binary", "text"],
    ["a broken UTF-16", Buffer.from([0xff, 0xfe, 0x00, 0xd8, 0x41]), "damaged", "UTF-8"],
  ])("as %s", (_name, bytes, reason, remedy) => {
    expect(error(bytes)).toMatchObject({
      code: "text_unreadable",
      facts: { reason },
      remedy: expect.stringContaining(remedy),
    });
  });

  test("that is a named pipe, a folder or a device, at once and without its folder", async () => {
    const pipe = path.join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    for (const file of [pipe, folder, "/dev/zero", path.join(folder, "none.txt")]) {
      const refused = await rejection(readTextFile(file));
      expect(refused.code).toBe("file_not_found");
      expect(refused.message).not.toContain(path.dirname(file) === "/dev" ? "/dev" : os.tmpdir());
    }
  });
});

test("each reader of text files takes a byte order mark, and none takes Latin-1", async () => {
  const json = '{"truth":"nodule","image":"ü.png","question":"Größe?"}';
  const calibration = '{"schema":"medgemma.calibration","version":1,"method":"temperature","temperature":2}';
  const readers: Record<string, readonly [string, (file: string) => Promise<unknown>]> = {
    "cases.jsonl": [`${json}\r\n${json}`, readCases],
    "tune.jsonl": [`${json}\n`, readTuneCases],
    "tune.csv": ["image,label,question\nü.png,nodule,Größe?\n", readTuneCases],
    "calibration.json": [calibration.replace('"version"', '"note":"ü","version"'), readCalibration],
  };
  for (const [name, [text, read]] of Object.entries(readers)) {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    const plain = await read(file);
    for (const marked of [Buffer.from(`\ufeff${text}`), Buffer.from(`\ufeff${text}`, "utf16le")]) {
      writeFileSync(file, marked);
      expect(await read(file), name).toEqual(plain);
    }
    writeFileSync(file, text, "latin1");
    expect((await rejection(read(file))).code, name).toBe("text_unreadable");
  }
});

test("JSON that breaks is told by its line, without a word of it", async () => {
  const file = path.join(folder, "broken.json");
  const broken = (words: string) => new MedGemmaError("bad_option", words);
  writeFileSync(file, '{"a": "SECRET",\nb}');
  const told = await rejection(readJsonFile(file, broken));
  expect(told.message).toBe("broken.json is no JSON (line 2)");
  writeFileSync(file, "<!DOCTYPE html><html>");
  expect((await rejection(readJsonFile(file, broken))).message).toContain("a web page");
});
