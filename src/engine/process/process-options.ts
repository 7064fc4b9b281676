import path from "node:path";
import { asListener } from "../../base/callback.js";
import { resolveAdapterOptions } from "../native/adapters.js";
import type { NativeEngineOptions } from "../native/native-engine.js";
import type { LoadSettings, LogLevel } from "./link/messages.js";
import type { SpawnOptions } from "./link/spawn-child.js";

export interface ProcessEngineOptions extends NativeEngineOptions, SpawnOptions {
  /** Called with llama.cpp's log lines. Defaults to none being kept. */
  onLog?: ((level: LogLevel, line: string) => void) | undefined;
  /**
   * Crashes in a row (no request answered between, however long that was) after which the process is not started again.
   * Defaults to `3`.
   */
  maxCrashes?: number | undefined;
  /**
   * Milliseconds after which a step of the engine (a batch of tokens, a picture's layer) may count as stuck: if it has
   * also taken a hundred times what such a step usually takes, the process is ended and started again. On a GPU it has
   * twenty times as long, for its driver compiles kernels. 0 turns that off. Defaults to `30000`.
   */
  stuckAfter?: number | undefined;
}

const DEFAULT_MAX_CRASHES = 3;
const DEFAULT_STUCK_AFTER = 30_000;

/** What every start of the process needs. */
export interface StartSettings {
  readonly load: LoadSettings;
  readonly spawn: SpawnOptions;
  /** Paths in the options are relative to the folder the application loaded from, also after a restart. */
  readonly cwd: string;
  readonly maxCrashes: number;
  readonly stuckAfter: number;
  readonly onLog: ProcessEngineOptions["onLog"] | undefined;
}

export function toStartSettings(options: ProcessEngineOptions): StartSettings {
  const {
    signal: _signal,
    onProgress: _onProgress,
    execPath,
    execArgv,
    env,
    onLog,
    maxCrashes,
    stuckAfter,
    model,
    projector,
    modelParts,
    adapters,
    ...rest
  } = options;
  return {
    load: {
      ...rest,
      model: path.resolve(model),
      ...(projector !== undefined && { projector: path.resolve(projector) }),
      ...(modelParts && { modelParts: modelParts.map((file) => path.resolve(file)) }),
      ...(adapters && {
        adapters: resolveAdapterOptions(adapters).map(({ file, ...rest }) => ({
          ...rest,
          file: path.resolve(file),
        })),
      }),
    },
    spawn: {
      ...(execPath !== undefined && { execPath }),
      ...(execArgv !== undefined && { execArgv }),
      ...(env !== undefined && { env }),
    },
    cwd: process.cwd(),
    maxCrashes: maxCrashes ?? DEFAULT_MAX_CRASHES,
    stuckAfter: stuckAfter ?? DEFAULT_STUCK_AFTER,
    onLog: onLog && asListener("onLog", onLog),
  };
}
