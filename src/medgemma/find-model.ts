import { existsSync } from "node:fs";
import type { FileInfo } from "../engine/engine.js";
import { MedGemmaError } from "../errors.js";
import { type PulledModel, pullModel } from "../models/pull.js";
import type { ModelFiles } from "./load-options.js";
import type { ModelVersion } from "./pictures.js";

/** The files to load, and what the catalogue knows of them when they were named by it. */
export interface FoundModel {
  readonly model: string;
  readonly projector?: string;
  readonly version?: ModelVersion;
  readonly sha256?: PulledModel["sha256"];
}

/**
 * Turns `model` into files: a path stays one, and a name of the catalogue is fetched unless it is here. A path that
 * exists wins; what looks like a path is never looked up, so that a mistyped one is told as that.
 * @throws MedGemmaError as `pullModel`.
 */
export async function findModel(files: ModelFiles, signal: AbortSignal | undefined): Promise<FoundModel> {
  const { model, projector, acceptLicense, onDownload } = files;
  if (looksLikePath(model) || existsSync(model))
    return { model, ...(projector !== undefined && { projector }) };
  const pulled = await pullModel(model, {
    ...(acceptLicense !== undefined && { acceptLicense }),
    ...(onDownload && { onProgress: onDownload }),
    ...(signal && { signal }),
  });
  const own = projector ?? pulled.projector;
  return {
    model: pulled.model,
    ...(own !== undefined && { projector: own }),
    version: pulled.promptVersion,
    sha256: {
      model: pulled.sha256.model,
      projector: projector === undefined ? pulled.sha256.projector : undefined,
    },
  };
}

function looksLikePath(model: string): boolean {
  return /[/\\]|\.gguf$/i.test(model);
}

/**
 * Compares what was loaded with the catalogue: the engine hashes its files anyway, and a disk may have changed one
 * since it was fetched.
 * @throws MedGemmaError `hash_mismatch`.
 */
export function checkHashes(
  { sha256 }: FoundModel,
  loaded: { readonly model: FileInfo; readonly projector: FileInfo | undefined },
): void {
  for (const kind of ["model", "projector"] as const) {
    const [expected, file] = [sha256?.[kind], loaded[kind]];
    if (expected === undefined || file === undefined || file.sha256 === expected) continue;
    throw new MedGemmaError(
      "hash_mismatch",
      `${file.name} on this disk is not the file that the catalogue names.`,
      {
        facts: { file: file.name, expected, actual: file.sha256 },
        remedy: "Run `medgemma models verify`, which puts it aside, and load again.",
      },
    );
  }
}
