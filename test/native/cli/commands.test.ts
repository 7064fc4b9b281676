import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { MedGemma } from "../../../src/medgemma/medgemma.js";
import {
  chest,
  expectFailure,
  expectNoStack,
  medgemma,
  NOTICE,
  phantom,
  phantomProjector,
  root,
  temporaryFolder,
} from "./support.js";

const folder = temporaryFolder();

test("help, version, and no words at all", async () => {
  const bare = await medgemma([]);
  expect(bare).toMatchObject({ code: 0, stderr: "" });
  expect(bare.stdout).toContain("Exit codes:");
  const help = await medgemma(["ask", "--help"]);
  expect(help).toMatchObject({ code: 0, stderr: "" });
  expect(help.stdout).toContain("Examples:");
  const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  expect(await medgemma(["--version"])).toMatchObject({ code: 0, stdout: `${version}\n` });
});

test("chat through a pipe: each line is a question, and turns are remembered", async () => {
  const input = `/help\nIs there a pleural effusion?\n\nWhat is the impression?\n/nonsense\n/reset\n/exit\nIgnored\n`;
  const outcome = await medgemma(["chat", "--quiet", chest], { input });
  expect(outcome).toMatchObject({ code: 0, stdout: "No.\nRight lower zone nodule.\n" });
  expect(outcome.stderr.split(NOTICE)).toHaveLength(3);
  expect(outcome.stderr).toMatch(/no command \/nonsense[\s\S]*Forgotten/);
});

test("chat takes pictures in between, and --json is a document a line", async () => {
  const input = `/image ${chest}\nIs there nodule in this image? Answer with yes or no.`;
  const outcome = await medgemma(["chat", "--json"], { input });
  const lines = outcome.stdout.trimEnd().split("\n");
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ text: "Yes.", usage: { imageTokens: 16 } });
});

test("chat in a script ends at the first error", async () => {
  const outcome = await medgemma(["chat"], { input: "/image none.png\nWhat is the impression?\n" });
  expectFailure(outcome, "file_not_found", 5, /none\.png/);
});

test("doctor finds the embedded model as its reference computed it", async () => {
  const outcome = await medgemma(["doctor"]);
  expect(outcome.stdout).not.toContain("FAILED");
  expect(outcome.stdout).toMatch(
    /CPU features[\s\S]*embedded model +ok[\s\S]*tokens equal[\s\S]*All is well/,
  );
  expect(outcome.code).toBe(0);
});

test("doctor --json", async () => {
  const { code, stdout } = await medgemma(["doctor", "--json"]);
  const { ok, facts, checks } = JSON.parse(stdout);
  expect([code, ok]).toEqual([0, true]);
  expect(facts.map((fact: { name: string }) => fact.name)).toEqual(
    expect.arrayContaining(["memory", "llama.cpp"]),
  );
  expect(checks.length).toBeGreaterThanOrEqual(9);
});

test("doctor --model tells where the model would be put, as info does when it is loaded", async () => {
  const words = ["doctor", "--model", phantom, "--mmproj", phantomProjector];
  const { placement, plan } = JSON.parse((await medgemma([...words, "--json"])).stdout);
  await using model = await MedGemma.load({ model: phantom, projector: phantomProjector });
  expect(placement).toEqual(model.info.placement);
  expect(plan.threads).toBe(model.info.threads);
  const { code, stdout } = await medgemma(words);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^placement +(?:all on the CPU|\d+ of 7 layers on )/m);
});

test("doctor says what is wrong, and fails", async () => {
  const outcome = await medgemma(["doctor"], { env: { MEDGEMMA_ADDON: path.join(folder, "none.node") } });
  expect(outcome.code).toBe(1);
  expect(outcome.stdout).toMatch(
    /addon +FAILED[\s\S]*npm (rebuild|run build:native)[\s\S]*1 of 2 checks FAILED/,
  );
  expectNoStack(outcome);
});

test("demo prints answers and writes one self-contained page", async () => {
  const outcome = await medgemma(["demo"], { cwd: folder });
  expect(outcome.code).toBe(0);
  expect(outcome.stdout).toMatch(
    /test object[\s\S]*FINDINGS: [\s\S]*IMPRESSION: [\s\S]*medgemma pull medgemma-1\.5-4b-it/,
  );
  expect(outcome.stderr).toContain(NOTICE);
  expect(readdirSync(folder)).toEqual(["demo.html"]);
  const page = readFileSync(path.join(folder, "demo.html"), "utf8");
  expect(page).toContain(NOTICE);
  expect(page.match(/<article/g)).toHaveLength(6);
  expect(page.match(/<rect/g)?.length).toBeGreaterThanOrEqual(4);
  expect(page).not.toMatch(/<script|(?:src|href)="(?!data:)/);
});
