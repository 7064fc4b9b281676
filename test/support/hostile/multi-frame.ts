import { deflateRawSync } from "node:zlib";

/** How the elements are written. */
export interface Coding {
  readonly explicit: boolean;
  /** Sequences and items say their lengths; else they are closed by delimiters. */
  readonly closed: boolean;
  readonly deflated: boolean;
}

export interface FrameOptions {
  readonly modality?: string;
  /** Rows and columns. */
  readonly side?: number;
  readonly bits?: 8 | 16;
}

const LONG = new Set(["OB", "OW", "SQ"]);
const ITEM_END = Buffer.from("feff0de000000000", "hex");
const SEQUENCE_END = Buffer.from("feffdde000000000", "hex");
const UNDEFINED = 0xffffffff;

/** An Enhanced object: functional groups of each frame with content, measures, window, values, plane and place. */
export function multiFrame(
  frames: number,
  { explicit, closed, deflated }: Coding = { explicit: true, closed: true, deflated: false },
  { modality = "CT", side = 2, bits = 8 }: FrameOptions = {},
): Uint8Array {
  const header = (tag: number, vr: string, length: number) => {
    const out = Buffer.alloc(explicit && LONG.has(vr) ? 12 : 8);
    out.writeUInt16LE(tag >>> 16, 0);
    out.writeUInt16LE(tag & 0xffff, 2);
    if (explicit) out.write(vr, 4, "latin1");
    if (explicit && !LONG.has(vr)) out.writeUInt16LE(length, 6);
    else out.writeUInt32LE(length, out.length - 4);
    return out;
  };
  const bytes = (tag: number, vr: string, value: Uint8Array) =>
    Buffer.concat([header(tag, vr, value.length), value]);
  const text = (tag: number, vr: string, value: string) =>
    bytes(tag, vr, Buffer.from(value.length % 2 ? `${value}${vr === "UI" ? "\0" : " "}` : value, "latin1"));
  const us = (tag: number, value: number) => bytes(tag, "US", Buffer.from(Uint16Array.of(value).buffer));
  const ul = (tag: number, value: number) => bytes(tag, "UL", Buffer.from(Uint32Array.of(value).buffer));
  const item = (content: readonly Buffer[]) => {
    const length = content.reduce((sum, one) => sum + one.length, 0);
    const start = Buffer.from("feff00e000000000", "hex");
    start.writeUInt32LE(closed ? length : UNDEFINED, 4);
    return Buffer.concat(closed ? [start, ...content] : [start, ...content, ITEM_END]);
  };
  const sequence = (tag: number, items: readonly Buffer[]) => {
    const content = Buffer.concat(items);
    const start = header(tag, "SQ", closed ? content.length : UNDEFINED);
    return Buffer.concat(closed ? [start, content] : [start, content, SEQUENCE_END]);
  };
  const macro = (tag: number, ...elements: readonly Buffer[]) => sequence(tag, [item(elements)]);

  const content = (frame: number) => [
    text(0x00189074, "DT", `20200101120000.${String(frame).padStart(6, "0")}`),
    ul(0x00209128, 1),
    us(0x00209156, 1 + (frame % 3)),
  ];
  const group = (frame: number) =>
    item([
      macro(0x00209111, ...content(frame)),
      macro(0x00209113, text(0x00200032, "DS", `0\\0\\${frame / 2}`)),
      macro(0x00209116, text(0x00200037, "DS", "1\\0\\0\\0\\1\\0")),
      macro(0x00289110, text(0x00180050, "DS", "1.5"), text(0x00280030, "DS", "0.5\\0.5")),
      macro(0x00289132, text(0x00281050, "DS", "40"), text(0x00281051, "DS", "400")),
      macro(0x00289145, text(0x00281052, "DS", "-1024"), text(0x00281053, "DS", "1")),
    ]);
  const pixels = Buffer.alloc(2 * Math.ceil((frames * side * side * bits) / 16));
  for (let at = 0; at < pixels.length; at++) pixels[at] = at * 37;
  const set = Buffer.concat([
    text(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.2.1"),
    text(0x00080060, "CS", modality),
    text(0x0020000d, "UI", "1.2.3"),
    text(0x0020000e, "UI", "1.2.3.1"),
    us(0x00280002, 1),
    text(0x00280004, "CS", "MONOCHROME2"),
    text(0x00280008, "IS", String(frames)),
    us(0x00280010, side),
    us(0x00280011, side),
    us(0x00280100, bits),
    us(0x00280101, bits),
    us(0x00280102, bits - 1),
    us(0x00280103, 0),
    sequence(
      0x52009230,
      Array.from({ length: frames }, (_, frame) => group(frame)),
    ),
    bytes(0x7fe00010, "OW", pixels),
  ]);
  const uid = `1.2.840.10008.1.2${explicit || deflated ? ".1" : ""}${deflated ? ".99" : ""}`;
  const meta = Buffer.from(
    `\x02\0\x10\0UI${String.fromCharCode(uid.length + (uid.length % 2))}\0${uid}`,
    "latin1",
  );
  return new Uint8Array(
    Buffer.concat([
      Buffer.alloc(128),
      Buffer.from("DICM"),
      meta,
      Buffer.alloc(uid.length % 2),
      deflated ? deflateRawSync(set, { level: 1 }) : set,
    ]),
  );
}
