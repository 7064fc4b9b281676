/** A small DICOM writer for tests: explicit VR little endian, sequences of defined length, fragments. */

export type Value =
  | string
  | number
  | readonly number[]
  | Uint8Array
  | readonly DataSet[]
  | { readonly fragments: readonly Uint8Array[] };
/** Elements by `ggggeeee VR`, in any order. */
export type DataSet = Readonly<Record<string, Value>>;

const LONG = new Set(["OB", "OW", "SQ", "UN", "UT", "UC", "UR"]);
const NUMBERS: Readonly<
  Record<string, { size: number; write: (view: DataView, at: number, value: number) => void }>
> = {
  US: { size: 2, write: (view, at, value) => view.setUint16(at, value & 0xffff, true) },
  SS: { size: 2, write: (view, at, value) => view.setInt16(at, value, true) },
  UL: { size: 4, write: (view, at, value) => view.setUint32(at, value, true) },
  SL: { size: 4, write: (view, at, value) => view.setInt32(at, value, true) },
  FL: { size: 4, write: (view, at, value) => view.setFloat32(at, value, true) },
  FD: { size: 8, write: (view, at, value) => view.setFloat64(at, value, true) },
};

function header(tag: string, vr: string, length: number): Buffer {
  const out = Buffer.alloc(LONG.has(vr) ? 12 : 8);
  out.writeUInt16LE(Number.parseInt(tag.slice(0, 4), 16), 0);
  out.writeUInt16LE(Number.parseInt(tag.slice(4, 8), 16), 2);
  out.write(vr, 4, "latin1");
  if (LONG.has(vr)) out.writeUInt32LE(length, 8);
  else out.writeUInt16LE(length, 6);
  return out;
}

function item(element: number, content: Uint8Array): Buffer {
  const out = Buffer.alloc(8);
  out.writeUInt16LE(0xfffe, 0);
  out.writeUInt16LE(element, 2);
  out.writeUInt32LE(content.length, 4);
  return Buffer.concat([out, content]);
}

function bytesOf(vr: string, value: Value): Buffer {
  if (value instanceof Uint8Array) return Buffer.from(value);
  const number = NUMBERS[vr];
  if (number) {
    const values = typeof value === "number" ? [value] : (value as readonly number[]);
    const out = Buffer.alloc(values.length * number.size);
    const view = new DataView(out.buffer, out.byteOffset, out.length);
    values.forEach((one, index) => {
      number.write(view, index * number.size, one);
    });
    return out;
  }
  if (vr === "SQ")
    return Buffer.concat((value as readonly DataSet[]).map((one) => item(0xe000, writeDataSet(one))));
  const text = Array.isArray(value) ? value.join("\\") : String(value);
  return Buffer.from(text, "latin1");
}

export function writeDataSet(set: DataSet): Buffer {
  const parts: Buffer[] = [];
  for (const key of Object.keys(set).sort()) {
    const [tag = "", vr = ""] = key.split(" ");
    const value = set[key] as Value;
    if (typeof value === "object" && "fragments" in value) {
      parts.push(header(tag, vr, 0xffffffff), item(0xe000, Buffer.alloc(0)));
      for (const fragment of value.fragments) parts.push(item(0xe000, even(fragment)));
      parts.push(item(0xe0dd, Buffer.alloc(0)));
      continue;
    }
    const raw = bytesOf(vr, value);
    const padded =
      raw.length % 2 === 0
        ? raw
        : Buffer.concat([raw, Buffer.from([vr === "UI" || LONG.has(vr) ? 0 : 0x20])]);
    parts.push(header(tag, vr, padded.length), padded);
  }
  return Buffer.concat(parts);
}

function even(bytes: Uint8Array): Uint8Array {
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(1)]);
}

/** A Part 10 file. */
export function writeDicom(set: DataSet, transferSyntax = "1.2.840.10008.1.2.1"): Uint8Array {
  const meta = writeDataSet({ "00020010 UI": transferSyntax });
  const length = writeDataSet({ "00020000 UL": meta.length });
  return new Uint8Array(
    Buffer.concat([Buffer.alloc(128), Buffer.from("DICM"), length, meta, writeDataSet(set)]),
  );
}

/** A grey picture of 16 bits, and what else is wanted. */
export function greyPicture(
  rows: number,
  columns: number,
  values: ArrayLike<number>,
  more: DataSet = {},
): DataSet {
  const pixels = new Uint8Array(Int16Array.from(values).buffer);
  return {
    "00080016 UI": "1.2.840.10008.5.1.4.1.1.2",
    "00080060 CS": "CT",
    "00280002 US": 1,
    "00280004 CS": "MONOCHROME2",
    "00280010 US": rows,
    "00280011 US": columns,
    "00280100 US": 16,
    "00280101 US": 16,
    "00280102 US": 15,
    "00280103 US": 1,
    "00281052 DS": "0",
    "00281053 DS": "1",
    "7fe00010 OW": pixels,
    ...more,
  };
}

/** A slice of an axial CT at height `z`. */
export function axialSlice(z: number, instance: number, more: DataSet = {}): Uint8Array {
  const values = Array.from({ length: 64 }, (_, index) => index + z);
  return writeDicom(
    greyPicture(8, 8, values, {
      "0020000d UI": "1.2.3",
      "0020000e UI": "1.2.3.1",
      "00200013 IS": String(instance),
      "00200032 DS": `0\\0\\${z}`,
      "00200037 DS": "1\\0\\0\\0\\1\\0",
      "00280030 DS": "0.5\\0.75",
      ...more,
    }),
  );
}
