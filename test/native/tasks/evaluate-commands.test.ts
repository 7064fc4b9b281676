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

  test("a calibration is fitted, judged and used", async () => {
    const lines = (from: number) =>
      cases
        .slice(from, from + 6)
        .map(({ path: image, present }) =>
          JSON.stringify({ images: [image], truth: present.nodule ? ["nodule"] : [] }),
        )
        .join("\n");
    const [fit, test] = [path.join(folder, "fit.jsonl"), path.join(folder, "test.jsonl")];
    writeFileSync(fit, lines(0));
    writeFileSync(test, lines(6));
    const file = path.join(folder, "nodule.json");
    const own = ["--multi-label", "--label", "nodule", ...quiet];
    const fitted = await medgemma([
      "evaluate",
      "classify",
      fit,
      ...own,
      "--fit-calibration",
      file,
      "--calibration-method",
      "isotonic",
    ]);
    expect(fitted.stderr).toContain("Written: ");
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({
      method: "isotonic",
      multiLabel: true,
      count: 6,
    });
    expect((await medgemma(["evaluate", "classify", test, ...own, "--calibration", file])).code).toBe(0);
    const points = JSON.parse(readFileSync(file, "utf8"));
    const level = {
      ...points,
      points: [
        [0, 0.25],
        [1, 0.25],
      ],
    };
    writeFileSync(file, JSON.stringify(level));
    expect((await medgemma(["classify", first ?? "", ...own, "--calibration", file])).stdout).toBe(
      "nodule  0.2500\n",
    );
    expectFailure(
      await medgemma(["evaluate", "classify", fit, ...own, "--fit-calibration", file, "--calibration", file]),
      "bad_option",
      2,
      /exclude/,
    );
  });

  test("classify takes labels with commas, shares and orders", async () => {
    const labels = ["--label", "nodule, left", "--label", "opacity"];
    const shares = ["--prior", "nodule, left=0.999", "--prior", "opacity=0.001", "--orders", "1"];
    const words = ["classify", first ?? "", ...labels, "--json", ...quiet];
    const plain = JSON.parse((await medgemma(words)).stdout);
    const moved = JSON.parse((await medgemma([...words, ...shares])).stdout);
    expect(moved.labels[0].label).toBe("nodule, left");
    expect(moved.labels[0].probability).toBeGreaterThan(plain.labels[0].probability);
    expect(moved.usage.promptTokens).toBeLessThan(plain.usage.promptTokens);
  });

  test.each([
    [["classify", first ?? "", "--labels", "a,b", "--orders", "0"], /--orders/],
    [["classify", first ?? "", "--labels", "a,b", "--prior", "a"], /--prior/],
    [["classify", first ?? "", "--labels", "a,a"], /repeats/],
    [["classify", first ?? "", "--labels", ""], /labels/],
    [["classify", first ?? "", "--labels", "a,b", "--abstain-below", "2"], /--abstain-below/],
    [["classify", first ?? ""], /labels/],
    [["locate", first ?? ""], /target/],
    [["locate", first ?? "", "--target", "x", "--draw", "x.gif"], /--draw/],
    [["evaluate", "guess", "cases.jsonl"], /guess|task/],
    [["evaluate", "classify", "cases.jsonl", "--calibration-method", "isotonic"], /needs --fit-calibration/],
    [["evaluate", "ask", "cases.jsonl", "--schema", "a.json"], /--schema is of extract/],
    [["evaluate", "report", "cases.jsonl", "--multi-label"], /--multi-label is of classify/],
    [["evaluate", "report", "cases.jsonl", "--calibration", "c.json"], /--calibration is of classify/],
    [["evaluate", "triage", "cases.jsonl", "--lab-report"], /--lab-report is of extract/],
    [["evaluate", "report", "cases.jsonl", "--instruction", "x"], /--instruction is of extract/],
    [["evaluate", "extract", "cases.jsonl", "--scale", "news2"], /--scale is of triage/],
  ])("%j is a usage error", async (words, message) => {
    expectFailure(await medgemma(words), "bad_option", 2, message);
  });

  test("a case without truth is told with its line", async () => {
    const file = path.join(folder, "bad.jsonl");
    writeFileSync(file, '{"truth": "yes"}\n{"images": []}\n');
    expectFailure(await medgemma(["evaluate", "ask", file]), "bad_option", 2, /Line 2/);
  });
});
