import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { build, type Format } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packageRoot } from "../../src/base/package.js";

const run = promisify(execFile);
let application: string;

beforeAll(async () => {
  application = mkdtempSync(path.join(os.tmpdir(), "bundled-"));
  const modules = path.join(application, "node_modules");
  await mkdir(modules);
  // Side by side, as npm lays them.
  const installed = path.join(packageRoot, "node_modules");
  for (const name of readdirSync(installed)) {
    if (!name.startsWith(".")) symlinkSync(path.join(installed, name), path.join(modules, name), "junction");
  }
  symlinkSync(packageRoot, path.join(modules, "medgemma"), "junction");
  writeFileSync(
    path.join(application, "package.json"),
    JSON.stringify({ name: "application", version: "9.9.9" }),
  );
  writeFileSync(
    path.join(application, "main.ts"),
    `import { MedGemma, MedGemmaError, readDicom } from "medgemma";
     const told = async (work: () => Promise<unknown>) => {
       try { return await work(); } catch (error) { return MedGemmaError.isInstance(error) ? error.code : String(error); }
     };
     async function main() {
       const answer = async () => {
         const model = await MedGemma.load();
         const { text } = await model.ask([], "Is there a nodule?");
         await model.dispose();
         return text !== "";
       };
       console.log(JSON.stringify([
         await told(answer),
         await told(() => MedGemma.load({ isolation: "none" })),
         await told(() => MedGemma.load("medgemma-1.5-4b-it")),
         await told(() => readDicom(new Uint8Array(200))),
       ]));
     }
     main();`,
  );
});

afterAll(() => rmSync(application, { recursive: true, force: true }));

/** What main.ts prints when it is bundled so. */
async function bundled(format: Format, external: string[]): Promise<unknown[]> {
  const outfile = path.join(application, "out", format === "esm" ? "main.mjs" : "main.cjs");
  await build({
    entryPoints: [path.join(application, "main.ts")],
    outfile,
    format,
    bundle: true,
    platform: "node",
    target: "node20",
    external: [...external, "sharp", "@duckdb/node-api"],
    logLevel: "silent",
  });
  const { stdout } = await run(process.execPath, [outfile], { cwd: application });
  return JSON.parse(stdout);
}

describe.each<Format>(["esm", "cjs"])("bundled as %s", (format) => {
  test("into the application, the package says that it must stay out", async () => {
    const all = await bundled(format, []);
    expect(new Set(all)).toEqual(new Set(["package_bundled"]));
  });
});

test("left out of the bundle, it works", async () => {
  const [answered, , , dicom] = await bundled("esm", ["medgemma"]);
  expect(answered).toBe(true);
  expect(dicom).toBe("not_dicom");
});
