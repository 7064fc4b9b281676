import type { Engine, EngineInfo } from "../engine/engine.js";
import { kindOf } from "../models/lineage.js";
import type { ModelVersion } from "./pictures.js";
import { DRAFT_NOTICE, PHANTOM_NOTICE } from "./result.js";

/** What every task needs to know about the model it runs on. */
export interface LoadedModel {
  readonly engine: Engine;
  /** True for the embedded test object, which says so in every result. */
  readonly phantom: boolean;
  /** Decides windows and prompt presets. */
  readonly version: ModelVersion;
}

/** @param version Where the catalogue tells it. */
export function loadedModel(engine: Engine, version = versionOf(engine.info)): LoadedModel {
  return { engine, phantom: isPhantom(engine.info), version };
}

/** By its name, for it may also be loaded by its path, or copied under another. */
function isPhantom({ model }: EngineInfo): boolean {
  return /\bphantom\b/i.test(`${model.name} ${model.file.name}`.replaceAll(/[-_.]/g, " "));
}

/** What every output says of itself. */
export function noticeOf({ phantom }: LoadedModel): string {
  return phantom ? `${DRAFT_NOTICE} ${PHANTOM_NOTICE}` : DRAFT_NOTICE;
}

/** Of an engine that was handed over: by the names of the model and its file; what does not tell is taken for 1.5, the newest. */
function versionOf({ model }: EngineInfo): ModelVersion {
  return kindOf([model.name], model.file.name).version ?? "1.5";
}
