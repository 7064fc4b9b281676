import type { Engine, EngineInfo } from "../engine/engine.js";
import type { ModelVersion } from "./pictures.js";

/** What every task needs to know about the model it runs on. */
export interface LoadedModel {
  readonly engine: Engine;
  /** True for the embedded test object, which says so in every result. */
  readonly phantom: boolean;
  /** Decides windows and prompt presets. */
  readonly version: ModelVersion;
}

export function loadedModel(engine: Engine, phantom: boolean): LoadedModel {
  return { engine, phantom, version: versionOf(engine.info) };
}

/** By the names of the model and its file; what does not tell is taken for 1.5, the newest. */
function versionOf({ model }: EngineInfo): ModelVersion {
  const names = `${model.name} ${model.file.name}`;
  return /medgemma/i.test(names) && !/1[._-]5/.test(names) && !/phantom|stand-in/i.test(names)
    ? "1.0"
    : "1.5";
}
