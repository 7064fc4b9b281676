import { readdir } from "node:fs/promises";
import path from "node:path";
import { type DownloadRecord, fileSize, partOf, readRecord } from "../download/download.js";
import { catalogueEntries, readCatalogue } from "./catalogue.js";
import { parseHubAddress } from "./hub-address.js";
import { filesOf, isHere, targetOf } from "./places.js";
import { type ModelSettings, resolveSettings } from "./settings.js";
import type { CatalogueFile } from "./types.js";

/** A file of the models folder that no catalogue names: it was fetched by its address. */
export interface ListedFile {
  /** `hf:OWNER/REPOSITORY/FILE.gguf`, with `@REVISION` where it is not `main`. */
  readonly name: string;
  /** `partial`: a download was begun. */
  readonly state: "here" | "partial";
  /** Of what is here. */
  readonly bytes: number;
  readonly sha256: string | undefined;
  /** Whose hash it was compared with. */
  readonly verifiedBy: DownloadRecord["verifiedBy"] | undefined;
  readonly path: string;
}

/** @throws MedGemmaError `catalogue_invalid`. */
export async function listAddressedFiles(settings: ModelSettings = {}): Promise<ListedFile[]> {
  const { folder, catalogue } = resolveSettings(settings);
  const known = catalogueEntries(await readCatalogue(catalogue)).flatMap(filesOf);
  const targets = new Set(known.map((file) => targetOf(folder, file)));
  const found = (await readdir(folder, { recursive: true }).catch((): string[] => []))
    .filter((name) => /\.gguf(?:\.part)?$/i.test(name))
    .map((name) => path.join(folder, name.replace(/\.part$/, "")));
  const listed: ListedFile[] = [];
  for (const target of [...new Set(found)].sort()) {
    const name = addressOf(path.relative(folder, target));
    if (targets.has(target) || name === undefined) continue;
    const bytes = await fileSize(target);
    const record = bytes === undefined ? undefined : await readRecord(target);
    listed.push({
      name,
      state: bytes === undefined ? "partial" : "here",
      bytes: bytes ?? (await fileSize(partOf(target))) ?? 0,
      sha256: record?.sha256,
      verifiedBy: record?.verifiedBy,
      path: target,
    });
  }
  return listed;
}

/** OWNER/REPOSITORY/REVISION/FILE as its address; undefined for what no address leads to. */
function addressOf(place: string): string | undefined {
  const [owner, repository, revision = "", ...file] = place.split(path.sep);
  try {
    const commit = decodeURIComponent(revision);
    const address = `hf:${owner}/${repository}/${file.join("/")}${commit === "main" ? "" : `@${commit}`}`;
    parseHubAddress("name", address);
    return address;
  } catch {
    return undefined;
  }
}

/**
 * Where an addressed file is; undefined when it is not here.
 * @throws MedGemmaError `bad_option`: it is no address.
 */
export async function localFile(address: string, settings: ModelSettings = {}): Promise<string | undefined> {
  const { folder } = resolveSettings(settings);
  const file: CatalogueFile = parseHubAddress("name", address);
  return (await isHere(folder, file)) ? targetOf(folder, file) : undefined;
}
