import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { MedGemma } from "../../src/medgemma/medgemma.js";
import { cutAfter, startHub } from "../unit/models/hub.js";
import { chest, expectFailure, medgemma, phantom, phantomProjector, temporaryFolder } from "./cli/support.js";
import { at, inFolder, MODEL, PROJECTOR, phantomHub } from "./models-support.js";

const folder = temporaryFolder();
const hub = await startHub();
const QUESTION = "Is there a pleural effusion?";
afterEach(() => vi.unstubAllEnvs());

test("one command downloads, verifies, loads and answers", async () => {
  const models = path.join(folder, "one");
  const env = phantomHub(hub, models);
  const words = ["ask", "--model", "drawn-chests", chest, QUESTION];
  const refused = await medgemma(words, { env });
  expectFailure(refused, "license_not_accepted", 4, /https:\/\/lab\.example\/terms/);
  const unplanned = await medgemma(["doctor", "--model", "drawn-chests"], { env });
  expectFailure(unplanned, "file_not_found", 5, /not been fetched/);

  hub.script(at(MODEL), cutAfter(1_000_000), cutAfter(3_000_000));
  const asked = await medgemma([...words, "--accept-license"], { env });
  hub.script(at(MODEL));
  expect(asked.stdout).toBe("No.\n");
  expect(asked.stderr).toContain("Fetching drawn-chests");
  const here = readdirSync(path.dirname(inFolder(models, MODEL))).sort();
  expect(here).toEqual([PROJECTOR, `${PROJECTOR}.json`, MODEL, `${MODEL}.json`]);

  // The plan for what is here by its name; and for what is not, no download.
  const planned = await medgemma(["doctor", "--model", "drawn-chests"], { env });
  expect(planned.stdout).toMatch(/projector 1\d MiB/);

  hub.requests.length = 0;
  const again = await medgemma(words, { env });
  expect(again.stdout).toBe("No.\n");
  expect(hub.requests.length).toBe(0);
});

function stub(env: Record<string, string>): void {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
}

test("MedGemma.load takes a name alone, and the version is the catalogue's", async () => {
  stub(phantomHub(hub, path.join(folder, "two"), "1.0"));
  vi.stubEnv("MEDGEMMA_ACCEPT_LICENSE", "1");
  const model = await MedGemma.load("drawn-chests");
  try {
    expect((await model.ask(chest, QUESTION)).text).toBe("No.");
    expect(model.info.projector).toBeDefined();
    expect(model.reading).toMatchObject({ version: "1.0", family: "phantom" });
  } finally {
    await model.dispose();
  }
});

test("loading tells how the download goes, and its signal stops it", async () => {
  stub(phantomHub(hub, path.join(folder, "three")));
  const controller = new AbortController();
  const load = MedGemma.load({
    model: "drawn-chests",
    acceptLicense: true,
    signal: controller.signal,
    onDownload: ({ model, bytes, total }) => {
      expect(model).toBe("drawn-chests");
      if (bytes > (total ?? 0) / 10) controller.abort();
    },
  });
  await expect(load).rejects.toMatchObject({ code: "aborted" });
});

test("a file that went bad on the disk is told, put aside and fetched anew", async () => {
  const models = path.join(folder, "four");
  const env = phantomHub(hub, models);
  await medgemma(["pull", "--accept-license", "drawn-chests"], { env });
  const file = inFolder(models, MODEL);
  const bytes = readFileSync(file);
  bytes[bytes.length - 5] = (bytes[bytes.length - 5] ?? 0) ^ 1;
  writeFileSync(file, bytes);
  stub(env);
  await expect(MedGemma.load("drawn-chests")).rejects.toMatchObject({
    code: "hash_mismatch",
    facts: { file: MODEL },
  });
  const verified = await medgemma(["models", "verify"], { env });
  expect(verified).toMatchObject({ code: 4 });
  expect(verified.stdout).toMatch(/^rejected +phantom-f16\.gguf/m);
  const model = await MedGemma.load("drawn-chests");
  await model.dispose();
});

test("a path that exists wins over a name, and a mistyped path stays one", async () => {
  const models = path.join(folder, "five");
  const env = phantomHub(hub, models);
  const cwd = temporaryFolder();
  writeFileSync(path.join(cwd, "drawn-chests"), readFileSync(phantom));
  const words = ["ask", "-q", "--model", "drawn-chests", "--mmproj", phantomProjector, chest, QUESTION];
  hub.requests.length = 0;
  const byPath = await medgemma(words, { env, cwd });
  expect(byPath.stdout).toBe("No.\n");
  expect(hub.requests.length).toBe(0);
  expectFailure(
    await medgemma(["ask", "--model", "drawn-chests.gguf", "x"], { env, cwd }),
    "file_not_found",
    5,
    /drawn-chests\.gguf cannot be read/,
  );
  expectFailure(
    await medgemma(["ask", "--model", "drawn-chest", "x"], { env }),
    "model_unknown",
    4,
    /Did you mean drawn-chests\?/,
  );
});
