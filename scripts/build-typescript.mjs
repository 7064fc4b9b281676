// Compiles src/ to dist/ in a clone; an installed package already has dist/ and no sources.
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { root } from "./platform.mjs";

if (existsSync(path.join(root, "src"))) {
  const require = createRequire(path.join(root, "package.json"));
  const tsc = path.join(path.dirname(require.resolve("typescript/package.json")), "bin", "tsc");
  execFileSync(process.execPath, [tsc, "-p", path.join(root, "tsconfig.build.json")], { stdio: "inherit" });
  const main = path.join(root, "dist", "cli", "main.js");
  if (existsSync(main)) chmodSync(main, 0o755);
}
