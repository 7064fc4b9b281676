import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { MedGemmaError } from "../../../base/errors.js";
import { packageRoot, requireOwnFiles } from "../../../base/package.js";

/** How the engine's process is started. */
export interface SpawnOptions {
  /**
   * The program that runs JavaScript: Node, or Electron. Defaults to `process.execPath`, which is right for both, and
   * under Bun to the `node` of PATH; name one when this process is something else (a single executable).
   */
  execPath?: string | undefined;
  /** Arguments for it, before the script, e.g. `["--max-old-space-size=512"]`. Defaults to none. */
  execArgv?: readonly string[] | undefined;
  /** Environment variables to add for it; undefined removes one. Defaults to none. */
  env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** The pipe for messages, after stdin, stdout and stderr. */
export const PIPE_FD = 3;

/** Not handed on: they would load other libraries into the engine, or the application's own hooks and debuggers. */
const SCRUBBED = ["GGML_BACKEND_PATH", "NODE_OPTIONS", "NODE_CHANNEL_FD", "NODE_V8_COVERAGE"];

/**
 * Starts the process; whether it runs shows later.
 * @throws MedGemmaError `engine_crashed` when this process may not start any.
 */
export function spawnChild(options: SpawnOptions, cwd: string): ChildProcess {
  try {
    return spawn(options.execPath ?? defaultProgram(), [...(options.execArgv ?? []), childEntry()], {
      cwd,
      env: childEnvironment(options.env),
      // Overlapped is what a Windows pipe needs to be read and written at once; elsewhere it is a plain pipe.
      stdio: ["ignore", "ignore", "pipe", "overlapped"],
      windowsHide: true,
    });
  } catch (error) {
    throw notStarted(error);
  }
}

/** Bun runs the child's addon only in part; there must be a Node beside it. */
function defaultProgram(): string {
  if (process.versions.bun === undefined) return process.execPath;
  const name = process.platform === "win32" ? "node.exe" : "node";
  const folders = (process.env.PATH ?? "").split(path.delimiter).filter((folder) => folder !== "");
  const found = folders.map((folder) => path.join(folder, name)).find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new MedGemmaError(
    "engine_crashed",
    "Under Bun the engine runs in a process of Node's, and PATH has no node.",
    {
      facts: { reason: "no_node" },
      remedy: "Install Node beside Bun, or name one by `execPath`.",
    },
  );
}

export function notStarted(error: unknown): MedGemmaError {
  const { code = "unknown" } = error as { code?: string };
  return new MedGemmaError("engine_crashed", `The engine's process cannot be started (${code}).`, {
    facts: { reason: code },
    cause: error,
    remedy: 'Check `execPath`; where processes cannot be started at all, load with `isolation: "none"`.',
  });
}

function childEnvironment(extra: SpawnOptions["env"]): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env };
  for (const name of SCRUBBED) delete env[name];
  // ggml would start a debugger in the middle of an abort.
  env.GGML_NO_BACKTRACE = "1";
  if (process.versions.electron !== undefined) env.ELECTRON_RUN_AS_NODE = "1";
  return { ...env, ...extra };
}

/** Compiled: the tests run from the sources, which Node 20 cannot. */
function childEntry(): string {
  requireOwnFiles();
  return path.join(packageRoot, "dist", "engine", "process", "child", "child.js");
}
