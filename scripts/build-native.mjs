// Builds the addon on install. Does nothing when nothing changed since the last build.
//
//   MEDGEMMA_BUILD=linked|source   default linked; see CMakeLists.txt
//   MEDGEMMA_SKIP_BUILD=1          leave the addon alone (for tools that only read the sources)
//   MEDGEMMA_JOBS=N                compile jobs, default: the cores of this machine
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { gpuLibraries, llamaBundle, packageVersion, platformPackage, root } from "./platform.mjs";

const buildDir = path.join(root, "build");
const addon = path.join(buildDir, "Release", "medgemma.node");
const stampFile = path.join(buildDir, "stamp");
// Not in build/, which cmake-js empties when a build fails.
const sourceDir = path.join(root, ".llama.cpp");
const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));

function fail(problem, remedy) {
  console.error(`\nmedgemma: ${problem}\n         ${remedy}\n`);
  process.exit(1);
}

function mode() {
  const value = process.env.MEDGEMMA_BUILD ?? "linked";
  if (value !== "linked" && value !== "source") {
    fail(`MEDGEMMA_BUILD is "${value}".`, "Use linked (the default) or source.");
  }
  return value;
}

/** Everything a build depends on, as one hash. */
function fingerprint(buildMode) {
  const hash = createHash("sha256");
  const parts = [version, buildMode, process.platform, process.arch];
  for (const name of ["node-llama-cpp", "node-addon-api", "node-api-headers", "cmake-js"])
    parts.push(packageVersion(name));
  hash.update(JSON.stringify(parts));
  const files = readdirSync(path.join(root, "native"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes(`${path.sep}test`))
    .map((entry) => path.join(entry.parentPath, entry.name));
  const build = ["CMakeLists.txt", "scripts/build-native.mjs", "scripts/platform.mjs"].map((file) =>
    path.join(root, file),
  );
  for (const file of [...build, ...files].sort()) {
    hash.update(path.relative(root, file)).update("\0").update(readFileSync(file)).update("\0");
  }
  return hash.digest("hex");
}

function tool(name, args, remedy) {
  try {
    execFileSync(name, args, { stdio: "ignore" });
  } catch (error) {
    if (error.code === "ENOENT")
      fail(`${name} is missing; the addon is compiled on this machine and needs it.`, remedy);
  }
}

function checkTools() {
  const hint =
    {
      linux: (deb) => `Install it, e.g. on Debian or Ubuntu: apt-get install ${deb}`,
      darwin: () => "Install the command line tools (xcode-select --install) and CMake (brew install cmake).",
      win32: () =>
        "Install Git, CMake and Visual Studio Build Tools with C++ (winget install Git.Git Kitware.CMake).",
    }[process.platform] ?? ((deb) => `Install ${deb}.`);
  tool("git", ["--version"], hint("git"));
  tool("cmake", ["--version"], hint("cmake"));
  if (process.platform !== "win32") {
    const compiler = process.env.CXX ?? "c++";
    tool(compiler.split(" ")[0], ["--version"], hint("g++ make"));
    const probe = spawnProbe(compiler);
    if (probe) fail(`${compiler} cannot compile C++17: ${probe}`, hint("g++ make"));
    const generators = [
      ["ninja", ["--version"]],
      ["make", ["--version"]],
    ];
    if (!generators.some(([name, args]) => works(name, args)))
      fail("Neither make nor ninja is installed.", hint("make"));
  }
}

function works(name, args) {
  try {
    execFileSync(name, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function spawnProbe(compiler) {
  const [command, ...args] = compiler.split(" ");
  try {
    execFileSync(command, [...args, "-std=c++17", "-fsyntax-only", "-x", "c++", "-"], {
      input: "#include <optional>\nint main() { return std::optional<int>(0).value(); }\n",
      stdio: ["pipe", "ignore", "pipe"],
    });
    return undefined;
  } catch (error) {
    return String(error.stderr ?? error.message).split("\n")[0];
  }
}

/** A checkout of the pinned llama.cpp with this project's patches, made anew when either changes. */
function checkoutLlama(bundle) {
  const patchDir = path.join(root, "native", "patches");
  const patches = existsSync(patchDir)
    ? readdirSync(patchDir)
        .filter((name) => name.endsWith(".patch"))
        .sort()
    : [];
  const hash = createHash("sha256").update(packageVersion("node-llama-cpp"));
  for (const name of patches) hash.update(readFileSync(path.join(patchDir, name)));
  const wanted = hash.digest("hex");
  const marker = path.join(sourceDir, ".medgemma");
  if (existsSync(marker) && readFileSync(marker, "utf8") === wanted) return;
  console.error("medgemma: unpacking llama.cpp's source");
  rmSync(sourceDir, { recursive: true, force: true });
  mkdirSync(buildDir, { recursive: true });
  const git = (...args) => execFileSync("git", args, { stdio: ["ignore", "ignore", "inherit"] });
  git("-c", "advice.detachedHead=false", "clone", "--quiet", "--no-checkout", bundle, sourceDir);
  git(
    "-C",
    sourceDir,
    "sparse-checkout",
    "set",
    "cmake",
    "common",
    "ggml",
    "include",
    "licenses",
    "src",
    "tools/mtmd",
    "vendor",
  );
  git(
    "-C",
    sourceDir,
    "-c",
    "advice.detachedHead=false",
    "-c",
    "core.autocrlf=false",
    "checkout",
    "--quiet",
    "HEAD",
  );
  for (const name of patches) {
    try {
      git("-C", sourceDir, "apply", "--whitespace=nowarn", path.join(patchDir, name));
    } catch {
      fail(
        `native/patches/${name} does not apply to this llama.cpp.`,
        "The pinned node-llama-cpp and the patch must change together.",
      );
    }
  }
  writeFileSync(marker, wanted);
}

/** CMake goes on building the folder that its cache names: after a folder was copied, that is not this one. */
function dropForeignCache() {
  const cache = path.join(buildDir, "CMakeCache.txt");
  if (!existsSync(cache)) return;
  const home = /^CMAKE_HOME_DIRECTORY:INTERNAL=(.*)$/m.exec(readFileSync(cache, "utf8"))?.[1] ?? "";
  if (path.resolve(home) !== path.resolve(root)) rmSync(buildDir, { recursive: true, force: true });
}

/** Runs cmake-js, turning the compiler's [ 42%] or [12/80] lines into one progress line. */
function compile(buildMode, libDir) {
  const require = createRequire(path.join(root, "package.json"));
  const cli = path.join(path.dirname(require.resolve("cmake-js/package.json")), "bin", "cmake-js");
  const define = (name, value) => `--CD${name}=${value}`;
  const args = [
    cli,
    "compile",
    "--directory",
    root,
    "--out",
    buildDir,
    "--parallel",
    process.env.MEDGEMMA_JOBS ?? String(os.availableParallelism()),
    define("MEDGEMMA_BUILD", buildMode),
    define("MEDGEMMA_LLAMA_DIR", sourceDir),
    define("MEDGEMMA_LIB_DIR", libDir ?? ""),
    define("MEDGEMMA_VERSION", version),
  ];
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, CMAKE_BUILD_TYPE: "Release" },
  });
  const lines = [];
  let shown = -1;
  const onData = (chunk) => {
    for (const line of String(chunk).split("\n")) {
      if (line.trim() === "") continue;
      lines.push(line);
      const percent = line.match(/^\[\s*(\d+)%\]/);
      const steps = line.match(/^\[(\d+)\/(\d+)\]/);
      const now = percent ? Number(percent[1]) : steps ? Math.floor((100 * steps[1]) / steps[2]) : shown;
      if (now !== shown && (process.stderr.isTTY || now >= shown + 10 || now === 100)) {
        shown = now;
        process.stderr.write(
          process.stderr.isTTY ? `\rmedgemma: compiling ${now}% ` : `medgemma: compiling ${now}%\n`,
        );
      }
    }
  };
  child.stdout.on("data", onData);
  child.stderr.on("data", onData);
  return new Promise((resolve) => {
    child.on("close", (code) => {
      if (process.stderr.isTTY) process.stderr.write("\n");
      if (code !== 0) {
        writeFileSync(path.join(buildDir, "build.log"), lines.join("\n"));
        console.error(lines.slice(-40).join("\n"));
        fail(
          "the native build failed; the lines above are its last.",
          "The whole output is in build/build.log.",
        );
      }
      resolve();
    });
  });
}

if (process.env.MEDGEMMA_SKIP_BUILD === "1") process.exit(0);
const buildMode = mode();
const wanted = fingerprint(buildMode);
if (existsSync(addon) && existsSync(stampFile) && readFileSync(stampFile, "utf8") === wanted) {
  console.error("medgemma: the addon is up to date");
  process.exit(0);
}
checkTools();
const bundle =
  llamaBundle() ??
  fail("node-llama-cpp's source bundle is missing.", "Run npm install again without --omit=optional.");
const platform = platformPackage();
if (buildMode === "linked" && !platform) {
  fail(
    `node-llama-cpp has no installed package for ${process.platform}-${process.arch}.`,
    "Install without --omit=optional, or compile everything: MEDGEMMA_BUILD=source npm rebuild medgemma",
  );
}
console.error(
  buildMode === "linked"
    ? `medgemma: compiling the addon against ${platform.name} (about a minute on two cores)`
    : "medgemma: compiling the addon and llama.cpp from source (several minutes)",
);
dropForeignCache();
checkoutLlama(bundle);
rmSync(stampFile, { force: true });
await compile(buildMode, platform?.libDir);
const releaseDir = path.dirname(addon);
// Relative, so that the installed tree can be moved as a whole.
const backends = buildMode === "linked" ? path.relative(releaseDir, platform.libDir) : "";
// A GPU backend is a library of its own that is loaded beside the CPU's. A source build takes none: nothing says that
// it fits own flags.
const gpus = buildMode === "linked" ? Object.entries(gpuLibraries()) : [];
const gpu = Object.fromEntries(gpus.map(([name, file]) => [name, path.relative(releaseDir, file)]));
writeFileSync(
  path.join(releaseDir, "build-info.json"),
  JSON.stringify({ mode: buildMode, version, backends, gpu }),
);
writeFileSync(stampFile, wanted);
console.error("medgemma: the addon is built");
