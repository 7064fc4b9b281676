import { rename } from "node:fs/promises";
import { JoinedAbort } from "../base/abort.js";
import { Callback } from "../base/callback.js";
import { badOption, throwIfAborted } from "../base/errors.js";
import { checkNames, stringOption } from "../base/options.js";
import { makeFolder } from "../machine/folder.js";
import { catalogueEntries, findEntry, knownFile, readCatalogue } from "./catalogue/catalogue.js";
import { isHubAddress, parseHubAddress, partsOf, understandName } from "./catalogue/hub-address.js";
import { requireLicense } from "./catalogue/licenses.js";
import { expectedBytes, filesOf, isHere, targetOf, urlsOf } from "./catalogue/places.js";
import { type ModelSettings, type ResolvedSettings, resolveSettings } from "./catalogue/settings.js";
import type { Catalogue, CatalogueEntry, CatalogueFile } from "./catalogue/types.js";
import { requireRoom } from "./download/disk-space.js";
import { download, fileSize, partOf, readRecord, rejectedOf } from "./download/download.js";
import { inModelsFolder } from "./download/models-folder.js";
import { readGguf } from "./gguf/gguf.js";

export interface DownloadProgress {
  /** The catalogue's name, or the address. */
  readonly model: string;
  /** Files that are fetched. */
  readonly files: readonly string[];
  /** Bytes that are here, of all files that are fetched. */
  readonly bytes: number;
  /** Of how many, when all sizes are known. */
  readonly total: number | undefined;
}

export interface PullOptions extends ModelSettings {
  /** True: the user has read and accepts the model's terms. Recorded in the folder, so that once is enough. Defaults to whether MEDGEMMA_ACCEPT_LICENSE is 1. */
  acceptLicense?: boolean | undefined;
  /** Address of the projector on the hub, `hf:OWNER/REPOSITORY/FILE.gguf`. Defaults to the catalogue's, and none for an address. */
  projector?: string | undefined;
  onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** Stops it; it rejects with `aborted`, and what has come is continued the next time. */
  signal?: AbortSignal | undefined;
}

/** A model that is on this machine, verified. */
export interface PulledModel {
  /** The catalogue's name, or the address. */
  readonly name: string;
  /** Paths. */
  readonly model: string;
  readonly projector: string | undefined;
  /** Absent for an address. */
  readonly promptVersion: "1.0" | "1.5" | undefined;
  /** What each must be, by the catalogue; by an address, what it was when it was fetched. */
  readonly sha256: { readonly model: string | undefined; readonly projector: string | undefined };
  /** True when anything had to be fetched. */
  readonly downloaded: boolean;
}

const NAMES = ["folder", "hub", "token", "catalogue", "acceptLicense", "projector", "onProgress", "signal"];

/**
 * Fetches a model and its projector, unless they are here: continued where it was cut off, verified, and given its
 * name last. A file that only an address names is verified by the sha256 that the hub gives for it, if it does.
 *
 * @param name `medgemma-1.5-4b-it`, or with a quantisation `medgemma-1.5-4b-it:Q8_0`; or a file on the hub,
 * `hf:OWNER/REPOSITORY/FILE.gguf`, with `@REVISION` or `#REVISION` for another than `main`, or its page's address.
 * @throws MedGemmaError `model_unknown`, `catalogue_invalid`, `license_not_accepted`, `access_denied`,
 * `download_failed`, `hash_mismatch`, `not_gguf`, `gguf_truncated`, `gguf_invalid`, `disk_full`, `models_folder`,
 * `aborted`, `bad_option`.
 *
 * @example
 * const { model, projector } = await pullModel("medgemma-1.5-4b-it", { acceptLicense: true });
 */
export async function pullModel(name: string, options: PullOptions = {}): Promise<PulledModel> {
  checkPullOptions(name, options);
  const settings = resolveSettings(options);
  const catalogue = await readCatalogue(settings.catalogue);
  const wanted = understandName(catalogue, name);
  const entry = isHubAddress(wanted) ? undefined : findEntry(catalogue, wanted);
  const given = options.projector && knownFile(catalogue, parseHubAddress("projector", options.projector));
  const model = entry?.variant ?? knownFile(catalogue, parseHubAddress("name", wanted));
  const projector = given || entry?.projector;
  const missing = await inModelsFolder(async () => {
    const parts = partsOf(model).map((part) => knownFile(catalogue, part));
    const files = await missingFiles(settings.folder, projector ? [...parts, projector] : parts);
    if (files.length === 0) return files;
    for (const terms of termsOf(catalogue, files))
      await requireLicense(settings.folder, terms, options.acceptLicense);
    throwIfAborted(options.signal);
    await makeFolder(settings.folder);
    await requireSpace(settings.folder, files);
    await fetchAll(entry?.name ?? name, files, settings, options);
    return files;
  });
  const hashOf = async (file: CatalogueFile) =>
    file.sha256 ?? (await readRecord(targetOf(settings.folder, file)))?.sha256;
  return {
    name: entry?.name ?? name,
    model: targetOf(settings.folder, model),
    projector: projector && targetOf(settings.folder, projector),
    promptVersion: entry?.model.promptVersion,
    sha256: { model: await hashOf(model), projector: projector && (await hashOf(projector)) },
    downloaded: missing.length > 0,
  };
}

/** One entry for each licence of the repositories of these files: an address is no way around the terms. */
function termsOf(catalogue: Catalogue, files: readonly CatalogueFile[]): CatalogueEntry[] {
  const repositories = new Set(files.map(({ repository }) => repository.toLowerCase()));
  const entries = catalogueEntries(catalogue).filter((entry) =>
    filesOf(entry).some(({ repository }) => repositories.has(repository.toLowerCase())),
  );
  return [...new Map(entries.map((entry) => [entry.licenseId, entry])).values()];
}

function checkPullOptions(name: unknown, options: PullOptions): void {
  if (typeof name !== "string" || name === "") throw badOption("name", "a model's name", name);
  checkNames("pullModel", options, NAMES);
  for (const key of ["folder", "hub", "token", "catalogue", "projector"] as const)
    stringOption(key, options[key]);
  if (options.acceptLicense !== undefined && typeof options.acceptLicense !== "boolean")
    throw badOption("acceptLicense", "true or false", options.acceptLicense);
  if (options.onProgress !== undefined && typeof options.onProgress !== "function")
    throw badOption("onProgress", "a function", options.onProgress);
  if (options.signal !== undefined && !(options.signal instanceof AbortSignal))
    throw badOption("signal", "an AbortSignal", options.signal);
}

/** A file of the right name and the wrong size was put there by somebody else: it goes aside. */
async function missingFiles(folder: string, files: readonly CatalogueFile[]): Promise<CatalogueFile[]> {
  const missing: CatalogueFile[] = [];
  for (const file of files) {
    if (await isHere(folder, file)) continue;
    const target = targetOf(folder, file);
    if ((await fileSize(target)) !== undefined) await rename(target, rejectedOf(target));
    missing.push(file);
  }
  return missing;
}

/** @throws MedGemmaError `disk_full`, before the first byte. */
async function requireSpace(folder: string, files: readonly CatalogueFile[]): Promise<void> {
  let needed = 0;
  for (const file of files) {
    const here = (await fileSize(partOf(targetOf(folder, file)))) ?? 0;
    needed += Math.max(0, (expectedBytes(file) ?? 0) - here);
  }
  await requireRoom(folder, needed);
}

/** All files at once; the first failure stops the others, whose parts stay. */
async function fetchAll(
  model: string,
  files: readonly CatalogueFile[],
  { folder, hub, token }: ResolvedSettings,
  { signal, onProgress }: PullOptions,
): Promise<void> {
  const progress = new Callback(onProgress);
  const stop = new JoinedAbort(signal);
  progress.failed.catch(() => stop.abort());
  const here = files.map(() => 0);
  const totals = files.map(expectedBytes);
  const tell = () =>
    progress.call({
      model,
      files: files.map(({ file }) => file),
      bytes: here.reduce((sum, bytes) => sum + bytes, 0),
      total: totals.reduce<number | undefined>(
        (sum, bytes) => (sum === undefined || bytes === undefined ? undefined : sum + bytes),
        0,
      ),
    });
  let failure: unknown;
  const downloads = files.map(async (file, index) => {
    try {
      await download({
        urls: urlsOf(hub, file),
        target: targetOf(folder, file),
        folder,
        bytes: file.bytes,
        sha256: file.sha256,
        token,
        // Nobody's hash tells that it is a whole model, so its header must.
        checkUnknown: readGguf,
        signal: stop.signal,
        onBytes: (bytes, total) => {
          here[index] = bytes;
          totals[index] = total ?? totals[index];
          tell();
        },
      });
    } catch (error) {
      failure ??= error;
      stop.abort();
    }
  });
  await Promise.all(downloads);
  stop.end();
  progress.check();
  throwIfAborted(signal);
  if (failure !== undefined) throw failure;
}
