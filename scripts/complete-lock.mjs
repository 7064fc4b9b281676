// Adds to package-lock.json the optional packages of other platforms that npm left out. npm does so when the registry
// at hand does not serve them, and `npm ci` then refuses the lock file everywhere. Run it after adding a dependency.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root } from "./platform.mjs";

const OS = {
  android: "android",
  darwin: "darwin",
  mac: "darwin",
  linux: "linux",
  freebsd: "freebsd",
  win32: "win32",
  win: "win32",
};
const CPU = {
  arm64: "arm64",
  x64: "x64",
  ia32: "ia32",
  riscv64: "riscv64",
  s390x: "s390x",
  ppc64: "ppc64",
  armv7l: "arm",
};

const file = path.join(root, "package-lock.json");
const lock = JSON.parse(readFileSync(file, "utf8"));
const added = [];
for (const [owner, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const nested = `${owner}/node_modules/${name}`;
    const top = `node_modules/${name}`;
    if (lock.packages[nested] || lock.packages[top]) continue;
    const words = name.split("/").at(-1).split("-");
    const os = words.map((word) => OS[word]).find(Boolean);
    const cpu = words.map((word) => CPU[word]).find(Boolean);
    if (!os || !/^\d/.test(version)) throw new Error(`Cannot tell the platform of ${name}@${version}.`);
    lock.packages[top] = {
      version,
      ...(cpu && { cpu: [cpu] }),
      ...(entry.dev && { dev: true }),
      ...(words.includes("musl") && { libc: ["musl"] }),
      optional: true,
      os: [os],
    };
    added.push(name);
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.error(`package-lock.json: ${added.length} optional packages added`);
