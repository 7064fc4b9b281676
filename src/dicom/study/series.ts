import { setImmediate } from "node:timers/promises";
import { throwIfAborted } from "../../base/errors.js";
import { type Limits, tooLarge } from "../file/limits.js";
import type { FrameOf, Instance } from "../series/instance.js";
import type { PackedSeries, PackedVolume } from "../series/packed-series.js";
import type { DecodePool } from "../worker/pool.js";

/** Slices in order, as numbers: a volume may have more of them than the main thread should make objects of. */
export interface Volume {
  readonly length: number;
  /** What was left out and what is irregular, in words. */
  readonly notes: readonly string[];
  /** Its files, and the frames of each that are slices of it. */
  readonly instances: ReadonlyMap<Instance, Uint32Array>;
  /** The file and frame of a slice, from 0. */
  at(index: number): FrameOf;
}

/** Pictures of one series. Studies and series are numbered from 1 in the order found; their UIDs stay inside. */
export interface SeriesGroup extends Omit<PackedSeries, "files" | "volume"> {
  readonly instances: readonly Instance[];
  readonly volume: Volume | undefined;
}

/** Files that are put together in one go: a millisecond or two. */
const AT_A_TIME = 2000;

/** Groups files into studies and series, in a worker; see `groupFiles`. Throws `image_too_large`, `dicom_timeout`, `aborted`. */
export async function groupSeries(
  instances: readonly Instance[],
  listed: boolean,
  { pool, limits, signal }: { pool: DecodePool; limits: Limits; signal: AbortSignal | undefined },
): Promise<readonly SeriesGroup[]> {
  if (instances.length === 0) return [];
  // Tiles of slides are not described one by one.
  const frames = instances.reduce((sum, { header }) => sum + (header.slide ? 1 : header.frames), 0);
  if (frames > limits.maxFrames) throw tooLarge("frames in all", frames, limits.maxFrames);
  const total = instances.reduce((sum, { header }) => sum + header.packed.length, 0);
  // Shared, so that it is not copied on the way.
  const packed = new Uint8Array(new SharedArrayBuffer(total));
  const ends = new Uint32Array(instances.length);
  let end = 0;
  for (const [index, { header }] of instances.entries()) {
    packed.set(header.packed, end);
    end += header.packed.length;
    ends[index] = end;
    if (index % AT_A_TIME === AT_A_TIME - 1) {
      await setImmediate();
      throwIfAborted(signal);
    }
  }
  const job = { kind: "group", packed, ends, listed } as const;
  const series = await pool.run<"group">(job, { timeout: limits.timeout, signal });
  return series.map((each) => opened(each, instances));
}

function opened({ files, volume, ...rest }: PackedSeries, all: readonly Instance[]): SeriesGroup {
  const of = (file: number | undefined) => all[file ?? 0] as Instance;
  return {
    ...rest,
    instances: Array.from(files, of),
    volume: volume && {
      length: volume.files.length,
      notes: volume.notes,
      instances: framesByFile(volume, of),
      at: (index) => ({ instance: of(volume.files[index]), frame: volume.frames[index] ?? 0 }),
    },
  };
}

function framesByFile(
  { files, frames }: PackedVolume,
  of: (file: number) => Instance,
): ReadonlyMap<Instance, Uint32Array> {
  const counts = new Map<number, number>();
  for (const file of files) counts.set(file, (counts.get(file) ?? 0) + 1);
  const found = new Map<number, { readonly frames: Uint32Array; filled: number }>();
  for (const [file, count] of counts) found.set(file, { frames: new Uint32Array(count), filled: 0 });
  files.forEach((file, index) => {
    const one = found.get(file);
    if (one) one.frames[one.filled++] = frames[index] ?? 0;
  });
  return new Map([...found].map(([file, one]) => [of(file), one.frames]));
}
