import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { run } from "../lib/children.js";
import { log } from "../lib/log.js";
import { cacheDir, root } from "../lib/paths.js";

type Tool = "llama-bench" | "llama-mtmd-cli" | "llama-server";
const TOOLS: readonly Tool[] = ["llama-bench", "llama-mtmd-cli", "llama-server"];
/** As its makers build it: for this machine's instructions. The bundle has no web page to embed. */
const FLAGS = [
  "CMAKE_BUILD_TYPE=Release",
  "LLAMA_BUILD_TESTS=OFF",
  "LLAMA_BUILD_EXAMPLES=OFF",
  "LLAMA_BUILD_UI=OFF",
];

/** llama.cpp's source at the commit that this package is built on, without this package's patches. */
export async function llamaSource(): Promise<string> {
  const carrier = path.join(root, "node_modules/node-llama-cpp");
  const { version } = JSON.parse(readFileSync(path.join(carrier, "package.json"), "utf8")) as {
    version: string;
  };
  const source = path.join(cacheDir, `llama.cpp-${version}`);
  if (existsSync(path.join(source, "CMakeLists.txt"))) return source;
  const bundle = path.join(carrier, "llama/gitRelease.bundle");
  if (!existsSync(bundle)) throw new Error("node-llama-cpp's source bundle is missing: run npm ci");
  log("unpacking llama.cpp");
  mkdirSync(cacheDir, { recursive: true });
  const fresh = `${source}.${process.pid}`;
  await run("git", ["-c", "advice.detachedHead=false", "clone", "--quiet", bundle, fresh]);
  renameSync(fresh, source);
  return source;
}

/** Folder of llama.cpp's own programs, compiled at the first call (about 10 minutes on two cores for all). */
export async function llamaTools(tools = TOOLS): Promise<string> {
  const complete = (folder: string) => tools.every((tool) => existsSync(path.join(folder, tool)));
  const given = process.env.MEDGEMMA_PEERS;
  if (given !== undefined) {
    if (!complete(given)) throw new Error(`MEDGEMMA_PEERS=${given} lacks one of ${tools.join(", ")}`);
    return given;
  }
  const source = await llamaSource();
  const build = path.join(source, "build");
  const bin = path.join(build, "bin");
  if (complete(bin)) return bin;
  log(`compiling ${tools.join(", ")}; about 10 minutes on two cores`);
  await run("cmake", ["-S", source, "-B", build, ...FLAGS.map((flag) => `-D${flag}`)]);
  const jobs = String(os.availableParallelism());
  await run("cmake", ["--build", build, "--parallel", jobs, "--target", ...tools], {
    timeout: 2 * 3_600_000,
  });
  return bin;
}
