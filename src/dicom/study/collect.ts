import { stat } from "node:fs/promises";
import path from "node:path";
import { badOption, MedGemmaError } from "../../base/errors.js";
import { aboutFile } from "../../base/files/about-file.js";
import { fileLabel } from "../../base/files/name.js";
import { refuseOthers } from "../../base/files/open-file.js";
import { firstBytes } from "../file/first-bytes.js";
import { type HeldInput, type PathOrBytes, toSource } from "../file/input.js";
import { type Limits, tooLarge } from "../file/limits.js";
import { sourceName } from "../file/paths.js";
import type { SharedBytes } from "../file/shared-bytes.js";
import type { Source } from "../file/source.js";
import type { Header } from "../series/header.js";
import type { Instance } from "../series/instance.js";
import type { DecodePool } from "../worker/pool.js";
import { looksLikeZip } from "../worker/unzip.js";
import { DirectoryNames } from "./dicomdir.js";
import { filesIn } from "./folder-files.js";
import { inTurn } from "./in-turn.js";

export interface Collected {
  readonly instances: readonly Instance[];
  /** Files left out, counted by reason. */
  readonly skipped: ReadonlyMap<string, number>;
  /** What was not opened or cannot be read, in words. */
  readonly warnings: readonly string[];
  /** The caller named each file, and so means each. */
  readonly listed: boolean;
}

export interface CollectOptions {
  readonly pool: DecodePool;
  readonly limits: Limits;
  readonly shared: SharedBytes;
  readonly identity: boolean;
  /** Only to say what is there: named files without pixels, and of several those that cannot be read, are told too. */
  readonly describing?: boolean | undefined;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((done: number, total: number) => void) | undefined;
}

/**
 * Reads the headers behind a path, a folder, a DICOMDIR, bytes, or a list of these. Of a folder, what is no DICOM file or
 * cannot be read is left out and told; a file that the caller names is read or refused, by its name.
 */
export async function collect(input: HeldInput, options: CollectOptions): Promise<Collected> {
  const listed = Array.isArray(input);
  const inputs = listed ? (input as readonly PathOrBytes[]) : [input as PathOrBytes];
  if (inputs.length === 0) throw badOption("source", "at least one file", inputs);
  const named: Source[] = [];
  const found: Source[] = [];
  const warnings: string[] = [];
  for (const item of inputs) {
    const kind = typeof item === "string" ? await kindOfPath(item) : "file";
    if (typeof item === "string" && kind === "folder") {
      const { files, notes } = await filesIn(item, options.limits);
      found.push(...files.map((file) => ({ path: file })));
      warnings.push(...notes);
    } else if (looksLikeZip(typeof item === "string" ? await firstBytes(item, 4) : item))
      found.push(...(await filesInArchive(toSource(item), options)));
    else named.push(toSource(item));
  }
  const own = sort(await readHeaders(named, options));
  const isTold = ({ error }: Refused) =>
    options.describing === true && (named.length > 1 || error.code === "dicom_no_picture");
  for (const one of own.refused) if (!isTold(one)) throw one.error;
  const directories = await inTurn(own.directories, (one) => readDirectory(one, options));
  // A folder's files are found without its DICOMDIR.
  const rest = sort(await readHeaders(found, options));
  const failed = [...own.refused, ...rest.refused, ...directories.flatMap((one) => one.refused)];
  const instances = [own, ...directories, rest].flatMap((one) => one.instances);
  for (const { missing } of directories)
    if (missing > 0) warnings.push(`${missing} of the files that the DICOMDIR names are not there`);
  return {
    instances,
    skipped: countReasons(failed),
    warnings: [
      ...warnings,
      ...unreadableWarnings(failed.filter(({ error }) => reasonOf(error) === "unreadable")),
    ],
    listed: listed && found.length === 0 && directories.length === 0,
  };
}

async function filesInArchive(
  source: Source,
  { pool, limits, shared, signal }: CollectOptions,
): Promise<Source[]> {
  const files = await pool.run<"unzip">(
    { kind: "unzip", source, limits },
    { timeout: limits.timeout, signal },
  );
  return inTurn(files, async ({ name, bytes }) => ({ ...toSource(await shared.share(bytes)), name }));
}

async function kindOfPath(file: string): Promise<"folder" | "file"> {
  try {
    const found = await stat(file);
    if (found.isDirectory()) return "folder";
    refuseOthers(found, fileLabel(file));
    return "file";
  } catch (cause) {
    if (MedGemmaError.isInstance(cause)) throw cause;
    // The system's error carries the full path: only its code goes on.
    const { code } = cause as NodeJS.ErrnoException;
    const name = fileLabel(file);
    throw new MedGemmaError("file_not_found", `${name} cannot be opened (${code}).`, {
      facts: { file: name, reason: code },
    });
  }
}

/** A file that holds no picture, and why. */
export interface Refused {
  readonly name: string;
  readonly error: MedGemmaError;
}

type Outcome = { readonly source: Source; readonly name: string; readonly header: Header } | Refused;

async function readHeaders(sources: readonly Source[], options: CollectOptions): Promise<Outcome[]> {
  let done = 0;
  const read = async (source: Source, index: number): Promise<Outcome> => {
    const name = sourceName(source, index);
    const job = { kind: "header", source, limits: options.limits, identity: options.identity } as const;
    const { signal } = options;
    try {
      const header = await options.pool.run<"header">(job, { timeout: options.limits.timeout, signal });
      return { source, name, header };
    } catch (error) {
      if (isOfTheFile(error)) return { name, error: sources.length > 1 ? aboutFile(error, name) : error };
      throw error;
    } finally {
      options.onProgress?.(++done, sources.length);
    }
  };
  return inTurn(sources, read);
}

/** An error of this file alone, and not of the whole call. */
export function isOfTheFile(error: unknown): error is MedGemmaError {
  return MedGemmaError.isInstance(error) && error.code !== "aborted" && error.code !== "disposed";
}

function sort(outcomes: readonly Outcome[]) {
  const sorted = { instances: [] as Instance[], directories: [] as Instance[], refused: [] as Refused[] };
  for (const outcome of outcomes) {
    if ("error" in outcome) sorted.refused.push(outcome);
    else if (outcome.header.directory) sorted.directories.push(outcome);
    else if (outcome.header.hasPixels) sorted.instances.push(outcome);
    else sorted.refused.push(withoutPixels(outcome, outcomes.length > 1));
  }
  return sorted;
}

function withoutPixels({ name, header }: Extract<Outcome, { header: Header }>, several: boolean): Refused {
  const error = header.complete
    ? new MedGemmaError("dicom_no_picture")
    : new MedGemmaError(
        "dicom_unreadable",
        "The data set breaks off before its pixels: it is damaged, cut off, or written in a way that is not read.",
      );
  return { name, error: several ? aboutFile(error, name) : error };
}

/** The files that a DICOMDIR names, from its own folder. */
async function readDirectory({ source, header }: Instance, options: CollectOptions) {
  if (!("path" in source) || typeof source.path !== "string")
    throw new MedGemmaError("dicom_no_picture", "A DICOMDIR needs its path: it names files beside it.");
  const records = header.directory ?? [];
  if (records.length > options.limits.maxFiles)
    throw tooLarge("files in its DICOMDIR", records.length, options.limits.maxFiles);
  const names = new DirectoryNames(path.dirname(path.resolve(source.path)));
  const files = new Set<string>();
  let missing = 0;
  for (const parts of records) {
    const file = await names.find(parts);
    if (file === undefined) missing++;
    else files.add(file);
  }
  if (files.size === 0 && missing > 0)
    throw new MedGemmaError(
      "file_not_found",
      `None of the ${missing} files that the DICOMDIR names is there.`,
      {
        remedy: "Pass the DICOMDIR in the folder it was copied with, or the folder of the files.",
      },
    );
  return {
    missing,
    ...sort(
      await readHeaders(
        [...files].map((file) => ({ path: file })),
        options,
      ),
    ),
  };
}

function reasonOf({ code }: MedGemmaError): string {
  return code === "not_dicom" ? "not DICOM" : code === "dicom_no_picture" ? "without pixels" : "unreadable";
}

function countReasons(refused: readonly Refused[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { error } of refused) counts.set(reasonOf(error), (counts.get(reasonOf(error)) ?? 0) + 1);
  return counts;
}

/** So many files are named one by one. */
const NAMED = 5;

/** What of a folder could not be read, by the files' own names. */
export function unreadableWarnings(refused: readonly Refused[]): string[] {
  const named = refused.slice(0, NAMED).map(({ name, error }) => {
    const { message } = aboutFile(error, name);
    return `Left out: ${message}`;
  });
  return refused.length > NAMED
    ? [...named, `Left out as unreadable: ${refused.length - NAMED} more files.`]
    : named;
}
