import { expect, test } from "vitest";
import { fileLabel, printable, withoutFolders } from "../../../../src/base/files/name.js";

test.each([
  ["/data/Müller, Anna/chest.png", "chest.png"],
  ["a\u001b[2J\u0007\n\u009b1mb.png", "a\\x1b[2J\\x07\\x0a\\x9b1mb.png"],
  ["photo\u202egnp.exe", "photo\\u202egnp.exe"],
  ["x".repeat(200), `${"x".repeat(40)}…${"x".repeat(40)}`],
  ["x".repeat(300), "a text too long for a file's name"],
  ["QUJD/".repeat(1e6), "a text too long for a file's name"],
])("%j is called", (file, label) => {
  expect(fileLabel(file)).toBe(label);
});

test("what is said on a terminal keeps its lines, and steers nothing", () => {
  expect(printable("a\u001b]0;x\u0007b\r\n\tc\rd\u009b1me\u0000")).toBe(
    "a\\x1b]0;x\\x07b\n\tc\\x0dd\\x9b1me\\x00",
  );
  expect(printable("Größe 日本 😀")).toBe("Größe 日本 😀");
});

test.each([
  ["failed to open '/data/Müller, Anna/a.gguf': no such file", "failed to open 'a.gguf': no such file"],
  ['file "C:\\\\Müller Anna\\\\a.gguf" is damaged', 'file "a.gguf" is damaged'],
  ["Input file is missing: /data/Müller Anna/none.png", "Input file is missing: none.png"],
  ["/opt/app/build/medgemma.node: undefined symbol: x", "medgemma.node: undefined symbol: x"],
  [
    "see https://example.org/docs/a of 3/4, N/A or and/or",
    "see https://example.org/docs/a of 3/4, N/A or and/or",
  ],
])("words of another program keep no folder: %s", (words, told) => {
  expect(withoutFolders(words)).toBe(told);
});

test("a file that is known is told from the words around it", () => {
  const words = "held in /usr/bin/node: /data/O'Brien, Eve/a.gguf and more";
  expect(withoutFolders("read /data/O'Brien, Eve/a.gguf and more", ["/data/O'Brien, Eve/a.gguf"])).toBe(
    "read a.gguf and more",
  );
  expect(withoutFolders(words)).not.toContain("O'Brien");
});
