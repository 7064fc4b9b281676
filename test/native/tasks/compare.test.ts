import { afterAll, beforeAll, expect, test } from "vitest";
import { MedGemma } from "../../../src/index.js";
import { rejection } from "../../support/ask.js";
import { type Case, cases, JUNK, shareOf } from "../../support/cases.js";
import { goldens, picturePath } from "../../support/phantom.js";

let model: MedGemma;
beforeAll(async () => {
  model = await MedGemma.load({ isolation: "none", threads: 1 });
});
afterAll(() => model.dispose());

const effusion = ({ present }: Case) => present["pleural effusion"];
const heart = ({ present }: Case) => present.cardiomegaly;

/** What an answer of the phantom says about one of two things. */
function said(text: string, name: RegExp): "new" | "gone" | "same" {
  const clause = text.split(/[.;]/).find((part) => name.test(part) && !/no change/i.test(part)) ?? "";
  if (/new|larger|increase|enlarged|appeared|worse/i.test(clause)) return "new";
  return /resol|gone|smaller|decrease|no longer|normal|improve/i.test(clause) ? "gone" : "same";
}

function change(before: boolean, after: boolean): "new" | "gone" | "same" {
  return before === after ? "same" : after ? "new" : "gone";
}

test("changes of effusion and heart size are told in four of five pairs", async () => {
  const right: boolean[] = [];
  for (const [index, prior] of cases.entries()) {
    const current = cases[(index + 1) % cases.length] as Case;
    const { text } = await model.compare(prior.path, current.path);
    const effusions = said(text, /effusion/i) === change(effusion(prior), effusion(current));
    const hearts = said(text, /cardiomegaly|heart/i) === change(heart(prior), heart(current));
    right.push(effusions, hearts);
  }
  expect(shareOf(right)).toBeGreaterThanOrEqual(0.8);
});

test("answers are the reference's", async () => {
  const golden = goldens.filter(({ kind }) => kind === "compare");
  for (const { images, answer } of golden) {
    const [prior = "", current = ""] = images.map(picturePath);
    expect((await model.compare(prior, current)).text).toBe(answer);
  }
});

test("each picture is encoded once, in whatever order it comes", async () => {
  await using fresh = await MedGemma.load({ isolation: "none", threads: 1 });
  const [a, b] = cases as [Case, Case];
  await fresh.compare(a.path, b.path);
  await fresh.compare(b.path, a.path);
  await fresh.report(a.path);
  await fresh.locate(a.path, "lesions");
  expect((await fresh.stats()).images.encoded).toBe(2);
});

test("a picture that is none of a chest is answered all the same", async () => {
  const result = await model.compare(JUNK[0] ?? "", cases[0]?.path ?? "");
  expect(result.text).not.toBe("");
});

test("it takes one picture each", async () => {
  const path = cases[0]?.path ?? "";
  expect((await rejection(model.compare(path, undefined as unknown as string))).code).toBe("bad_option");
  expect((await rejection(model.compare([path, path] as unknown as string, path))).code).toBe("bad_option");
  expect((await rejection(model.compare(path, path, { signal: AbortSignal.abort() }))).code).toBe("aborted");
});
