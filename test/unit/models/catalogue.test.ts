import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { withModelTable } from "../../../scripts/generate-model-docs.mjs";
import {
  CATALOGUE_FILE,
  catalogueEntries,
  findEntry,
  readCatalogue,
} from "../../../src/models/catalogue/catalogue.js";
import { catalogueProblem } from "../../../src/models/catalogue/check.js";
import { expectedMemory, targetOf, urlsOf } from "../../../src/models/catalogue/places.js";
import type { Catalogue } from "../../../src/models/catalogue/types.js";

const catalogue = await readCatalogue();
const schemaFile = path.join(path.dirname(CATALOGUE_FILE), "catalogue.schema.json");
const schema = z.fromJSONSchema(JSON.parse(readFileSync(schemaFile, "utf8")));
const folder = mkdtempSync(path.join(os.tmpdir(), "medgemma-catalogue-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the package's catalogue is of the schema, and so is what the code reads", () => {
  expect(schema.safeParse(JSON.parse(readFileSync(CATALOGUE_FILE, "utf8"))).success).toBe(true);
  expect(catalogueProblem(catalogue)).toBeUndefined();
});

test("the four models, their defaults with projectors and licence", () => {
  const defaults = catalogue.models.map(({ name }) => findEntry(catalogue, name));
  expect(defaults.map(({ name, projector }) => [name, projector?.file])).toEqual([
    ["medgemma-1.5-4b-it", "mmproj-F16.gguf"],
    ["medgemma-4b-it", "mmproj-F16.gguf"],
    ["medgemma-27b-it", "mmproj-F16.gguf"],
    ["medgemma-27b-text-it", undefined],
  ]);
  for (const { license, model, variant } of defaults) {
    expect(license).toMatchObject({ mustAccept: true, name: expect.stringContaining("Health AI") });
    expect(model.promptVersion).toBe(model.name.includes("1.5") ? "1.5" : "1.0");
    expect(variant.revision).toMatch(/^[0-9a-f]{40}$/);
  }
});

test("names are found in any case, with their default tag or without", () => {
  expect(findEntry(catalogue, "MedGemma-1.5-4B-it").variant.tag).toBe("Q4_K_M");
  expect(findEntry(catalogue, "medgemma-1.5-4b-it:q4_k_m").name).toBe("medgemma-1.5-4b-it");
  const other = findEntry(catalogue, "medgemma-4b-it:Q4_K_M-bartowski");
  expect(other.projector?.file).toBe("mmproj-google_medgemma-4b-it-f16.gguf");
  for (const entry of catalogueEntries(catalogue)) expect(findEntry(catalogue, entry.name)).toEqual(entry);
});

test.each([
  ["medgema-1.5-4b-it", "medgemma-1.5-4b-it"],
  ["medgemma1.5-4b-it", "medgemma-1.5-4b-it"],
  ["medgemma_4b_it", "medgemma-4b-it"],
  ["medgemma-27b-text", "medgemma-27b-text-it"],
  ["medgemma-1.5-4b-it:Q8", "medgemma-1.5-4b-it:Q8_0"],
])("%s is answered with %s", (wrong, near) => {
  expect(() => findEntry(catalogue, wrong)).toThrow(
    expect.objectContaining({ code: "model_unknown", facts: expect.objectContaining({ near }) }),
  );
});

test("a wrong name that may be something else is not repeated", () => {
  expect(() => findEntry(catalogue, "Does Mrs. Doe have an effusion?")).toThrow(/no model named that\./);
});

test("paths stay in the folder, addresses have the pinned revision first", () => {
  const { variant } = findEntry(catalogue, "medgemma-1.5-4b-it");
  const target = path.join("unsloth", "medgemma-1.5-4b-it-GGUF", variant.revision ?? "", variant.file);
  expect(targetOf("/models", variant)).toBe(path.join("/models", target));
  const urls = urlsOf(new URL("https://hub.example/mirror/"), variant).map(String);
  expect(urls[0]).toBe(
    `https://hub.example/mirror/unsloth/medgemma-1.5-4b-it-GGUF/resolve/${variant.revision}/${variant.file}`,
  );
  expect(urls.length).toBe(4);
  const [unpinned] = urlsOf(new URL("https://hub.example/"), { repository: "a/b", file: "c.gguf" });
  expect(String(unpinned)).toBe("https://hub.example/a/b/resolve/main/c.gguf");
});

test("memory is told where all sizes are known", () => {
  expect(expectedMemory(findEntry(catalogue, "medgemma-1.5-4b-it"))).toBe(
    2489894976 + 851252224 + 1_440_000_000,
  );
  const entry = findEntry(catalogue, "medgemma-27b-text-it");
  expect(expectedMemory(entry)).toBe(16_546_405_000 + 4_460_000_000);
  const { approximateBytes: _, ...variant } = entry.variant;
  expect(expectedMemory({ ...entry, variant })).toBeUndefined();
});

test("docs/models.md lists the catalogue's files", () => {
  const page = readFileSync("docs/models.md", "utf8");
  expect(withModelTable(page, catalogue), "npm run docs:models").toBe(page);
});

type Change = (
  copy: Record<string, unknown>,
  model: Record<string, unknown>,
  variant: Record<string, unknown>,
) => void;
const OF_SCHEMA: [string, Change][] = [
  ["another version", (it) => Object.assign(it, { version: 2 })],
  ["an unknown key", (it) => Object.assign(it, { modles: [] })],
  ["no licences", (it) => delete it.licenses],
  ["a model without a name", (_it, model) => delete model.name],
  ["a path as a name", (_it, model) => Object.assign(model, { name: "../x" })],
  ["another prompt version", (_it, model) => Object.assign(model, { promptVersion: "2" })],
  ["no variants", (_it, model) => Object.assign(model, { variants: [] })],
  [
    "a file that leaves its folder",
    (_it, _model, variant) => Object.assign(variant, { file: "../../.bashrc" }),
  ],
  ["a file of dots", (_it, _model, variant) => Object.assign(variant, { file: ".." })],
  ["a repository of three parts", (_it, _model, variant) => Object.assign(variant, { repository: "a/b/c" })],
  ["a repository of dots", (_it, _model, variant) => Object.assign(variant, { repository: "../.." })],
  ["a short hash", (_it, _model, variant) => Object.assign(variant, { sha256: "abc" })],
  ["a branch as revision", (_it, _model, variant) => Object.assign(variant, { revision: "main" })],
  ["half a byte", (_it, _model, variant) => Object.assign(variant, { bytes: 0.5 })],
];
const OF_REFERENCES: [string, Change][] = [
  ["a licence that is not there", (_it, model) => Object.assign(model, { license: "x" })],
  ["a default that is not there", (_it, model) => Object.assign(model, { defaultTag: "Q1" })],
  ["a projector that is not there", (_it, _model, variant) => Object.assign(variant, { projector: "x" })],
  ["two models of one name", (it, model) => (it.models as unknown[]).push(model)],
  ["two variants of one tag", (_it, model, variant) => (model.variants as unknown[]).push(variant)],
];

function broken(change: Change): unknown {
  const copy = structuredClone(catalogue) as unknown as Record<string, unknown>;
  const [model = {}] = copy.models as Record<string, unknown>[];
  const [variant = {}] = model.variants as Record<string, unknown>[];
  change(copy, model, variant);
  return copy;
}

test.each(OF_SCHEMA)("%s is refused by schema and code", (_what, change) => {
  const copy = broken(change);
  expect(schema.safeParse(copy).success).toBe(false);
  expect(catalogueProblem(copy)).toBeDefined();
});

test.each(OF_REFERENCES)("%s is refused", (_what, change) => {
  expect(catalogueProblem(broken(change))).toBeDefined();
});

test("a catalogue of one's own is read, and a bad one told", async () => {
  const file = path.join(folder, "own.json");
  const own: Catalogue = { version: 1, licenses: {}, models: [] };
  writeFileSync(file, JSON.stringify(own));
  expect(await readCatalogue(file)).toEqual(own);
  writeFileSync(file, "{");
  await expect(readCatalogue(file)).rejects.toMatchObject({ code: "catalogue_invalid" });
  await expect(readCatalogue(path.join(folder, "none.json"))).rejects.toMatchObject({
    code: "catalogue_invalid",
    facts: { file: "none.json", reason: "ENOENT" },
  });
});
