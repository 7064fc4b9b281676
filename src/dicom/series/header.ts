import { allowFrames } from "../file/allowances.js";
import { framesWithGroups } from "../file/attributes.js";
import type { Parsed } from "../file/dataset.js";
import { type DicomFacts, readFacts } from "../file/facts.js";
import { type Identity, readIdentity } from "../file/identity.js";
import { type Limits, tooLarge } from "../file/limits.js";
import { TAG } from "../file/tags.js";
import { SOP_CLASS } from "../file/uids.js";
import { frameMemory } from "../pixels/frame-memory.js";
import { framesHeld } from "../pixels/frames-held.js";
import { readColumns } from "./frame-columns.js";
import { packFile } from "./grouping.js";
import { readSlide, type SlideHeader } from "./slide-header.js";

/** What the main thread needs to know of a file; what grouping needs beside it is packed, and opened in a worker only. */
export interface Header {
  readonly facts: DicomFacts;
  /** Frames that are declared and that the file has room for. */
  readonly frames: number;
  /** Of the file, and what decoding one of its frames takes. */
  readonly bytes: number;
  readonly frameMemory: number;
  readonly hasPixels: boolean;
  /** False when the file ends or breaks before its pixel data. */
  readonly complete: boolean;
  readonly slide: SlideHeader | undefined;
  /** Files that a DICOMDIR names, as path components. */
  readonly directory: readonly (readonly string[])[] | undefined;
  readonly packed: Uint8Array;
  readonly warnings: readonly string[];
  readonly identity: Identity | undefined;
}

/** `name` is the file's, for the order of files that say nothing else. Throws `image_too_large`. */
export function readHeader(
  parsed: Parsed,
  limits: Limits,
  { identity, name }: { readonly identity: boolean; readonly name: string | undefined },
): Header {
  const { dataset, syntax } = parsed;
  const facts = readFacts(dataset, syntax);
  const wholeSlide = dataset.string(TAG.sopClass) === SOP_CLASS.wholeSlide;
  const frames = framesHeld(parsed, limits);
  const described = wholeSlide ? 1 : Math.max(1, framesWithGroups(dataset, frames));
  allowFrames(wholeSlide ? frames : described);
  const whole = (tag: string) => {
    const value = dataset.number(tag);
    return value !== undefined && Number.isInteger(value) ? value : undefined;
  };
  return {
    facts,
    frames,
    bytes: parsed.size,
    frameMemory: frameMemory(
      {
        ...facts,
        samples: dataset.uint16(TAG.samples) ?? 1,
        bitsAllocated: dataset.uint16(TAG.bitsAllocated) ?? 16,
      },
      syntax.codec,
    ),
    hasPixels: dataset.element(TAG.pixelData) !== undefined && facts.rows > 0 && facts.columns > 0,
    complete: parsed.complete,
    slide: wholeSlide ? readSlide(dataset, facts, frames) : undefined,
    directory: readDirectory(parsed, limits),
    packed: packFile({
      name,
      study: dataset.string(TAG.studyInstance) ?? "",
      series: dataset.string(TAG.seriesInstance) ?? "",
      instance: dataset.string(TAG.sopInstance) ?? "",
      seriesNumber: whole(TAG.seriesNumber),
      instanceNumber: whole(TAG.instanceNumber),
      wholeSlide,
      facts,
      frames,
      described: readColumns(dataset, described),
    }),
    identity: identity ? readIdentity(dataset) : undefined,
    // Last: what was read before is in it.
    warnings: [...parsed.warnings, ...dataset.damageWarnings],
  };
}

/** Referenced File ID (0004,1500) of each image record of a DICOMDIR (PS3.3 F.3), in the order of the file. */
function readDirectory({ dataset }: Parsed, { maxFiles }: Limits): (readonly string[])[] | undefined {
  if (!dataset.element(TAG.directoryRecords)) return undefined;
  const files: (readonly string[])[] = [];
  for (const record of dataset.items(TAG.directoryRecords)) {
    if (record.string(TAG.recordType) !== "IMAGE") continue;
    // Some writers separate the folders as their system does, where the standard has a backslash.
    const written = record.strings(TAG.referencedFile).flatMap((part) => part.split("/"));
    const parts = written.filter((part) => part !== "" && part !== ".");
    if (parts.length > 0) files.push(parts);
  }
  if (files.length > maxFiles) throw tooLarge("files in its DICOMDIR", files.length, maxFiles);
  return files;
}
