// `npm test`: lint, types, build, the unit, native and parity tests, and the engine's C++ tests. Every step runs,
// whatever the others gave; the end names what failed, and the last line counts them all.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { lint } from "./lint.mjs";
import { root } from "./platform.mjs";
import { defaultFlavours, testEngine } from "./test-engine.mjs";

const require = createRequire(path.join(root, "package.json"));
const packageFile = (name, file) => path.join(path.dirname(require.resolve(`${name}/package.json`)), file);
const resultsDir = path.join(root, "build", "test-results");

function node(args) {
  return spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" }).status === 0;
}

/** A step that either works or does not. */
const one = (ok) => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1, failures: [] });

function lintStep() {
  const results = lint();
  const failures = results.filter(({ ok }) => !ok);
  return {
    passed: results.length - failures.length,
    failed: failures.length,
    failures: failures.map(({ name }) => name),
  };
}

/** A test's name and the first lines of what was wrong. */
function describeFailure(name, message) {
  const lines = stripVTControlCharacters(message).trim().split("\n").slice(0, 12);
  return [name, ...lines.map((line) => `    ${line}`)].join("\n");
}

/** One vitest project, counted by its JSON report. A file that cannot be run, and a skipped test, count as failed. */
function vitest(project) {
  const report = path.join(resultsDir, `${project}.json`);
  rmSync(report, { force: true });
  const ok = node([
    packageFile("vitest", "vitest.mjs"),
    "run",
    "--project",
    project,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
  ]);
  if (!existsSync(report)) return one(false);
  const { numTotalTests, numPassedTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
  const brokenFiles = testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && !assertionResults.some((test) => test.status === "failed"),
  );
  const failed = numTotalTests - numPassedTests + brokenFiles.length;
  const failures = [
    ...brokenFiles.map(({ name, message }) => describeFailure(path.relative(root, name), message)),
    ...testResults
      .flatMap(({ assertionResults }) => assertionResults)
      .filter(({ status }) => status !== "passed")
      .map(({ fullName, status, failureMessages: [message = `not run (${status})`] }) =>
        describeFailure(fullName, message),
      ),
  ];
  return {
    passed: numPassedTests,
    failed: failed === 0 && (!ok || numPassedTests === 0) ? 1 : failed,
    failures,
  };
}

const STEPS = {
  lint: lintStep,
  types: () => one(node([packageFile("typescript", "bin/tsc"), "--pretty"])),
  build: () => one(node(["scripts/build-native.mjs"]) && node(["scripts/build-typescript.mjs"])),
  unit: () => vitest("unit"),
  native: () => vitest("native"),
  parity: () => vitest("parity"),
  ...(process.env.MEDGEMMA_VULKAN && { vulkan: () => vitest("vulkan") }),
  ...Object.fromEntries(
    defaultFlavours.map((flavour) => [
      flavour === "" ? "engine" : `engine, ${flavour} sanitizer`,
      () => testEngine(flavour),
    ]),
  ),
};

/** Test files that need what only some machines have; vitest.config.ts leaves them out where the variable is not set. */
const CONDITIONAL = {
  MEDGEMMA_DICOM_SETS: "test/native/dicom",
  MEDGEMMA_FRAMEWORKS: "test/native/frameworks",
  MEDGEMMA_LLAMA_SERVER: "test/native/remote-llama-server.test.ts",
  MEDGEMMA_VULKAN: "test/vulkan and the parity tests on Vulkan",
};

mkdirSync(resultsDir, { recursive: true });
const asked = process.argv.slice(2);
const rows = [];
for (const [name, step] of Object.entries(STEPS)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.log(`\n── ${name} ${"─".repeat(Math.max(0, 60 - name.length))}`);
  const started = performance.now();
  const { passed, failed, failures } = step();
  rows.push({ name, passed, failed, failures, seconds: (performance.now() - started) / 1000 });
}

for (const [variable, file] of Object.entries(CONDITIONAL)) {
  if (!process.env[variable]) console.log(`not run: ${file} (needs ${variable}; see CONTRIBUTING.md)`);
}

// Once more at the end: a log is often read, and kept, from there.
const failures = rows.flatMap(({ name, failures }) => failures.map((failure) => `${name}: ${failure}`));
if (failures.length > 0) console.log(`\nFailed:\n\n${failures.join("\n")}`);

const sum = (field) => rows.reduce((total, row) => total + row[field], 0);
console.log("");
for (const { name, passed, failed, seconds } of rows) {
  const counts = `${String(passed).padStart(5)} passed ${String(failed).padStart(4)} failed`;
  console.log(`${name.padEnd(36)}${counts}${seconds.toFixed(1).padStart(9)} s`);
}
console.log(`\n${sum("passed")} passed, ${sum("failed")} failed`);
process.exitCode = sum("failed") === 0 && sum("passed") > 0 ? 0 : 1;
