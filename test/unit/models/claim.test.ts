import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { Claim } from "../../../src/models/download/claim.js";

const folder = mkdtempSync(path.join(os.tmpdir(), "medgemma-claim-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const host = os.hostname().replaceAll(/[^\w-]/g, "_");
const claimFile = (target: string, pid: number, where = host) => `${target}.${pid}.${where}.00ff.claim`;

test("one at a time, and free again after", async () => {
  const target = path.join(folder, "one");
  const first = await Claim.take(target);
  expect(await Claim.take(target)).toBeUndefined();
  // A file whose name only begins alike has claims of its own.
  const other = await Claim.take(`${target}.two`);
  expect(other).toBeDefined();
  await other?.release();
  await first?.release();
  const second = await Claim.take(target);
  expect(await second?.held()).toBe(true);
  await second?.release();
  expect(readdirSync(folder)).toEqual([]);
});

test("of many at once, at most one has it", async () => {
  const target = path.join(folder, "many");
  const taken = (await Promise.all(Array.from({ length: 20 }, () => Claim.take(target)))).filter((it) => it);
  expect(taken.length).toBeLessThanOrEqual(1);
  for (const claim of taken) await claim?.release();
});

test("a claim of a process that is gone counts for nothing; one of a living process does", async () => {
  const target = path.join(folder, "gone");
  const dead = claimFile(target, 999_999_999);
  writeFileSync(dead, "");
  const claim = await Claim.take(target);
  expect(claim).toBeDefined();
  expect(existsSync(dead)).toBe(false);
  await claim?.release();
  writeFileSync(claimFile(target, process.ppid), "");
  expect(await Claim.take(target)).toBeUndefined();
});

test("on another machine, signs of life decide", async () => {
  const target = path.join(folder, "elsewhere");
  const theirs = claimFile(target, 1, "elsewhere");
  writeFileSync(theirs, "");
  expect(await Claim.take(target)).toBeUndefined();
  const past = new Date(Date.now() - 60_000);
  utimesSync(theirs, past, past);
  const claim = await Claim.take(target);
  expect(claim).toBeDefined();
  await claim?.release();
});
