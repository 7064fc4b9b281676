import { gunzipSync } from "node:zlib";
import * as nifti from "nifti-reader-js";
import { MedGemmaError } from "../errors.js";
import { allowVolume } from "./clock.js";
import { greyToRgb } from "./colour.js";
import { roundHalfEven } from "./grey.js";
import { type Limits, tooLarge } from "./limits.js";
import { type SliceGrid, sliceGrid, sliceStrides } from "./nifti-grid.js";
import { CT_WINDOWS, MAX_SLICES, type ModelVersion } from "./rule-table.js";
import type { ShownFrame } from "./show.js";
import { chooseSlices } from "./slices.js";
import { readSource, type Source } from "./source.js";

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

type Voxels =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

interface VoxelType {
  readonly bytes: number;
  readonly read: (buffer: ArrayBuffer) => Voxels;
}

function voxelType(type: { new (buffer: ArrayBuffer): Voxels; BYTES_PER_ELEMENT: number }): VoxelType {
  return { bytes: type.BYTES_PER_ELEMENT, read: (buffer) => new type(buffer) };
}

/** By datatype code (nifti1.h). 64-bit integers go on as doubles, which hold those up to 2^53 exactly. */
const VOXEL_TYPES: ReadonlyMap<number, VoxelType> = new Map([
  [2, voxelType(Uint8Array)],
  [4, voxelType(Int16Array)],
  [8, voxelType(Int32Array)],
  [16, voxelType(Float32Array)],
  [64, voxelType(Float64Array)],
  [256, voxelType(Int8Array)],
  [512, voxelType(Uint16Array)],
  [768, voxelType(Uint32Array)],
  [1024, { bytes: 8, read: (buffer) => Float64Array.from(new BigInt64Array(buffer), Number) }],
  [1280, { bytes: 8, read: (buffer) => Float64Array.from(new BigUint64Array(buffer), Number) }],
]);

function broken(message: string): MedGemmaError {
  return new MedGemmaError("nifti_unreadable", message);
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

function unzip(bytes: Uint8Array, limits: Limits): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: limits.maxBytes });
  } catch (error) {
    if ((error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE")
      throw tooLarge("inflated bytes", limits.maxBytes + 1, limits.maxBytes);
    throw broken("The gzip stream is damaged or cut off.");
  }
}

interface Volume {
  readonly voxels: Voxels;
  readonly dims: readonly number[];
  readonly slope: number;
  readonly intercept: number;
  readonly affine: readonly (readonly number[])[];
  readonly volumes: number;
  /** Neither qform nor sform: which side is left is not written (nifti1.h, method 1). */
  readonly unoriented: boolean;
}

function readVolume(headerBytes: Uint8Array, voxelBytes: Uint8Array | undefined, limits: Limits): Volume {
  const buffer = bufferOf(headerBytes);
  const paired = voxelBytes !== undefined;
  let header: ReturnType<typeof nifti.readHeader>;
  try {
    if (!nifti.isNIFTI(buffer, paired)) throw broken("The file is not a NIfTI volume.");
    header = nifti.readHeader(buffer, paired);
  } catch {
    throw broken("The NIfTI header cannot be read.");
  }
  const dims = [1, 2, 3].map((axis) => Math.max(1, Number(header.dims[axis] ?? 1)));
  const type = VOXEL_TYPES.get(header.datatypeCode);
  if (!type)
    throw broken(
      "The NIfTI data type is none that is read: integers of 8 to 64 bits and floats of 32 and 64 are.",
    );
  const [width = 1, height = 1, depth = 1] = dims;
  if (width * height > limits.maxPixels) throw tooLarge("pixels", width * height, limits.maxPixels);
  const size = width * height * depth * type.bytes;
  const offset = Number(header.vox_offset);
  const stored = paired ? bufferOf(voxelBytes) : buffer;
  if (!(offset >= 0) || offset + size > stored.byteLength) throw broken("The NIfTI volume is cut off.");
  const data = stored.slice(offset, offset + size);
  if (!header.littleEndian) swap(Buffer.from(data), type.bytes);
  // A slope of 0 means: not scaled (NIfTI-1, scl_slope).
  const scaled =
    Number.isFinite(header.scl_slope) && header.scl_slope !== 0 && Number.isFinite(header.scl_inter);
  return {
    voxels: type.read(data),
    dims,
    slope: scaled ? header.scl_slope : 1,
    intercept: scaled ? header.scl_inter : 0,
    affine: header.affine,
    // Times and components (dim[4] and above) of the same space.
    volumes: header.dims
      .slice(4, 1 + Number(header.dims[0]))
      .reduce((product, size) => product * Math.max(1, Number(size)), 1),
    unoriented: !(header.qform_code > 0 || header.sform_code > 0),
  };
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}

function swap(buffer: Buffer, size: number): void {
  if (size === 2) buffer.swap16();
  else if (size === 4) buffer.swap32();
  else if (size === 8) buffer.swap64();
}

/** Reads a volume, cuts it into slices, chooses at most 85 and shows them. Throws `nifti_unreadable` or `image_too_large`. */
export function readNifti(job: NiftiJob): NiftiResult {
  const bytes = readSource(job.source, job.limits);
  const beside = job.voxels && readSource(job.voxels, job.limits);
  // Inflating, two passes over the voxels and all slices are one step.
  allowVolume(bytes.length + (beside?.length ?? 0));
  const volume = readVolume(unzip(bytes, job.limits), beside && unzip(beside, job.limits), job.limits);
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
  const chosen = chooseSlices(grid.slices, MAX_SLICES);
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
