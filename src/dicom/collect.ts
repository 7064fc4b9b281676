import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { badOption, MedGemmaError } from "../errors.js";
import type { Header } from "./header.js";
import { type Limits, tooLarge } from "./limits.js";
import type { DecodePool } from "./pool.js";
import { type DicomInput, toSource } from "./read.js";
import type { Source } from "./source.js";

/** A DICOM file whose header was read. */
export interface Instance {
  readonly source: Source;
  readonly header: Header;
}

export interface Collected {
  readonly instances: readonly Instance[];
  /** Files left out, counted by reason. */
  readonly skipped: ReadonlyMap<string, number>;
  /** The caller named each file, and so means each. */
  readonly listed: boolean;
}

export interface CollectOptions {
  readonly pool: DecodePool;
  readonly limits: Limits;
  readonly identity: boolean;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((done: number, total: number) => void) | undefined;
}

export type StudyInput = DicomInput | readonly DicomInput[];

/** Reads the headers behind a path, a folder, a DICOMDIR, bytes, or a list of these. */
export async function collect(input: StudyInput, options: CollectOptions): Promise<Collected> {
  const listed = Array.isArray(input);
  const inputs: readonly DicomInput[] = listed ? (input as readonly DicomInput[]) : [input as DicomInput];
  if (inputs.length === 0) throw badOption("source", "at least one file", inputs);
  const files: DicomInput[] = [];
  let folder = false;
  for (const item of inputs) {
    if (typeof item === "string" && (await isFolder(item))) {
      folder = true;
      files.push(...(await filesIn(item, options.limits)));
    } else files.push(item);
  }
  if (files.length > options.limits.maxFiles) throw tooLarge("files", files.length, options.limits.maxFiles);
  const tolerant = folder || files.length > 1;
  const collected = await readHeaders(files.map(toSource), options, tolerant);
  return { ...collected, listed: listed && !folder };
}

async function isFolder(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isDirectory();
  } catch (cause) {
    throw new MedGemmaError("file_not_found", undefined, {
      facts: { reason: (cause as { code?: string }).code },
    });
  }
}

/** All files below a folder, by name; hidden ones and links to folders are left out. */
async function filesIn(folder: string, limits: Limits): Promise<string[]> {
  const files: string[] = [];
  const visit = async (current: string): Promise<void> => {
    const entries = await readdir(current, { withFileTypes: true });
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      if (entry.name.startsWith(".")) continue;
      const full = path.join(current, entry.name);
      if (entry.isDirectory()) await visit(full);
      else if (entry.isFile()) files.push(full);
      if (files.length > limits.maxFiles) throw tooLarge("files", files.length, limits.maxFiles);
    }
  };
  await visit(folder);
  return files;
}

async function readHeaders(sources: readonly Source[], options: CollectOptions, tolerant: boolean) {
  const skipped = new Map<string, number>();
  const skip = (reason: string) => skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
  let done = 0;
  const read = async (source: Source): Promise<Instance | MedGemmaError> => {
    const job = { kind: "header", source, limits: options.limits, identity: options.identity } as const;
    try {
      return {
        source,
        header: await options.pool.run<"header">(job, {
          timeout: options.limits.timeout,
          signal: options.signal,
        }),
      };
    } catch (error) {
      if (
        tolerant &&
        MedGemmaError.isInstance(error) &&
        error.code !== "aborted" &&
        error.code !== "disposed"
      )
        return error;
      throw error;
    } finally {
      options.onProgress?.(++done, sources.length);
    }
  };
  const results = await Promise.all(sources.map(read));
  const instances: Instance[] = [];
  for (const result of results) {
    if (MedGemmaError.isInstance(result)) skip(result.code === "not_dicom" ? "not DICOM" : "unreadable");
    else if (result.header.directory)
      instances.push(...(tolerant ? [] : await readDirectory(result, options)));
    else if (!result.header.hasPixels) skip("without pixels");
    else instances.push(result);
  }
  return { instances, skipped };
}

/** The files that a DICOMDIR names, from its own folder. Files beside a folder's DICOMDIR are found without it. */
async function readDirectory(directory: Instance, options: CollectOptions): Promise<readonly Instance[]> {
  if (!("path" in directory.source))
    throw new MedGemmaError("dicom_no_picture", "A DICOMDIR needs its path: it names files beside it.");
  const root = path.resolve(path.dirname(directory.source.path));
  const files = (directory.header.directory ?? []).map((parts) => path.resolve(root, ...parts));
  // Names that lead outside the folder are not followed.
  const inside = files.filter((file) => file.startsWith(root + path.sep));
  const { instances } = await readHeaders(
    inside.map((file) => ({ path: file })),
    options,
    true,
  );
  return instances;
}
