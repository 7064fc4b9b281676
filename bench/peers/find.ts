import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { run } from "../lib/children.js";
import { log } from "../lib/log.js";
import { benchDir, cacheDir } from "../lib/paths.js";
import type { Found, Peers } from "../lib/types.js";
import { llamaTools } from "./llama-cpp.js";

/** Makes what is missing. A peer that cannot be had is a line in the table, not the end of the run. */
export async function findPeers(): Promise<Peers> {
  return {
    llama: await attempt(llamaTools),
    llamaNode: await attempt(llamaNode),
    torch: await attempt(torch),
  };
}

async function attempt(find: () => Promise<string>): Promise<Found> {
  try {
    return { at: await find() };
  } catch (error) {
    const missing = (error as Error).message;
    log(`a peer is missing: ${missing}`);
    return { missing };
  }
}

/** @throws when the peer is missing, with the reason. */
export function need(found: Found): string {
  if ("missing" in found) throw new Error(found.missing);
  return found.at;
}

async function llamaNode(): Promise<string> {
  const folder = path.join(cacheDir, "llama-node");
  if (existsSync(path.join(folder, "node_modules/@fugood/llama.node/package.json"))) return folder;
  log("installing @fugood/llama.node");
  mkdirSync(folder, { recursive: true });
  for (const file of ["package.json", "package-lock.json"])
    copyFileSync(path.join(benchDir, "peers/llama-node", file), path.join(folder, file));
  await run("npm", ["ci", "--no-audit", "--no-fund"], { cwd: folder, shell: process.platform === "win32" });
  return folder;
}

async function torch(): Promise<string> {
  const python = process.env.MEDGEMMA_TORCH;
  if (python === undefined)
    throw new Error(
      "MEDGEMMA_TORCH names no Python with torch and transformers (pip install torch transformers)",
    );
  await run(python, ["-c", "import torch, transformers"], { timeout: 300_000 });
  return python;
}
