import { readFileSync } from "node:fs";
import path from "node:path";
import { packageRoot } from "../native/addon.js";

/** Version of the package as this process has loaded it; on disk it may be another one by the time of a restart. */
export const PACKAGE_VERSION = (
  JSON.parse(readFileSync(path.join(packageRoot, "package.json"), "utf8")) as { version: string }
).version;
