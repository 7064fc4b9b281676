import { createGunzip } from "node:zlib";
import * as nifti from "nifti-reader-js";
import { MedGemmaError } from "../../base/errors.js";
import { allowInflated } from "../file/allowances.js";
import { mayGrowTo } from "../file/growth.js";
import { type Limits, tooLarge } from "../file/limits.js";

/** A NIfTI file's header and its first volume: no more of it is unpacked or copied than these. */

export type Voxels =
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
  readonly read: (buffer: ArrayBuffer, from: number, count: number) => Voxels;
}

function voxelType(type: {
  new (buffer: ArrayBuffer, from: number, count: number): Voxels;
  BYTES_PER_ELEMENT: number;
}): VoxelType {
  return { bytes: type.BYTES_PER_ELEMENT, read: (buffer, from, count) => new type(buffer, from, count) };
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
  [1024, { bytes: 8, read: (...of) => Float64Array.from(new BigInt64Array(...of), Number) }],
  [1280, { bytes: 8, read: (...of) => Float64Array.from(new BigUint64Array(...of), Number) }],
]);

export interface Volume {
  readonly voxels: Voxels;
  readonly dims: readonly number[];
  readonly slope: number;
  readonly intercept: number;
  readonly affine: readonly (readonly number[])[];
  readonly volumes: number;
  /** Neither qform nor sform: which side is left is not written (nifti1.h, method 1). */
  readonly unoriented: boolean;
}

export function broken(message: string): MedGemmaError {
  return new MedGemmaError("nifti_unreadable", message);
}

/** Bytes of a header of NIfTI-1 and NIfTI-2 with the flag of extensions after it. */
const HEADERS = { 1: 352, 2: 544 } as const;

type RawHeader = ReturnType<typeof nifti.readHeader>;

/** What the header says of the file's bytes, held to what is read and to the limits. */
interface Plan {
  readonly header: RawHeader;
  readonly dims: readonly number[];
  readonly type: VoxelType;
  /** Where the voxels begin, and where those of the first volume end. */
  readonly from: number;
  readonly to: number;
}

/** `voxels`: of a pair the other file. Throws `nifti_unreadable` or `image_too_large`. */
export async function readVolume(
  file: Uint8Array,
  voxels: Uint8Array | undefined,
  limits: Limits,
): Promise<Volume> {
  const paired = voxels !== undefined;
  const start = await unpacked(file, limits, (head) =>
    paired ? head.length : planOf(head, paired, limits).to,
  );
  const plan = planOf(start, paired, limits);
  const stored = voxels === undefined ? start : await unpacked(voxels, limits, () => plan.to);
  if (plan.to > stored.length) throw broken("The NIfTI volume is cut off.");
  const { header, dims, type } = plan;
  // A slope of 0 means: not scaled (NIfTI-1, scl_slope).
  const scaled =
    Number.isFinite(header.scl_slope) && header.scl_slope !== 0 && Number.isFinite(header.scl_inter);
  return {
    voxels: voxelsOf(stored, plan),
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

  function voxelsOf(bytes: Uint8Array, { from, to }: Plan): Voxels {
    // Where it lies as it is needed it is not copied; memory that others read too is not turned round.
    const aligned = (bytes.byteOffset + from) % type.bytes === 0;
    const asItIs = aligned && header.littleEndian && bytes.buffer instanceof ArrayBuffer;
    const data = asItIs ? bytes.subarray(from, to) : bytes.slice(from, to);
    if (!header.littleEndian) swap(Buffer.from(data.buffer, data.byteOffset, data.byteLength), type.bytes);
    return type.read(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength / type.bytes);
  }
}

function planOf(head: Uint8Array, paired: boolean, limits: Limits): Plan {
  const header = headerOf(head, paired);
  const dims = [1, 2, 3].map((axis) => Math.max(1, Number(header.dims[axis] ?? 1)));
  const type = VOXEL_TYPES.get(header.datatypeCode);
  if (!type)
    throw broken(
      "The NIfTI data type is none that is read: integers of 8 to 64 bits and floats of 32 and 64 are.",
    );
  const [width = 1, height = 1, depth = 1] = dims;
  if (width * height > limits.maxPixels) throw tooLarge("pixels", width * height, limits.maxPixels);
  const from = Number(header.vox_offset);
  const to = from + width * height * depth * type.bytes;
  if (!(Number.isInteger(from) && from >= 0 && Number.isSafeInteger(to)))
    throw broken("The NIfTI volume is cut off.");
  return { header, dims, type, from, to };
}

/** The library would walk extensions too, by lengths that are the file's; nothing in them is needed. */
function headerOf(bytes: Uint8Array, paired: boolean): RawHeader {
  try {
    const size = [540, 0x1c02_0000].includes(new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, true))
      ? HEADERS[2]
      : HEADERS[1];
    const head = new Uint8Array(size);
    head.set(bytes.subarray(0, Math.min(size - 4, bytes.length)));
    if (bytes.length < size - 4 || !nifti.isNIFTI(head.buffer, paired)) throw broken("");
    return nifti.readHeader(head.buffer, paired);
  } catch {
    throw broken("The NIfTI header cannot be read.");
  }
}

/** Inflated in pieces of this size. */
const CHUNK = 1 << 20;

/**
 * A file's bytes; of a compressed one those up to where `end` says, which sees its beginning. Bytes beyond are not inflated:
 * of many times one is read, and a file made to fill the memory is not the longer for it.
 */
async function unpacked(
  bytes: Uint8Array,
  limits: Limits,
  end: (head: Uint8Array) => number,
): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const most = mayGrowTo(bytes.length, limits);
  const stream = createGunzip({ chunkSize: CHUNK });
  stream.end(bytes);
  let head = new Uint8Array();
  let out: Uint8Array | undefined;
  let length = 0;
  try {
    for await (const piece of stream as AsyncIterable<Uint8Array>) {
      let next: Uint8Array = piece;
      if (!out) {
        head = new Uint8Array(Buffer.concat([head, piece]));
        if (head.length < HEADERS[2]) continue;
        out = room(end(head), most);
        next = head;
      }
      out.set(next.subarray(0, out.length - length), length);
      length = Math.min(out.length, length + next.length);
      if (length === out.length) break;
    }
  } catch (error) {
    if (MedGemmaError.isInstance(error)) throw error;
    throw broken("The gzip stream is damaged or cut off.");
  }
  return out ? out.subarray(0, length) : head;
}

function room(bytes: number, most: number): Uint8Array {
  if (bytes > most) throw tooLarge("inflated bytes", bytes, most);
  allowInflated(bytes);
  return new Uint8Array(bytes);
}

function swap(buffer: Buffer, size: number): void {
  if (size === 2) buffer.swap16();
  else if (size === 4) buffer.swap32();
  else if (size === 8) buffer.swap64();
}
