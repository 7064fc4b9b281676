import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { cases, FINDINGS } from "../../support/cases.js";
import { expectFailure, medgemma, temporaryFolder } from "../cli/support.js";

const folder = temporaryFolder();
const file = (name: string, lines: readonly object[]) => {
  writeFileSync(path.join(folder, name), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return path.join(folder, name);
};

test("evaluate extract scores values against a schema, overall and by field", async () => {
  const properties = Object.fromEntries(
    ["cardiomegaly", "nodule"].map((name) => [name, { type: "boolean" }]),
  );
  const schema = file("schema.json", [{ type: "object", properties, required: Object.keys(properties) }]);
  const lines = cases.slice(0, 4).map(({ path: image, present }) => ({
    images: [image],
    truth: { cardiomegaly: present.cardiomegaly, nodule: present[FINDINGS[2]] },
  }));
  const words = ["evaluate", "extract", file("extract.jsonl", lines), "--schema", schema, "--json", "-q"];
  const { metrics, fields, failed } = JSON.parse((await medgemma(words)).stdout);
  expect(failed).toEqual([]);
  expect(metrics.valid.value).toBe(1);
  expect(metrics.fieldsRight.value).toBeGreaterThanOrEqual(0.75);
  expect(fields.map((field: { path: string }) => field.path)).toEqual(["/cardiomegaly", "/nodule"]);
  expectFailure(
    await medgemma(["evaluate", "extract", file("extract.jsonl", lines), "-q"]),
    "bad_option",
    2,
    /schema/,
  );
});

test("evaluate triage scores levels", async () => {
  const patient = (spo2: number) => ({ age: 54, complaint: "chest pain", vitals: { heartRate: 90, spo2 } });
  const lines = [
    { case: patient(80), truth: 1 },
    { case: patient(80), truth: 5 },
    { case: patient(97), truth: 9 },
  ];
  const words = ["evaluate", "triage", file("triage.jsonl", lines), "--json", "-q"];
  const { metrics, confusion, failed } = JSON.parse((await medgemma(words)).stdout);
  expect(failed).toMatchObject([{ index: 2, code: "bad_option" }]);
  expect(metrics).toMatchObject({
    accuracy: { value: 0.5 },
    overTriage: { value: 0.5 },
    underTriage: { value: 0 },
  });
  expect(confusion.counts[4][0]).toBe(1);
});
