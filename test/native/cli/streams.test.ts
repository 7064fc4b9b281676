import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { chest, root } from "./support.js";

const folder = mkdtempSync(path.join(os.tmpdir(), "medgemma-streams-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A line of bash in which `medgemma` is the built command. */
function bash(line: string, input?: Uint8Array, cwd = root) {
  const command = `medgemma() { "${process.execPath}" "${root}/dist/cli/main.js" "$@"; }; ${line}`;
  const { status, stdout, stderr } = spawnSync("bash", ["-c", command], { cwd, input, encoding: "utf8" });
  return { status, stdout, stderr };
}
const QUESTION = "'Is there a nodule?'";
const ANSWER = bash(`medgemma ask -q ${chest} ${QUESTION}`).stdout;

describe("what comes by a pipe", () => {
  test("is a picture, from stdin and from another command", () => {
    expect(ANSWER).toMatch(/\w/);
    expect(bash(`medgemma ask -q - ${QUESTION}`, readFileSync(chest)).stdout).toBe(ANSWER);
    expect(bash(`medgemma ask -q - ${QUESTION} < ${chest}`).stdout).toBe(ANSWER);
    expect(bash(`medgemma ask -q <(cat ${chest}) ${QUESTION}`).stdout).toBe(ANSWER);
  });

  test("is a case, a schema and a report", () => {
    const schema = '{"type":"object","properties":{"side":{"enum":["left"]}},"required":["side"]}';
    const line = `medgemma extract -q --schema <(echo '\ufeff${schema}') -`;
    expect(JSON.parse(bash(line, Buffer.from("\ufeffA nodule on the left.")).stdout)).toEqual({
      side: "left",
    });
    const cases = `{"image":"${chest}","question":"Is there a nodule?","truth":"yes"}`;
    expect(bash("medgemma evaluate ask -q --json -", Buffer.from(`\ufeff${cases}`)).stdout).toContain(
      '"count": 1',
    );
  });

  test("is refused when it is nothing, or when questions come there", () => {
    expect(bash(`medgemma ask - ${QUESTION} < /dev/null`)).toMatchObject({
      status: 5,
      stderr: expect.stringContaining("(image_unreadable)"),
    });
    expect(bash("medgemma chat -", Buffer.from("Hello")).stderr).toContain("(bad_option)");
  });

  test("is not taken for text in another encoding", () => {
    const latin1 = Buffer.from("Größe 5 mm", "latin1");
    expect(bash(`medgemma decide - ${QUESTION}`, latin1)).toMatchObject({
      status: 5,
      stderr: expect.stringContaining("(text_unreadable)"),
    });
  });
});

describe("an output that cannot be written", () => {
  test.each([
    "medgemma models > /dev/full",
    `medgemma ask ${chest} ${QUESTION} > /dev/full`,
    `medgemma ask --json ${chest} ${QUESTION} > /dev/full`,
  ])("is told, and no advice on models is given: %s", (line) => {
    const { status, stderr } = bash(line);
    expect(status).toBe(6);
    expect(stderr).toContain("(output_failed)");
    expect(stderr).not.toMatch(/models remove|This is a bug/);
  });

  test("is no error when its reader has seen enough", () => {
    const { status, stderr } = bash("medgemma models | head -1; exit $PIPESTATUS");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });
});

test("a current folder that was deleted is told in words", () => {
  const gone = path.join(folder, "gone");
  mkdirSync(gone);
  const { status, stderr } = bash(`rmdir "${gone}"; medgemma ask ${chest} ${QUESTION}`, undefined, gone);
  expect(status).toBe(5);
  expect(stderr).toContain("The current folder is gone");
  expect(stderr).not.toContain("This is a bug");
});

test("names with escape sequences steer no terminal", () => {
  const name = "a\u001b[2Jb\u0007\u009b1m";
  for (const words of [
    `ask $'${name}.png' hi`,
    `evaluate ask $'${name}'`,
    `$'${name}'`,
    `ask --x$'${name}' hi`,
  ]) {
    const { stdout, stderr } = bash(`medgemma ${words}`);
    expect(stderr).toContain("medgemma: ");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
  }
  writeFileSync(path.join(folder, name), "");
  expect(bash(`medgemma inspect "${folder}"`).stderr).not.toContain("\u001b");
});
