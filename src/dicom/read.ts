import { badOption } from "../base/errors.js";
import { checkNames, checkSignal, plain, readOnce } from "../base/options.js";
import { looksLikeDicom } from "./file/data-set-start.js";
import type { DicomFacts } from "./file/facts.js";
import { firstBytes } from "./file/first-bytes.js";
import type { Identity } from "./file/identity.js";
import { type DicomInput, type PathOrBytes, toSource } from "./file/input.js";
import { type DicomLimits, withDefaults } from "./file/limits.js";
import type { Samples } from "./pixels/samples.js";
import { whileHeld } from "./study/hold.js";
import { sharedPool } from "./worker/pool.js";

export interface ReadOptions {
  /** Frame, from 0. Defaults to `0`. */
  frame?: number | undefined;
  /** Bounds; see {@link DicomLimits}. */
  limits?: DicomLimits | undefined;
  /** Also give names, ids, dates and descriptions, as `identity`. Defaults to `false`. */
  identity?: boolean | undefined;
  /** Takes effect at once. */
  signal?: AbortSignal | undefined;
}

/** One frame as stored, before any lookup table. */
export interface DicomImage {
  readonly rows: number;
  readonly columns: number;
  /** Samples a pixel: 1, 3 or 4. */
  readonly samples: number;
  /** `rows * columns * samples` stored values, colour by pixel, unused bits dropped, sign extended. */
  readonly values: Samples;
  /** After decoding: a JPEG of YBR has become RGB, 4:2:2 has become 4:4:4. */
  readonly photometric: string;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly signed: boolean;
  /** Frames that the file really holds. */
  readonly frames: number;
  readonly facts: DicomFacts;
  readonly warnings: readonly string[];
  readonly identity?: Identity | undefined;
}

/** True when a file or its bytes look like DICOM, with or without preamble. Throws `file_not_found` for a path. */
export async function isDicom(given: PathOrBytes): Promise<boolean> {
  const input = plain("source", given);
  if (input instanceof Uint8Array) return looksLikeDicom(input);
  if (typeof input !== "string") throw badOption("source", "a path or bytes", input);
  return looksLikeDicom(await firstBytes(input));
}

/**
 * Reads the stored values of one frame, in a worker.
 * Throws `not_dicom`, `dicom_unreadable`, `dicom_unsupported`, `dicom_no_picture`, `dicom_timeout`, `image_too_large`,
 * `file_not_found` or `aborted`.
 */
export async function readDicom(input: DicomInput, asked: ReadOptions = {}): Promise<DicomImage> {
  const options = readOnce("readDicom", asked);
  checkNames("readDicom", options, ["frame", "limits", "identity", "signal"]);
  checkSignal(options.signal);
  const limits = withDefaults(options.limits);
  const frame = options.frame ?? 0;
  if (!Number.isInteger(frame) || frame < 0) throw badOption("frame", "a whole number from 0", frame);
  const { signal } = options;
  const source = plain("source", input);
  if (Array.isArray(source)) throw badOption("source", "a path, file: URL, bytes, Blob or stream", source);
  const result = await whileHeld(source, limits, signal, (held) =>
    sharedPool().run<"stored">(
      {
        kind: "stored",
        source: toSource(held as PathOrBytes),
        limits,
        frame,
        identity: options.identity ?? false,
      },
      { timeout: limits.timeout, signal },
    ),
  );
  const { layout, values, photometric, frames, facts, warnings, identity } = result;
  return {
    rows: layout.rows,
    columns: layout.columns,
    samples: layout.samples,
    values,
    photometric,
    bitsAllocated: layout.bitsAllocated,
    bitsStored: layout.bitsStored,
    signed: layout.signed,
    frames,
    facts,
    warnings,
    ...(identity === undefined ? {} : { identity }),
  };
}
