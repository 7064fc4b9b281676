import { copyFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { picturePath, truth } from "../../support/phantom.js";
import { medgemma, temporaryFolder } from "../cli/support.js";

const folder = temporaryFolder();
const cases = truth as unknown as readonly { file: string; present: Record<string, boolean> }[];
const some = cases
  .slice(0, 8)
  .map(({ file, present }) => ({ file, sick: present["pleural effusion"] === true }));
for (const { file } of some) copyFileSync(picturePath(file), path.join(folder, file));
const inFolder = (name: string) => path.join(folder, name);

describe("medgemma embed", () => {
  test("prints a vector a picture", async () => {
    const outcome = await medgemma(["embed", "--pool", "mean", inFolder(some[0]?.file ?? "")]);
    const { vector, space } = JSON.parse(outcome.stdout);
    expect(vector).toHaveLength(256);
    expect(space).toMatchObject({ pool: "mean", width: 256 });
    expect(outcome.stderr).toContain("Unverified draft");
  });

  test("prints a line a picture, or with --json one document of all", async () => {
    const two = some.slice(0, 2).map(({ file }) => inFolder(file));
    const lines = (await medgemma(["embed", ...two, "-q"])).stdout.trimEnd().split("\n");
    const names = two.map((file) => path.basename(file));
    expect(lines.map((line) => JSON.parse(line).file)).toEqual(names);
    const { pictures, ...rest } = JSON.parse((await medgemma(["embed", ...two, "--json", "-q"])).stdout);
    expect(rest).toEqual({});
    expect(pictures.map(({ file }: { file: string }) => file)).toEqual(names);
    expect(pictures[0].vector).toEqual(JSON.parse(lines[0] ?? "").vector);
  });

  test("adds to an index and finds the same picture first", async () => {
    const index = inFolder("cases.duckdb");
    const added = await medgemma(["embed", "--index", index, ...some.map(({ file }) => inFolder(file))]);
    expect(added).toMatchObject({ code: 0, stdout: "" });
    const two = some.slice(0, 2).map(({ file }) => inFolder(file));
    const told = await medgemma(["embed", "--index", index, ...two, "--json", "-q"]);
    expect(JSON.parse(told.stdout).pictures).toMatchObject(
      two.map((file) => ({ file: path.basename(file), added: true })),
    );
    const found = await medgemma([
      "embed",
      "--index",
      index,
      "--search",
      "-k",
      "2",
      inFolder(some[3]?.file ?? ""),
    ]);
    const [first = "", second = ""] = found.stdout.split("\n");
    expect(first).toBe(`1.0000 ${inFolder(some[3]?.file ?? "")}`);
    expect(Number(second.split(" ")[0])).toBeLessThan(1);
  });

  test("fits a head on a list of labels and asks it", async () => {
    const csv = inFolder("labels.csv");
    const head = inFolder("effusion.json");
    writeFileSync(
      csv,
      ["file,label", ...some.map(({ file, sick }) => `${file},${sick ? "effusion" : "none"}`)].join("\n"),
    );
    const fitted = await medgemma(["embed", "--fit", csv, "--head", head]);
    expect(fitted.stdout).toMatch(/^8 pictures, /);
    const asked = await medgemma(["embed", "--head", head, "--json", inFolder(some[0]?.file ?? "")]);
    const [picture] = JSON.parse(asked.stdout).pictures;
    expect(picture).toMatchObject({ notice: expect.any(String), provenance: {}, usage: {}, timings: {} });
    expect(picture.label).toBe(some[0]?.sick ? "effusion" : "none");
    const other = await medgemma(["embed", "--head", head, "--pool", "mean", inFolder(some[0]?.file ?? "")]);
    expect(other).toMatchObject({ code: 5 });
    expect(other.stderr).toContain("(space_mismatch)");
  });

  test("a heading with other names is told with its row and the columns that are expected", async () => {
    const csv = inFolder("heading.csv");
    writeFileSync(csv, `a,b\n${some[0]?.file},x\n`);
    const outcome = await medgemma(["embed", "--fit", csv, "--head", inFolder("x.json")]);
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toMatch(/Row 1 of heading\.csv .*heading[\s\S]*"file,label"/);
  });

  test.each([
    [["embed"], /No picture/],
    [["embed", "--search", "a.png"], /needs --index/],
    [["embed", "--fit", "a.csv"], /needs --head/],
  ])("%j is refused", async (words, message) => {
    const outcome = await medgemma(words);
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toMatch(message);
  });
});
