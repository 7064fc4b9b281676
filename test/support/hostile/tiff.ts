export interface TiffPage {
  readonly width: number;
  readonly height: number;
  /** The one strip or tile that there is. */
  readonly stripBytes: Uint8Array;
  /** Tiled, with tiles of this side. */
  readonly tileSide?: number;
  /** Offsets that are declared; one is there. */
  readonly parts?: number;
  readonly samples?: number;
  readonly compression?: number;
  readonly description?: string;
}

const SHORT = 3;
const LONG = 4;
const ASCII = 2;

/** A little endian TIFF 6.0 of pages that say what one likes. `loop`: the last page is followed by the first. */
export function writeTiff(pages: readonly TiffPage[], { loop = false } = {}): Uint8Array {
  const parts: Buffer[] = [Buffer.from("II*\0\0\0\0\0", "latin1")];
  let at = 8;
  let link = 4;
  const links: [at: number, value: number][] = [];
  const add = (bytes: Uint8Array) => {
    const start = at;
    const padded = Buffer.concat([bytes, Buffer.alloc(bytes.length % 2)]);
    parts.push(padded);
    at += padded.length;
    return start;
  };
  let first = 0;
  for (const page of pages) {
    const data = add(page.stripBytes);
    const { tileSide, samples = 1, parts: count = 1 } = page;
    const description = Buffer.from(`${page.description ?? ""}\0`, "latin1");
    const text = add(description);
    const entries: (readonly [tag: number, type: number, count: number, value: number])[] = [
      [256, LONG, 1, page.width],
      [257, LONG, 1, page.height],
      [258, SHORT, 1, 8],
      [259, SHORT, 1, page.compression ?? 1],
      [262, SHORT, 1, samples === 3 ? 2 : 1],
      ...(page.description === undefined ? [] : [[270, ASCII, description.length, text] as const]),
      ...(tileSide === undefined ? [[273, LONG, count, data] as const] : []),
      [277, SHORT, 1, samples],
      ...(tileSide === undefined
        ? ([
            [278, LONG, 1, page.height],
            [279, LONG, count, page.stripBytes.length],
          ] as const)
        : ([
            [322, LONG, 1, tileSide],
            [323, LONG, 1, tileSide],
            [324, LONG, count, data],
            [325, LONG, count, page.stripBytes.length],
          ] as const)),
    ];
    const table = Buffer.alloc(2 + entries.length * 12 + 4);
    table.writeUInt16LE(entries.length, 0);
    entries.forEach(([tag, type, number, value], index) => {
      table.writeUInt16LE(tag, 2 + index * 12);
      table.writeUInt16LE(type, 4 + index * 12);
      table.writeUInt32LE(number, 6 + index * 12);
      table.writeUInt32LE(value >>> 0, 10 + index * 12);
    });
    const start = add(table);
    first ||= start;
    links.push([link, start]);
    link = start + table.length - 4;
  }
  if (loop) links.push([link, first]);
  const out = Buffer.concat(parts);
  for (const [place, value] of links) out.writeUInt32LE(value, place);
  return new Uint8Array(out);
}
