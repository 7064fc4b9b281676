import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { cases, FINDINGS, JUNK } from "../../support/cases.js";
import { expectFailure, medgemma, NOTICE, temporaryFolder } from "../cli/support.js";

const folder = temporaryFolder();
const [first, second] = cases.map((each) => each.path);
const quiet = ["--threads", "1", "--quiet"];

describe("the command", () => {
  test("report drafts a report", async () => {
    const { code, stdout, stderr } = await medgemma(["report", first ?? "", ...quiet]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^FINDINGS: .*\nIMPRESSION: .*\n$/);
    expect(stderr).toContain(NOTICE);
  });

  test("classify prints a line a label, and the whole result with --json", async () => {
    const words = ["classify", "--multi-label", "--labels", "nodule, opacity", first ?? "", ...quiet];
    const { stdout } = await medgemma(words);
    expect(stdout).toMatch(/^nodule {3}0\.\d{4}\nopacity {2}0\.\d{4}\n$/);
    const json = JSON.parse((await medgemma([...words, "--json"])).stdout);
    expect(json.labels.map(({ label }: { label: string }) => label)).toEqual(["nodule", "opacity"]);
    const junk = await medgemma(["classify", "--labels", "nodule,opacity", JUNK[0] ?? "", ...quiet]);
    expect(junk.stdout).toContain("does not suit the picture");
  });

  test("locate prints and draws boxes", async () => {
    const file = path.join(folder, "boxes.svg");
    const { code, stdout } = await medgemma([
      "locate",
      "--target",
      "opacity",
      "--draw",
      file,
      first ?? "",
      ...quiet,
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^opacity: \d+ x \d+ pixels at \d+, \d+\n$/);
    expect(readFileSync(file, "utf8")).toContain("<rect ");
  });

  test("compare and explain answer in words", async () => {
    expect((await medgemma(["compare", first ?? "", second ?? "", ...quiet])).stdout).toMatch(/\w/);
    const report = path.join(folder, "report.txt");
    writeFileSync(report, "FINDINGS: The heart is enlarged.");
    const words = ["explain", "The heart is enlarged.", "--report", report, "-n", "8", ...quiet];
    expect((await medgemma(words)).code).toBe(0);
  });

  test("evaluate scores cases and writes figures", async () => {
    const file = path.join(folder, "cases.jsonl");
    const lines = cases
      .slice(0, 6)
      .map(({ path: image, present }) =>
        JSON.stringify({ images: [image], truth: FINDINGS.filter((finding) => present[finding]) }),
      );
    writeFileSync(file, `${lines.join("\n")}\n`);
    const figures = path.join(folder, "figures");
    const words = [
      "evaluate",
      "classify",
      file,
      "--multi-label",
      "--labels",
      FINDINGS.join(","),
      "--svg",
      figures,
      ...quiet,
    ];
    const { code, stdout } = await medgemma(words);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^classify: 6 cases\n {2}macroAUROC {9}\d\.\d{4}/);
    expect(readFileSync(path.join(figures, "roc.svg"), "utf8")).toContain("<polyline");
  });

  test.each([
    [["classify", first ?? "", "--labels", "a,a"], /repeats/],
    [["classify", first ?? "", "--labels", ""], /labels/],
    [["classify", first ?? "", "--labels", "a,b", "--abstain-below", "2"], /--abstain-below/],
    [["classify", first ?? ""], /labels/],
    [["locate", first ?? ""], /target/],
    [["locate", first ?? "", "--target", "x", "--draw", "x.gif"], /--draw/],
    [["evaluate", "guess", "cases.jsonl"], /guess|task/],
  ])("%j is a usage error", async (words, message) => {
    expectFailure(await medgemma(words), "bad_option", 2, message);
  });

  test("a case without truth is told with its line", async () => {
    const file = path.join(folder, "bad.jsonl");
    writeFileSync(file, '{"truth": "yes"}\n{"images": []}\n');
    expectFailure(await medgemma(["evaluate", "ask", file]), "bad_option", 2, /Line 2/);
  });
});
