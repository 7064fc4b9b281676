import { allowVolume } from "../file/allowances.js";
import type { Limits } from "../file/limits.js";
import { readSource, type Source } from "../file/source.js";
import { greyToRgb } from "../pixels/colour.js";
import { roundHalfEven } from "../pixels/grey.js";
import { chooseSlices } from "../series/choose-slices.js";
import { mostPictures } from "../series/memory.js";
import { CT_WINDOWS, type ModelVersion } from "../show/rule-table.js";
import type { ShownFrame } from "../show/show.js";
import { type SliceGrid, sliceGrid, sliceStrides } from "./grid.js";
import { broken, readVolume, type Volume } from "./volume.js";

export interface NiftiJob {
  readonly kind: "nifti";
  /** The file; of a pair its header. */
  readonly source: Source;
  /** Of a pair (.hdr and .img) the voxels. */
  readonly voxels: Source | undefined;
  readonly limits: Limits;
  /** NIfTI does not say what it shows; `auto` takes values below -500 for Hounsfield units. */
  readonly modality: "CT" | "MR" | "auto";
  readonly model: ModelVersion;
  /** Only describe: no pictures. */
  readonly headerOnly: boolean;
}

export interface NiftiResult {
  readonly modality: "CT" | "MR";
  readonly grid: SliceGrid;
  /** Slices chosen, from 0, in order. */
  readonly chosen: readonly number[];
  readonly frames: readonly ShownFrame[];
  readonly warnings: readonly string[];
}

/** True for the magic words of NIfTI-1 and NIfTI-2 single files, and for gzip (whose content is looked at on reading). */
export function looksLikeNifti(bytes: Uint8Array): boolean {
  const word = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 3));
  return word(344) === "n+1" || word(4) === "n+2" || (bytes[0] === 0x1f && bytes[1] === 0x8b);
}

/** The magic words of a pair's header; Analyze 7.5, which has the same names and no orientation, has none. */
export function looksLikePairHeader(bytes: Uint8Array): boolean {
  return (
    Buffer.from(bytes).toString("latin1", 344, 347) === "ni1" ||
    Buffer.from(bytes).toString("latin1", 4, 7) === "ni2"
  );
}

/** Reads a volume, cuts it into slices, chooses at most 85 and shows them. Throws `nifti_unreadable` or `image_too_large`. */
export async function readNifti(job: NiftiJob): Promise<NiftiResult> {
  const bytes = readSource(job.source, job.limits);
  const beside = job.voxels && readSource(job.voxels, job.limits);
  // Inflating, two passes over the voxels and all slices are one step.
  allowVolume(bytes.length + (beside?.length ?? 0));
  const volume = await readVolume(bytes, beside, job.limits);
  const { voxels, slope, intercept } = volume;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let unusable = 0;
  for (let index = 0; index < voxels.length; index++) {
    const value = voxels[index] as number;
    if (!Number.isFinite(value)) {
      unusable++;
      continue;
    }
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (!(min <= max)) throw broken("The NIfTI volume holds no finite value.");
  const ends = [min * slope + intercept, max * slope + intercept].sort((a, b) => a - b) as [number, number];
  const modality = job.modality === "auto" ? (ends[0] < -500 ? "CT" : "MR") : job.modality;
  const grid = sliceGrid(volume.affine, volume.dims);
  const chosen = chooseSlices(grid.slices, mostPictures(grid, job.limits));
  const show = modality === "CT" ? ctSlice(volume, grid, job.model) : mrSlice(volume, grid, ends);
  const warnings: string[] = [];
  if (job.modality === "auto")
    warnings.push(
      `NIfTI does not say what it shows; it was taken for ${modality}. Pass \`modality\` to say so.`,
    );
  if (unusable > 0)
    warnings.push(
      `${unusable} voxels are infinite or no number; they are shown as the brightest or the darkest.`,
    );
  if (volume.unoriented)
    warnings.push("The file does not say how it lies in the patient: left and right may be exchanged.");
  if (min === max) warnings.push("All voxels have the same value: nothing can be seen.");
  if (volume.volumes > 1) warnings.push(`The file holds ${volume.volumes} volumes; the first was read.`);
  return { modality, grid, chosen, frames: job.headerOnly ? [] : chosen.map(show), warnings };
}

function gather<T extends Uint8Array>(
  volume: Volume,
  grid: SliceGrid,
  slice: number,
  out: T,
  put: (at: number, value: number) => void,
): T {
  const { start, column, row } = sliceStrides(grid, volume.dims, slice);
  let at = 0;
  for (let y = 0; y < grid.rows; y++) {
    for (let x = 0, index = start + y * row; x < grid.columns; x++, index += column) {
      put(at++, (volume.voxels[index] as number) * volume.slope + volume.intercept);
    }
  }
  return out;
}

const f = Math.fround;

function ctSlice(volume: Volume, grid: SliceGrid, model: ModelVersion) {
  const windows = CT_WINDOWS[model];
  const steps = windows.map(({ low, high, channel }) => `window ${low}..${high} to ${channel}`);
  return (slice: number): ShownFrame => {
    const out = new Uint8Array(grid.rows * grid.columns * 3);
    gather(volume, grid, slice, out, (at, value) => {
      windows.forEach(({ low, high }, channel) => {
        const clipped = f(Math.min(high, Math.max(low, Number.isNaN(value) ? low : value)));
        out[at * 3 + channel] = roundHalfEven(f(f(f(clipped - low) / (high - low)) * 255));
      });
    });
    return { data: out, rule: `ct-${model} three windows`, steps, warnings: [] };
  };
}

function mrSlice(volume: Volume, grid: SliceGrid, [min, max]: readonly [number, number]) {
  return (slice: number): ShownFrame => {
    const grey = new Uint8Array(grid.rows * grid.columns);
    gather(volume, grid, slice, grey, (at, value) => {
      const finite = Number.isNaN(value) ? min : Math.min(max, Math.max(min, value));
      grey[at] = max === min ? 255 : roundHalfEven(((finite - min) / (max - min)) * 255);
    });
    const steps = [`min-max ${min}..${max} of the volume`];
    return { data: greyToRgb(grey), rule: "mr min-max of the acquisition", steps, warnings: [] };
  };
}
