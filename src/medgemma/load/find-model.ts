import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { badOption, MedGemmaError } from "../../base/errors.js";
import type { FileInfo } from "../../engine/engine.js";
import { localFile } from "../../models/catalogue/addressed.js";
import { readCatalogue } from "../../models/catalogue/catalogue.js";
import { isHubAddress, isRepository, understandName } from "../../models/catalogue/hub-address.js";
import { localModel } from "../../models/manage.js";
import { type PulledModel, pullModel } from "../../models/pull.js";
import type { ModelVersion } from "../run/model-profile.js";
import type { ModelFiles } from "./load-options.js";

/** The files to load, and what the catalogue knows of them when they were named by it. */
export interface FoundModel {
  readonly model: string;
  readonly projector?: string | undefined;
  readonly version?: ModelVersion | undefined;
  readonly sha256?: PulledModel["sha256"] | undefined;
}

/**
 * Turns `model` into files: a path stays one; a name of the catalogue and an address are fetched unless they are here.
 * A path that exists wins over a name; what looks like a path is never looked up, so that a mistyped one is told as that.
 * @throws MedGemmaError as `pullModel`.
 */
export async function findModel(files: ModelFiles, signal: AbortSignal | undefined): Promise<FoundModel> {
  const { acceptLicense, onDownload } = files;
  const model = pathOfUrl("model", files.model);
  const projector = files.projector && pathOfUrl("projector", files.projector);
  const options = {
    ...(acceptLicense !== undefined && { acceptLicense }),
    ...(onDownload && { onProgress: onDownload }),
    ...(signal && { signal }),
  };
  const away = projector !== undefined && isHubAddress(projector);
  if (await isFile(model)) {
    if (!away) return { model, ...(projector !== undefined && { projector }) };
    const fetched = await pullModel(projector, options);
    return {
      model,
      projector: fetched.model,
      sha256: { model: undefined, projector: fetched.sha256.model },
    };
  }
  const pulled = await pullModel(model, { ...options, ...(away && { projector }) });
  const own = away ? pulled.projector : (projector ?? pulled.projector);
  return {
    model: pulled.model,
    ...(own !== undefined && { projector: own }),
    ...(pulled.promptVersion !== undefined && { version: pulled.promptVersion }),
    sha256: {
      model: pulled.sha256.model,
      projector: projector === undefined || away ? pulled.sha256.projector : undefined,
    },
  };
}

/** A `file:` address as the path that it stands for; anything else as it is. @throws MedGemmaError `bad_option`. */
function pathOfUrl(option: string, text: string): string {
  if (/^[a-z][\w+.-]+:\/\//i.test(text) && !/^file:/i.test(text) && !isHubAddress(text)) throw elsewhere();
  if (!/^file:/i.test(text)) return text;
  try {
    return fileURLToPath(text);
  } catch {
    throw badOption(option, "a path, or a file: address without a host", text);
  }
}

/** Models come from the hub or its mirror only: what another address gives, nobody has named a hash of. */
function elsewhere(): MedGemmaError {
  return new MedGemmaError("model_unknown", "Models are not fetched from this address.", {
    remedy:
      "Download the .gguf file and pass its path. A file on the hub is named hf:OWNER/REPOSITORY/FILE.gguf; for a mirror of the hub set MEDGEMMA_HUB to its address.",
  });
}

/** What is there, or looks like a path and is no repository that the catalogue knows; the rest are names and addresses. */
async function isFile(model: string): Promise<boolean> {
  if (existsSync(model)) return true;
  if (isHubAddress(model) || !/[/\\]|\.gguf$/i.test(model)) return false;
  if (!isRepository(model)) return true;
  if (understandName(await readCatalogue(), model) !== model) return false;
  throw new MedGemmaError("file_not_found", "There is no such file.", {
    facts: { file: path.basename(model), reason: "ENOENT" },
    remedy: `Check the path. If a repository of the hub is meant, name its file: hf:${model}/FILE.gguf.`,
  });
}

/**
 * The same without fetching anything.
 * @throws MedGemmaError `model_unknown`, `bad_option`, `catalogue_invalid`; `file_not_found` for what has not been fetched.
 */
export async function findLocalModel(name: string, visionName?: string): Promise<FoundModel> {
  const model = pathOfUrl("model", name);
  const projector = visionName && pathOfUrl("projector", visionName);
  const here = (await isFile(model)) ? { model, projector: undefined } : await fetched(model);
  const own = projector === undefined ? here.projector : await localPath(projector);
  return { model: here.model, ...(own !== undefined && { projector: own }) };
}

async function fetched(name: string): Promise<{ model: string; projector: string | undefined }> {
  const known = understandName(await readCatalogue(), name);
  if (isHubAddress(known)) return { model: await localPath(known), projector: undefined };
  const { model, projector } = await localModel(known);
  if (model === undefined) throw notFetched(name);
  return { model, projector };
}

async function localPath(file: string): Promise<string> {
  const found = isHubAddress(file) ? await localFile(file) : file;
  if (found === undefined) throw notFetched(file);
  return found;
}

function notFetched(model: string): MedGemmaError {
  return new MedGemmaError("file_not_found", "The model has not been fetched to this machine.", {
    facts: { model },
    remedy: `Run \`medgemma pull ${model}\` first; \`medgemma models\` tells sizes and expected memory.`,
  });
}

/**
 * Compares what was loaded with the catalogue, or with what was fetched: the engine hashes its files anyway, and a disk may have changed one
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
      `${file.name} on this disk is not the file that the name stands for.`,
      {
        facts: { file: file.name, expected, actual: file.sha256 },
        remedy:
          "Run `medgemma models verify`, which puts the catalogue's files aside, or delete it, and load again.",
      },
    );
  }
}
