// Builds the engine's C++ tests with CMake and runs them: plainly, and in CI (CI=true) also under ASan and UBSan.
//
//   node scripts/test-engine.mjs [--sanitize address,undefined | --sanitize thread]...
//
// Sanitizers watch own code and the tests; llama.cpp's libraries of the linked build are not instrumented.
import { spawnSync } from "node:child_process";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { platformPackage, root } from "./platform.mjs";

const buildRoot = path.join(root, "build");
const suppressions = (name) => path.join(root, "native", "test", name);

/** Build folder and run-time settings of each way to build. */
const FLAVOURS = {
  "": { dir: "test", env: {} },
  "address,undefined": {
    dir: "asan",
    env: {
      ASAN_OPTIONS: "detect_stack_use_after_return=1:strict_string_checks=1:check_initialization_order=1",
      LSAN_OPTIONS: `suppressions=${suppressions("leaks.supp")}:print_suppressions=0`,
      UBSAN_OPTIONS: "halt_on_error=1:print_stacktrace=1",
    },
  },
  thread: {
    dir: "tsan",
    env: {
      // Locks and barriers within llama.cpp's libraries are invisible to it, and so its complaints about them wrong.
      TSAN_OPTIONS: "halt_on_error=0:second_deadlock_stack=1:ignore_noninstrumented_modules=1",
    },
  },
};

function run(command, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    ...options,
  });
  return { status: error ? 1 : (status ?? 1), output: `${stdout ?? ""}${stderr ?? ""}${error ?? ""}` };
}

/** Compiles; returns the executable, or undefined after printing what went wrong. */
function build(sanitize, dir) {
  const out = path.join(buildRoot, dir);
  const jobs = process.env.MEDGEMMA_JOBS ?? String(os.availableParallelism());
  const define = (name, value) => `-D${name}=${value}`;
  const steps = [
    [
      "-S",
      root,
      "-B",
      out,
      define("MEDGEMMA_TESTS", "ON"),
      define("MEDGEMMA_BUILD", "linked"),
      define("MEDGEMMA_SANITIZE", sanitize),
      define("MEDGEMMA_LLAMA_DIR", path.join(root, ".llama.cpp")),
      define("MEDGEMMA_LIB_DIR", platformPackage()?.libDir ?? ""),
      define("CMAKE_BUILD_TYPE", "Release"),
    ],
    ["--build", out, "--target", "medgemma-engine-test", "--parallel", jobs],
  ];
  for (const args of steps) {
    const { status, output } = run("cmake", args);
    if (status === 0) continue;
    console.error(output.split("\n").slice(-60).join("\n"));
    return undefined;
  }
  return path.join(out, "medgemma-engine-test");
}

/** Builds and runs one flavour: `{name, passed, failed, failures}`, counted by the executable's own last line. */
export function testEngine(sanitize = "") {
  const { dir, env } = FLAVOURS[sanitize];
  const name = sanitize === "" ? "engine" : `engine (${sanitize} sanitizer)`;
  const executable = build(sanitize, dir);
  if (!executable) return { name, passed: 0, failed: 1, failures: ["does not compile"] };
  const { status, output } = run(executable, [], { env: { ...process.env, ...env } });
  process.stdout.write(output);
  const counted = /^engine: (\d+) passed, (\d+) failed$/m.exec(output);
  const passed = Number(counted?.[1] ?? 0);
  const failed = Number(counted?.[2] ?? 0);
  if (status !== 0) console.error(`${name}: the test executable ended with ${status}`);
  // A sanitizer's complaint or a crash is a failure of its own.
  const broken = !counted || passed === 0 || (status !== 0 && failed === 0) || (status === 0 && failed > 0);
  const failures = output.split("\n").filter((line) => /^FAILED|^==\d+==ERROR|runtime error:/.test(line));
  return { name, passed, failed: failed + (broken ? 1 : 0), failures };
}

/** The flavours that `npm test` runs here. */
export const defaultFlavours = process.env.CI === "true" ? ["", "address,undefined"] : [""];

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const asked = process.argv.flatMap((word, at, words) =>
    word === "--sanitize" ? [words[at + 1] ?? ""] : [],
  );
  const unknown = asked.find((flavour) => !Object.hasOwn(FLAVOURS, flavour));
  if (unknown !== undefined) {
    console.error(`Unknown sanitizer ${unknown}. Known: ${Object.keys(FLAVOURS).filter(Boolean).join("; ")}`);
    process.exit(2);
  }
  const results = (asked.length > 0 ? asked : defaultFlavours).map((flavour) => testEngine(flavour));
  for (const { name, passed, failed } of results) console.log(`${name}: ${passed} passed, ${failed} failed`);
  process.exit(results.every(({ failed }) => failed === 0) ? 0 : 1);
}
