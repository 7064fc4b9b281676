// Runs a TypeScript file of this folder with the tools that are already here: node bench/run.mjs bench/dicom.ts [args]
import { runnerImport } from "vite";

const [file] = process.argv.splice(2, 1);
if (!file) throw new Error("usage: node bench/run.mjs FILE.ts [arguments]");
await runnerImport(new URL(file, `file://${process.cwd()}/`).pathname, {
  logLevel: "error",
  configFile: false,
  // `await using`, which Node 20 does not know.
  oxc: { target: "es2022" },
});
