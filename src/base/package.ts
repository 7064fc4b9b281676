import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { MedGemmaError } from "./errors.js";

/** This file; a bundler that writes CommonJS leaves no address. */
const here: string | undefined = import.meta.url;

/** Root of the package: this file is two folders down, in src/ as in dist/. Of a bundle, some folder of the application's. */
export const packageRoot =
  here === undefined ? process.cwd() : path.resolve(path.dirname(fileURLToPath(here)), "../..");

const manifest = readManifest();

/** Version of the package as this process has loaded it; on disk it may be another one by the time of a restart. */
export const PACKAGE_VERSION: string = manifest?.version ?? "unknown";

/**
 * Everything that is not JavaScript (the addon, the phantom, the child process, the DICOM worker) lies beside this code.
 * @throws MedGemmaError `package_bundled`: this code was bundled into another file, and they do not.
 */
export function requireOwnFiles(): void {
  if (here === undefined || manifest === undefined) throw new MedGemmaError("package_bundled");
}

/** The command that builds the addon, of the package manager that installed this. */
export function rebuildCommand(root = packageRoot): string {
  if (existsSync(path.join(root, ".git"))) return "npm run build:native";
  if (root.split(path.sep).includes(".pnpm")) return "pnpm approve-builds && pnpm rebuild medgemma";
  const application = root.slice(0, root.lastIndexOf(`${path.sep}node_modules${path.sep}`));
  const has = (file: string) => existsSync(path.join(application, file));
  if (has("bun.lock") || has("bun.lockb")) return "bun pm trust medgemma";
  if (has("yarn.lock")) return has(".yarnrc.yml") ? "yarn rebuild medgemma" : "yarn install --force";
  return "npm rebuild medgemma";
}

function readManifest(): { version: string } | undefined {
  try {
    const { name, version } = JSON.parse(readFileSync(path.join(packageRoot, "package.json"), "utf8"));
    return name === "medgemma" && typeof version === "string" ? { version } : undefined;
  } catch {
    return undefined;
  }
}
