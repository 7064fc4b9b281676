import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { chest, expectFailure, medgemma, NOTICE } from "./cli/support.js";

const folder = mkdtempSync(path.join(os.tmpdir(), "medgemma-extract-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string) => {
  writeFileSync(path.join(folder, name), text);
  return path.join(folder, name);
};
const schema = file(
  "findings.json",
  JSON.stringify({
    type: "object",
    properties: { cardiomegaly: { type: "boolean" }, nodule: { type: "boolean" } },
    required: ["cardiomegaly", "nodule"],
  }),
);

describe("medgemma extract", () => {
  it("prints the value, and the notice on stderr", async () => {
    const { code, stdout, stderr } = await medgemma(["extract", chest, "--schema", schema]);
    expect([code, JSON.parse(stdout)]).toEqual([0, { cardiomegaly: false, nodule: true }]);
    expect(stderr).toContain(NOTICE);
  });

  it("prints the whole result with --json", async () => {
    const { stdout } = await medgemma(["extract", "--json", chest, "--schema", schema]);
    const { value, values, notice } = JSON.parse(stdout);
    expect(value).toEqual({ cardiomegaly: false, nodule: true });
    expect(values[1]).toMatchObject({ path: "/nodule", value: true });
    expect(notice).toContain(NOTICE);
  });

  it("names the values that are less likely than a limit, on stderr and in the result", async () => {
    const words = ["extract", chest, "--schema", schema, "-q", "--low-probability-below"];
    expect((await medgemma([...words, "1"])).stderr).toMatch(/Warning: \/nodule is unlikely \(\S+\)/);
    expect((await medgemma([...words, "0"])).stderr).not.toContain("Warning");
    const { values, lowProbability } = JSON.parse((await medgemma([...words, "1", "--json"])).stdout);
    expect(new Set(lowProbability)).toEqual(new Set(values.map(({ path: name }: { path: string }) => name)));
    expectFailure(await medgemma([...words, "2"]), "bad_option", 2, /lowProbabilityBelow/);
  });

  it("reads a text with the ready schema", async () => {
    const report = file("report.txt", "Haemoglobin 13.2 g/dL");
    const { code, stdout } = await medgemma(["extract", report, "--lab-report", "-q"]);
    expect([code, Array.isArray(JSON.parse(stdout))]).toEqual([0, true]);
  });

  it("tells what is wrong with the schema, before a model is loaded", async () => {
    expectFailure(await medgemma(["extract", chest]), "bad_option", 2, /--schema and --lab-report/);
    const damaged = file("damaged.json", "{");
    expectFailure(await medgemma(["extract", chest, "--schema", damaged]), "bad_option", 2, /no JSON/);
    const unheld = file("unheld.json", '{"properties": {"a": {"$ref": "https://example.org/a"}}}');
    const outcome = await medgemma(["extract", chest, "--schema", unheld]);
    expectFailure(outcome, "grammar_unsupported", 2, /\$ref at \/properties\/a\/\$ref/);
    const missing = path.join(folder, "missing.json");
    expectFailure(await medgemma(["extract", chest, "--schema", missing]), "file_not_found", 5, /missing/);
  });
});
