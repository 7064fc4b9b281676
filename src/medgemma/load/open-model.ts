import { readOnce } from "../../base/options.js";
import type { Engine } from "../../engine/engine.js";
import { NativeEngine } from "../../engine/native/native-engine.js";
import { ProcessEngine } from "../../engine/process/process-engine.js";
import { RemoteEngine } from "../../engine/remote/remote-engine.js";
import type { KnownOfModel } from "../run/loaded-model.js";
import { checkHashes, findModel } from "./find-model.js";
import { type LoadOptions, resolveLoadOptions } from "./load-options.js";
import { prepareLoad } from "./prepare-load.js";

/** An engine with its model, and what is known of it besides. */
export interface OpenedModel {
  readonly engine: Engine;
  readonly known: KnownOfModel;
  readonly warnings: readonly string[];
}

/** @see MedGemma.load */
export async function openModel(options: LoadOptions | string): Promise<OpenedModel> {
  const given = typeof options === "string" ? { model: options } : readOnce("MedGemma.load", options);
  const { isolation, files, fit, remote, engine: rest } = resolveLoadOptions(given);
  if (remote) return { engine: await RemoteEngine.load(remote), known: { fit }, warnings: [] };
  const found = await findModel(files, rest.signal);
  const { model, projector } = found;
  const prepared = await prepareLoad(model, projector, rest);
  const { threads, placements, modelParts, warnings, explain } = prepared;
  const parts = modelParts.length > 0 && { modelParts };
  const own = projector !== undefined && { projector };
  const settings = { ...rest, threads, placements, model, ...parts, ...own };
  const engine = await (isolation === "none" ? NativeEngine : ProcessEngine).load(settings).catch(explain);
  try {
    checkHashes(found, { model: engine.info.model.file, projector: engine.info.projector?.file });
    await prepared.checkLoaded(engine.info);
  } catch (error) {
    await engine.dispose();
    throw error;
  }
  return { engine, known: { version: found.version ?? prepared.version, fit }, warnings };
}
