// Compiles src/ to dist/ in a clone; an installed package already has dist/ and no sources.
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { root } from "./platform.mjs";

const src = path.join(root, "src");
const dist = path.join(root, "dist");

/** What a source that is gone has left behind would be packed and run. */
function removeStale() {
  if (!existsSync(dist)) return;
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const module = entry.name.match(/^(.+?)(\.d\.ts|\.js)(\.map)?$/)?.[1];
    if (!entry.isFile() || module === undefined) continue;
    const folder = path.relative(dist, entry.parentPath);
    if (!existsSync(path.join(src, folder, `${module}.ts`))) rmSync(path.join(entry.parentPath, entry.name));
  }
}

function typescript() {
  const require = createRequire(path.join(root, "package.json"));
  try {
    return path.join(path.dirname(require.resolve("typescript/package.json")), "bin", "tsc");
  } catch {
    console.error(
      "medgemma: typescript is not installed, so dist/ is left as it is; install the development packages to build it",
    );
    return undefined;
  }
}

const tsc = existsSync(src) ? typescript() : undefined;
if (tsc !== undefined) {
  removeStale();
  execFileSync(process.execPath, [tsc, "-p", path.join(root, "tsconfig.build.json")], { stdio: "inherit" });
  const main = path.join(dist, "cli", "main.js");
  if (existsSync(main)) chmodSync(main, 0o755);
}
