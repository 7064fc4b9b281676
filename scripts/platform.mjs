// Where the parts of the native build are: llama.cpp's source bundle and the platform package's libraries.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const require = createRequire(path.join(root, "package.json"));

/** Folder of an installed package, or undefined. Works for packages whose exports hide package.json. */
export function packageDir(name) {
  for (const dir of require.resolve.paths(name) ?? []) {
    const candidate = path.join(dir, name);
    if (existsSync(path.join(candidate, "package.json"))) return candidate;
  }
  return undefined;
}

export function packageVersion(name) {
  const dir = packageDir(name);
  return dir && JSON.parse(readFileSync(path.join(dir, "package.json"), "utf8")).version;
}

/** node-llama-cpp's names of its CPU (or Metal) packages. */
const PLATFORMS = {
  "linux-x64": "linux-x64",
  "linux-arm64": "linux-arm64",
  "linux-arm": "linux-armv7l",
  "darwin-arm64": "mac-arm64-metal",
  "darwin-x64": "mac-x64",
  "win32-x64": "win-x64",
  "win32-arm64": "win-arm64",
};

/** The platform package with libllama and ggml for this machine: `{name, libDir}`, or undefined. */
export function platformPackage() {
  const platform = PLATFORMS[`${process.platform}-${process.arch}`];
  if (!platform) return undefined;
  const dir = packageDir(`@node-llama-cpp/${platform}`);
  const libDir = dir && path.join(dir, "bins", platform);
  return libDir && existsSync(libDir) ? { name: `@node-llama-cpp/${platform}`, libDir } : undefined;
}

const lib = (name) =>
  process.platform === "win32"
    ? `${name}.dll`
    : process.platform === "darwin"
      ? `lib${name}.dylib`
      : `lib${name}.so`;

/** The GPU backends' libraries that npm installed for this machine, from the same llama.cpp release: name to file. */
export function gpuLibraries() {
  const platform = `${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const found = {};
  for (const gpu of ["cuda", "vulkan"]) {
    const dir = packageDir(`@node-llama-cpp/${platform}-${gpu}`);
    const file = dir && path.join(dir, "bins", `${platform}-${gpu}`, lib(`ggml-${gpu}`));
    if (file && existsSync(file)) found[gpu] = file;
  }
  return found;
}

/** The git bundle with llama.cpp's whole source, inside node-llama-cpp. */
export function llamaBundle() {
  const dir = packageDir("node-llama-cpp");
  const bundle = dir && path.join(dir, "llama", "gitRelease.bundle");
  return bundle && existsSync(bundle) ? bundle : undefined;
}
