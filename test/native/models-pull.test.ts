import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { answer, ranges, sha256, slowly, startHub } from "../unit/models/hub.js";
import {
  expectFailure,
  expectNoStack,
  medgemma,
  type Outcome,
  root,
  temporaryFolder,
} from "./cli/support.js";
import { at, BODIES, inFolder, MODEL, PROJECTOR, phantomHub } from "./models-support.js";

const folder = temporaryFolder();
const hub = await startHub();
const FILES = [MODEL, PROJECTOR] as const;
const PULL = ["pull", "--accept-license", "drawn-chests"];

/** A file of the final name is the right file, always. */
function expectNothingBad(models: string): void {
  for (const file of FILES) {
    const target = inFolder(models, file);
    if (existsSync(target)) expect(sha256(readFileSync(target))).toBe(sha256(BODIES[file]));
  }
}

function expectWhole(models: string): void {
  for (const file of FILES) expect(existsSync(inFolder(models, file))).toBe(true);
  expectNothingBad(models);
}

test("killed at random moments ten times, it ends with the right files and never shows a bad one", async () => {
  const models = path.join(folder, "killed");
  const env = phantomHub(hub, models);
  for (const file of FILES) hub.script(at(file), slowly(50_000, 20));
  hub.requests.length = 0;
  for (let round = 0; round < 10; round++) {
    const seen = hub.requests.length;
    const child = spawn(process.execPath, [path.join(root, "dist/cli/main.js"), ...PULL], {
      env: { ...process.env, ...env },
      stdio: "ignore",
    });
    let over = false;
    const ended = once(child, "close").then(() => {
      over = true;
    });
    // Sometimes before the first request, mostly in the middle of the files.
    const wait = round % 3 === 0 ? 1 : 2;
    while (!over && hub.requests.length < seen + wait) await pause(5);
    await pause(Math.random() * 150);
    child.kill("SIGKILL");
    await ended;
    expectNothingBad(models);
  }
  for (const file of FILES) hub.script(at(file), ranges);
  const last = await medgemma(PULL, { env });
  expect(last.code).toBe(0);
  expectWhole(models);
  const continued = hub.requests.filter(({ headers }) => headers.range !== undefined);
  expect(continued.length).toBeGreaterThan(5);
});

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

test("two commands at once share one download", async () => {
  const models = path.join(folder, "two");
  const env = phantomHub(hub, models);
  for (const file of FILES) hub.script(at(file), slowly(400_000, 20));
  hub.requests.length = 0;
  const both = await Promise.all([medgemma(PULL, { env }), medgemma(PULL, { env })]);
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  expectWhole(models);
  expect(hub.requests.length).toBe(2);
});

test("Ctrl-C ends with 130 and the next run continues", async () => {
  const models = path.join(folder, "stopped");
  const env = phantomHub(hub, models);
  for (const file of FILES) hub.script(at(file), slowly(50_000, 20));
  hub.requests.length = 0;
  const child = spawn(process.execPath, [path.join(root, "dist/cli/main.js"), ...PULL], {
    env: { ...process.env, ...env },
  });
  let stderr = "";
  let stopped = false;
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    // Once: the second Ctrl-C would end it without a word.
    if (!stopped && /\d %/.test(stderr)) stopped = child.kill("SIGINT");
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  expect(code).toBe(130);
  expect(stderr).toContain("Stopped by Ctrl-C.");
  expectNoStack({ code: 130, signal: null, stdout: "", stderr });
  for (const file of FILES) hub.script(at(file), ranges);
  hub.requests.length = 0;
  expect((await medgemma(PULL, { env })).code).toBe(0);
  expect(hub.requests.some(({ headers }) => headers.range !== undefined)).toBe(true);
  expectWhole(models);
});

test("pull, list, verify and remove, for people and as JSON", async () => {
  const models = path.join(folder, "managed");
  const env = phantomHub(hub, models);
  for (const file of FILES) hub.script(at(file), ranges);
  const run = (...words: string[]) => medgemma(words, { env });
  const json = async (outcome: Promise<Outcome>) => JSON.parse((await outcome).stdout);

  expect((await run("models")).stdout).toMatch(/^drawn-chests .*The phantom, from a hub$/m);
  expect((await run("models", "verify")).stderr).toContain("nothing to verify");
  const pulled = await json(run("pull", "--accept-license", "--json", "drawn-chests"));
  expect(pulled).toMatchObject({ name: "drawn-chests", model: inFolder(models, MODEL), downloaded: true });
  expect((await run("models", "list")).stdout).toMatch(/^drawn-chests .* here /m);
  expect((await json(run("models", "--json"))).models).toMatchObject([
    { name: "drawn-chests", state: "here" },
  ]);
  const { files } = await json(run("models", "verify", "--json"));
  expect(files.map(({ outcome }: { outcome: string }) => outcome)).toEqual(["verified", "verified"]);
  expect((await run("models", "remove", "drawn-chests")).stdout).toBe(
    `removed  ${MODEL}\nremoved  ${PROJECTOR}\n`,
  );
  expect((await run("models", "remove", "drawn-chests")).stderr).toContain("nothing to remove");
});

test("failures are told in three lines", async () => {
  const env = phantomHub(hub, path.join(folder, "failing"));
  const last = (outcome: Outcome): Outcome => outcome;
  expectFailure(await medgemma(["pull", "drawn-chets"], { env }), "model_unknown", 4, /drawn-chests\?/);
  hub.script(at(MODEL), answer(401));
  expectFailure(last(await medgemma([...PULL, "-q"], { env })), "access_denied", 4, /HTTP 401/);
  hub.script(at(MODEL), ranges);
  const broken = { ...env, MEDGEMMA_CATALOGUE: path.join(root, "package.json") };
  expectFailure(await medgemma(["models"], { env: broken }), "catalogue_invalid", 4, /package\.json/);
});
