import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { MedGemma } from "../../src/medgemma/medgemma.js";
import { cutAfter, sha256, startHub } from "../unit/models/hub.js";
import { chest, medgemma, phantom, phantomProjector, temporaryFolder } from "./cli/support.js";

const folder = temporaryFolder();
const hub = await startHub();
const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const files = {
  "phantom-f16.gguf": readFileSync(phantom),
  "mmproj-f16.gguf": readFileSync(phantomProjector),
};

function catalogueFile(changes: { promptVersion?: string } = {}): string {
  const entry = (file: keyof typeof files, tag: string) => {
    hub.serve(`/lab/phantom-GGUF/resolve/${COMMIT}/${file}`, files[file]);
    const bytes = files[file];
    return {
      tag,
      repository: "lab/phantom-GGUF",
      revision: COMMIT,
      file,
      bytes: bytes.length,
      sha256: sha256(bytes),
    };
  };
  const file = path.join(folder, `catalogue-${changes.promptVersion ?? "1.5"}.json`);
  const catalogue = {
    version: 1,
    licenses: { lab: { name: "Terms of the lab", url: "https://lab.example/terms", mustAccept: true } },
    models: [
      {
        name: "drawn-chests",
        title: "The phantom, from a hub",
        promptVersion: "1.5",
        license: "lab",
        contextSize: 8192,
        workingBytes: 1_000_000,
        defaultTag: "F16",
        variants: [{ ...entry("phantom-f16.gguf", "F16"), projector: "F16" }],
        projectors: [entry("mmproj-f16.gguf", "F16")],
        ...changes,
      },
    ],
  };
  writeFileSync(file, JSON.stringify(catalogue));
  return file;
}

function environment(models: string): Record<string, string> {
  return {
    MEDGEMMA_CATALOGUE: catalogueFile(),
    MEDGEMMA_HUB: hub.url,
    MEDGEMMA_MODELS: path.join(folder, models),
  };
}

test("one command downloads, verifies, loads and answers", async () => {
  const env = environment("one");
  const words = ["ask", "--model", "drawn-chests", chest, "Is there a pleural effusion?"];
  const refused = await medgemma(words, { env });
  expect(refused).toMatchObject({ code: 4, stdout: "" });
  expect(refused.stderr).toContain("https://lab.example/terms");

  hub.script(
    `/lab/phantom-GGUF/resolve/${COMMIT}/phantom-f16.gguf`,
    cutAfter(1_000_000),
    cutAfter(3_000_000),
  );
  const asked = await medgemma([...words, "--accept-license"], { env });
  hub.script(`/lab/phantom-GGUF/resolve/${COMMIT}/phantom-f16.gguf`);
  expect(asked.stdout).toBe("No.\n");
  expect(asked.stderr).toContain("Fetching drawn-chests");
  const here = readdirSync(path.join(folder, "one", "lab", "phantom-GGUF", COMMIT)).sort();
  expect(here).toEqual([
    "mmproj-f16.gguf",
    "mmproj-f16.gguf.json",
    "phantom-f16.gguf",
    "phantom-f16.gguf.json",
  ]);

  const before = hub.requests.length;
  const again = await medgemma(words, { env });
  expect(again.stdout).toBe("No.\n");
  expect(hub.requests.length).toBe(before);
});
