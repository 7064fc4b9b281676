import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { GgufEdit } from "../../support/gguf-edit.js";
import { PHANTOM } from "../../support/phantom.js";
import { expectFailure, medgemma, phantom, phantomProjector, temporaryFolder } from "./support.js";

const folder = temporaryFolder();
const env = { MEDGEMMA_MODELS: path.join(folder, "models") };
const records = () => readdirSync(path.join(env.MEDGEMMA_MODELS, ".deep")).sort();

async function deep(model: string, projector = phantomProjector) {
  const { code, stdout, stderr } = await medgemma(
    ["doctor", "--model", model, "--mmproj", projector, "--deep", "--json"],
    { env },
  );
  const checks = (JSON.parse(stdout || "{}").deep?.checks ?? []) as {
    name: string;
    ok: boolean;
    detail: string;
  }[];
  return { code, stderr, checks, failed: checks.filter(({ ok }) => !ok).map(({ name }) => name) };
}

function edited(file: string, name: string, edit: (file: GgufEdit) => void): string {
  const whole = new GgufEdit(file);
  edit(whole);
  const copy = path.join(folder, name);
  writeFileSync(copy, whole.bytes());
  return copy;
}

test("the phantom is what it says, and the result is kept for its user only", async () => {
  const { code, checks, failed } = await deep(phantom);
  expect({ code, failed }).toEqual({ code: 0, failed: [] });
  expect(checks.map(({ name }) => name)).toEqual(["tokens", "likelihood", "picture", "thinking"]);
  expect(checks[1]?.detail).toMatch(/^0\.87 nats a token of a fixed text; 0\.87 is known for this file$/);
  const [record = ""] = records();
  const file = path.join(env.MEDGEMMA_MODELS, ".deep", record);
  if (process.platform !== "win32") expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ model: "phantom-f16.gguf", checks });
  expect(readFileSync(file, "utf8")).not.toContain(path.dirname(phantom));
});

test("words in other places are found by the likelihood, a projector that sees nothing by the film", async () => {
  const moved = edited(PHANTOM.model, "phantom-moved.gguf", (file) => {
    const table = file.tensor("token_embd.weight");
    const row = 2 * (table.shape[0] ?? 0);
    table.data = Buffer.concat([table.data.subarray(row), table.data.subarray(0, row)]);
  });
  expect(await deep(moved)).toMatchObject({ code: 1, failed: expect.arrayContaining(["likelihood"]) });
  const blind = edited(PHANTOM.projector, "mmproj-phantom-blind.gguf", (file) =>
    file.add("mm.input_projection.weight", [256, 256], 1),
  );
  expect(await deep(phantom, blind)).toMatchObject({ code: 1, failed: ["picture"] });
});

test("what was found before is compared with, where nothing is known", async () => {
  const renamed = edited(PHANTOM.model, "phantom-renamed.gguf", (file) =>
    file.set("general.name", 8, "Phantom 2"),
  );
  const [first, second] = [await deep(renamed), await deep(renamed)];
  expect([first.failed, second.failed]).toEqual([[], []]);
  expect(first.checks[1]?.detail).toMatch(/no value is known for this file/);
  expect(second.checks[1]?.detail).toMatch(/0\.87 was found on \d{4}-/);
});

test("a file that cannot be loaded is refused before, and --deep needs a model", async () => {
  const odd = edited(PHANTOM.model, "phantom-odd.gguf", (file) => file.halve("output_norm.weight"));
  const refused = await medgemma(["doctor", "--model", odd, "--deep"], { env });
  expectFailure(refused, "model_unsupported", 4, /stores output_norm\.weight as F16/);
  expectFailure(await medgemma(["doctor", "--deep"], { env }), "bad_option", 2, /--deep/);
});
