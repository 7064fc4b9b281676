import { badOption } from "../../base/errors.js";
import { DRAFT_NOTICE, PHANTOM_NOTICE } from "../../base/notice.js";
import { reading } from "../../base/options.js";
import type { Engine } from "../../engine/engine.js";
import type { Fit } from "../../image/fit.js";
import { type Asking, Callers } from "./callers.js";
import { type ModelProfile, type ModelVersion, profileOf } from "./model-profile.js";

/** What every task needs to know about the model it runs on. */
export interface LoadedModel extends ModelProfile, Asking {
  readonly engine: Engine;
}

const METHODS = ["tokenize", "encode", "generate", "score", "stats", "dispose"] as const;

/** @throws MedGemmaError `bad_option` for what is no engine. */
export function checkEngine(engine: Engine): void {
  const isEngine = reading("engine", () => {
    const info = engine?.info;
    const known = typeof info?.model?.name === "string" && typeof info.model.file?.name === "string";
    return known && METHODS.every((name) => typeof engine[name] === "function");
  });
  if (!isEngine) throw badOption("engine", "an Engine, as FakeEngine is,", engine);
}

/** What the catalogue, the file and the caller say of a model. */
export interface KnownOfModel {
  readonly version?: ModelVersion | undefined;
  readonly fit?: Fit | undefined;
}

/** @param known The rest is the profile's. */
export function loadedModel(engine: Engine, known: KnownOfModel = {}): LoadedModel {
  const profile = profileOf(engine.info, known.version);
  return { ...profile, fit: known.fit ?? profile.fit, engine, callers: new Callers() };
}

/** True for the embedded test object, which says so in every result. */
export function isPhantom({ family }: ModelProfile): boolean {
  return family === "phantom";
}

/** What every output says of itself. */
export function noticeOf(model: ModelProfile): string {
  return isPhantom(model) ? `${DRAFT_NOTICE} ${PHANTOM_NOTICE}` : DRAFT_NOTICE;
}
