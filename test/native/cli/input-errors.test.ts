import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { cutFile, writeBomb } from "./broken-files.js";
import { chest, expectFailure, medgemma, temporaryFolder } from "./support.js";

const folder = temporaryFolder();
const inFolder = (name: string) => path.join(folder, name);
const QUESTION = "Is there a pleural effusion?";

test("a picture that does not exist", async () => {
  const outcome = await medgemma(["ask", chest, inFolder("none.png"), QUESTION]);
  expectFailure(outcome, "file_not_found", 5, /none\.png/);
  expect(outcome.stderr).not.toContain(folder);
});

test("a picture that is none", async () => {
  const file = inFolder("letter.png");
  writeFileSync(file, "Dear colleague");
  expectFailure(await medgemma(["ask", file, QUESTION]), "image_unreadable", 5, /./);
});

test("a picture that is cut off", async () => {
  const file = cutFile(chest, inFolder("cut.png"), 20_000);
  expectFailure(await medgemma(["ask", file, QUESTION]), "image_unreadable", 5, /./);
});

test("a picture that would take gigabytes", async () => {
  const outcome = await medgemma(["ask", writeBomb(inFolder("bomb.png"), 60_000), QUESTION]);
  expectFailure(outcome, "image_too_large", 5, /60000x60000/);
});

test("a folder as a picture", async () => {
  mkdirSync(inFolder("series"));
  const { code, stderr } = await medgemma(["ask", inFolder("series"), QUESTION]);
  expect(code).toBe(5);
  expect(stderr).toMatch(/^medgemma: /);
});

test("a place that nothing can be written to is told before the work", async () => {
  const nowhere = inFolder("none/boxes.svg");
  const places = [
    ["locate", "--target", "nodule", "--draw", nowhere, chest],
    ["locate", "--target", "nodule", "--draw", nowhere, chest, "--model", inFolder("never-read.gguf")],
    ["demo", "--out", folder],
    ["demo", "--out", nowhere],
  ];
  for (const words of places)
    expectFailure(await medgemma(words), "bad_option", 2, /cannot be written: (?:it is a folder|its folder)/);
});

test("doctor refuses a wrong number without a model too", async () => {
  for (const flags of [
    ["--parallel", "0"],
    ["--context-size", "many"],
    ["--parallel", "0", "--model", "x.gguf"],
  ])
    expectFailure(await medgemma(["doctor", ...flags]), "bad_option", 2, /parallel|context/);
});

test("more words than the context holds", async () => {
  const long = "There is a nodule in the right lower zone. ".repeat(60);
  const outcome = await medgemma(["ask", "--json", "--context-size", "256", long]);
  const { error } = JSON.parse(outcome.stdout);
  expect(error.facts.required).toBeGreaterThan(256);
  expect(error.facts.available).toBe(256);
  expectFailure({ ...outcome, stdout: "" }, "context_full", 6, /\d+ tokens.*256/);
});

test.each([
  [["--temprature", "1"], /--temperature/],
  [["--max-token", "1"], /--max-tokens/],
  [["--temperature", "hot"], /number for --temperature/],
  [["--temperature", "11"], /from 0 to 10/],
  [["--top-k", "1.5"], /whole number/],
  [["--top-p", "2"], /from 0 to 1/],
  [["--seed", "-1"], /from 0/],
  [["--max-tokens", "0"], /from 1/],
  [["--context-size", "1"], /from 256/],
  [["--threads", "0"], /from 1/],
  [["--stop", ""], /1 to 1000 characters/],
  [["--mmproj", "x.gguf"], /model/],
])("a bad option: %j", async (words, message) => {
  expectFailure(await medgemma(["ask", ...words, QUESTION]), "bad_option", 2, message);
});

test("a wrong command", async () => {
  expectFailure(await medgemma(["aks", QUESTION]), "bad_option", 2, /Did you mean ask/);
});

test("no question", async () => {
  expectFailure(await medgemma(["ask"]), "bad_option", 2, /argument .question/);
  expectFailure(await medgemma(["ask", chest]), "bad_option", 2, /question is missing/);
  expectFailure(await medgemma(["ask", "  "]), "bad_option", 2, /question/);
});

test("a page that cannot be written", async () => {
  const outcome = await medgemma(["demo", "--json", "--out", path.join(folder, "no", "page.html")]);
  expectFailure({ ...outcome, stdout: "" }, "bad_option", 2, /page\.html/);
});
