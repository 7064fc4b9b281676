// Biome over everything, clang-format over native/, dependency-cruiser over src/, and the project's own rules. With --fix,
// formats first.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { pathToFileURL } from "node:url";
import {
  checkAddons,
  checkIndex,
  checkLengths,
  checkNative,
  checkOptional,
  checkTables,
  checkTerminal,
  listFiles,
  readSources,
} from "./lint-rules.mjs";
import { root } from "./platform.mjs";

const packageFile = (name, file) => path.join(root, "node_modules", name, file);

function run(script, args) {
  const { status } = spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: "inherit" });
  return status === 0;
}

function report(problems) {
  for (const problem of problems) console.error(`  ${problem}`);
  return problems.length === 0;
}

/** Runs every check, whatever the others found: `[{name, ok}]`. */
export function lint({ fix = false } = {}) {
  const cpp = listFiles(path.join(root, "native"), [".cpp", ".h"]).map((file) => path.join("native", file));
  const typescript = readSources(path.join(root, "src"), [".ts"]);
  const native = readSources(path.join(root, "native"), [".cpp", ".h"]);
  const index = typescript.find((source) => source.path === "index.ts")?.text ?? "";
  const checks = {
    biome: () => run(packageFile("@biomejs/biome", "bin/biome"), ["check", ...(fix ? ["--write"] : [])]),
    "clang-format": () =>
      run(packageFile("clang-format", "index.js"), [...(fix ? ["-i"] : ["--dry-run", "-Werror"]), ...cpp]),
    "file lengths": () => report(checkLengths([...typescript, ...native])),
    "optional properties": () => report(checkOptional(typescript)),
    tables: () => report(checkTables(typescript)),
    imports: () =>
      run(packageFile("dependency-cruiser", "bin/dependency-cruise.mjs"), ["--output-type", "err", "src"]),
    "own rules": () =>
      report([
        ...checkAddons(typescript),
        ...checkTerminal(typescript),
        ...checkIndex(index),
        ...checkNative(native),
      ]),
  };
  return Object.entries(checks).map(([name, check]) => {
    const ok = check();
    console.log(`lint: ${name}: ${ok ? "passed" : "FAILED"}`);
    return { name, ok };
  });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const results = lint({ fix: process.argv.includes("--fix") });
  process.exit(results.every(({ ok }) => ok) ? 0 : 1);
}
