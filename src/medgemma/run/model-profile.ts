import type { EngineInfo } from "../../engine/engine.js";
import type { Fit } from "../../image/fit.js";
import { kindOf } from "../../models/gguf/lineage.js";
import type { PresetFamily } from "../../prompt/presets-tasks.js";

/** CT windows differ between MedGemma's versions. */
export type ModelVersion = "1.0" | "1.5";

/** How a model was trained, as far as tasks must know: they ask this, and never which model it is. */
export interface ModelProfile {
  /** Which presets of prompts it takes. */
  readonly family: PresetFamily;
  /** Whose windows a CT is shown with. */
  readonly version: ModelVersion;
  /** How a picture that is not square becomes the encoder's square. */
  readonly fit: Fit;
  /** False when a schema in the prompt is noise to it. */
  readonly readsSchemas: boolean;
}

/**
 * MedGemma pads: Google's serving code (predictor.py) and both notebooks of chest radiographs say that it was trained and
 * evaluated so. The phantom was trained on pictures stretched as a bare transformers processor does.
 */
const PROFILES: Readonly<Record<PresetFamily, Omit<ModelProfile, "family">>> = {
  "1.0": { version: "1.0", fit: "pad", readsSchemas: true },
  "1.5": { version: "1.5", fit: "pad", readsSchemas: true },
  phantom: { version: "1.5", fit: "stretch", readsSchemas: false },
};

/**
 * By the names of the model and its file, for it may also be loaded by its path, or copied under another; what does not
 * tell is taken for 1.5, the newest.
 * @param version Where the catalogue or the file's header tells it.
 */
export function profileOf({ model }: EngineInfo, version: ModelVersion | undefined): ModelProfile {
  const kind = kindOf([model.name], model.file.name);
  const family = kind.family === "phantom" ? "phantom" : (version ?? kind.version ?? "1.5");
  const profile = PROFILES[family];
  return { family, ...profile, version: version ?? profile.version };
}
