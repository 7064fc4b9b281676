import { openFile } from "../../base/files/open-file.js";

/** The little of TIFF 6.0 and BigTIFF that a slide needs: sizes, tiles, compression and resolution of each page. */
export interface TiffPage {
  readonly width: number;
  readonly height: number;
  /** Sides of a tile, and the tiles that the page lists; none of a page of strips. */
  readonly tiles: { readonly width: number; readonly height: number; readonly count: number } | undefined;
  readonly compression: number;
  /** Micrometres a pixel from the resolution tags, or from an Aperio description's MPP or AppMag. */
  readonly micrometres: number | undefined;
  readonly aperio: boolean;
}

const MOST_PAGES = 64;
const TAGS = {
  width: 256,
  height: 257,
  compression: 259,
  description: 270,
  xResolution: 282,
  unit: 296,
  tileWidth: 322,
  tileHeight: 323,
  tileOffsets: 324,
};
const TYPE_SIZE: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 16: 8 };

interface Layout {
  readonly little: boolean;
  readonly big: boolean;
}

type ReadAt = (offset: number, length: number) => Promise<DataView>;

/** True for the magic words of TIFF and BigTIFF. */
export function looksLikeTiff(bytes: Uint8Array): boolean {
  const [a, b, c, d] = bytes;
  return (
    (a === 0x49 && b === 0x49 && (c === 42 || c === 43) && d === 0) ||
    (a === 0x4d && b === 0x4d && c === 0 && (d === 42 || d === 43))
  );
}

/** Pages in file order; undefined when the file is no readable TIFF. */
export async function readTiffPages(path: string): Promise<TiffPage[] | undefined> {
  try {
    const { handle } = await openFile(path);
    try {
      return await walkPages(async (offset, length) => {
        const { buffer, bytesRead } = await handle.read(new Uint8Array(length), 0, length, offset);
        if (bytesRead < length) throw new RangeError("end of file");
        return new DataView(buffer.buffer);
      });
    } finally {
      await handle.close();
    }
  } catch {
    return undefined;
  }
}

async function walkPages(readAt: ReadAt): Promise<TiffPage[] | undefined> {
  const head = await readAt(0, 16);
  if (!looksLikeTiff(new Uint8Array(head.buffer))) return undefined;
  const little = head.getUint8(0) === 0x49;
  const layout = { little, big: head.getUint16(2, little) === 43 };
  const pages: TiffPage[] = [];
  let offset = layout.big ? Number(head.getBigUint64(8, little)) : head.getUint32(4, little);
  while (offset > 0 && pages.length < MOST_PAGES) {
    const { page, next } = await readPage(readAt, offset, layout);
    pages.push(page);
    offset = next;
  }
  return pages;
}

async function readPage(readAt: ReadAt, offset: number, { little, big }: Layout) {
  const start = await readAt(offset, 8);
  const count = big ? Number(start.getBigUint64(0, little)) : start.getUint16(0, little);
  if (count > 4096) throw new RangeError("too many tags");
  const entrySize = big ? 20 : 12;
  const table = await readAt(offset + (big ? 8 : 2), count * entrySize + (big ? 8 : 4));
  const values = new Map<number, number>();
  let description = "";
  for (let index = 0; index < count; index++) {
    const at = index * entrySize;
    const tag = table.getUint16(at, little);
    const type = table.getUint16(at + 2, little);
    const number = big ? Number(table.getBigUint64(at + 4, little)) : table.getUint32(at + 4, little);
    const valueAt = at + (big ? 12 : 8);
    const bytes = (TYPE_SIZE[type] ?? 1) * number;
    const inline = bytes <= (big ? 8 : 4);
    const pointer = big ? Number(table.getBigUint64(valueAt, little)) : table.getUint32(valueAt, little);
    if (tag === TAGS.description && type === 2) {
      const text = inline ? undefined : await readAt(pointer, Math.min(bytes, 4096));
      description = text ? Buffer.from(text.buffer).toString("latin1") : "";
    } else if (tag === TAGS.xResolution) {
      const ratio = inline
        ? new DataView(table.buffer, table.byteOffset + valueAt, 8)
        : await readAt(pointer, 8);
      values.set(tag, ratio.getUint32(0, little) / ratio.getUint32(4, little));
    } else if (tag === TAGS.tileOffsets) {
      values.set(tag, number);
    } else if (Object.values(TAGS).includes(tag)) {
      values.set(tag, type === 3 ? table.getUint16(valueAt, little) : pointer);
    }
  }
  const next = big
    ? Number(table.getBigUint64(count * entrySize, little))
    : table.getUint32(count * entrySize, little);
  return { page: describePage(values, description), next };
}

/** Only numbers are taken from the description: it may hold the slide's name. */
function describePage(values: ReadonlyMap<number, number>, description: string): TiffPage {
  const aperio = description.startsWith("Aperio");
  const stated = Number(/\bMPP\s*=\s*([0-9.]+)/.exec(description)?.[1]);
  const power = Number(/\bAppMag\s*=\s*([0-9.]+)/.exec(description)?.[1]);
  const resolution = values.get(TAGS.xResolution) ?? 0;
  // Resolution unit 2 is the inch, 3 the centimetre. Pictures say 72 or 300 an inch; slides have thousands.
  const perUnit = values.get(TAGS.unit) === 3 ? 10_000 : 25_400;
  const fromTags = resolution > 0 && perUnit / resolution < 50 ? perUnit / resolution : undefined;
  return {
    width: values.get(TAGS.width) ?? 0,
    height: values.get(TAGS.height) ?? 0,
    tiles: values.has(TAGS.tileWidth)
      ? {
          width: values.get(TAGS.tileWidth) ?? 0,
          height: values.get(TAGS.tileHeight) ?? 0,
          count: values.get(TAGS.tileOffsets) ?? 0,
        }
      : undefined,
    compression: values.get(TAGS.compression) ?? 1,
    micrometres: stated > 0 ? stated : power > 0 ? 10 / power : fromTags,
    aperio,
  };
}
