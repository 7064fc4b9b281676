import { crc32, deflateRawSync } from "node:zlib";
import { axialSlice } from "../../unit/dicom/support/write-dicom.js";
import { type HostileMakers, magnitude } from "./kinds.js";

/** ZIP archives that unpack to more than they weigh. */

export const HOSTILE_ARCHIVES: HostileMakers = {
  /** One entry of nothing, gigabytes of it, that says so or does not. */
  bomb: (random) => {
    const size = magnitude(random, 1_000_000, 400_000_000);
    const said = random() < 0.5 ? size : 100;
    const packed = deflateRawSync(Buffer.alloc(size), { level: 1 });
    const bytes = zip([{ name: "a.dcm", packed, size: said }], 1);
    return { name: `a ZIP of ${size} bytes, said to be ${said}`, file: "hostile.zip", bytes, call: "study" };
  },

  /** Entries that are all the same bytes. */
  overlapping: (random) => {
    const count = magnitude(random, 100, 60_000);
    const content = axialSlice(1, 1);
    const bytes = zip([{ name: "a.dcm", packed: deflateRawSync(content), size: content.length }], count);
    return { name: `a ZIP of ${count} overlapping entries`, file: "hostile.zip", bytes, call: "study" };
  },

  /** An archive in an archive. */
  nested: (random) => {
    let content: Uint8Array = axialSlice(1, 1);
    const depth = magnitude(random, 2, 50);
    for (let level = 0; level < depth; level++)
      content = zip([{ name: "a.zip", packed: deflateRawSync(content), size: content.length }], 1);
    return { name: `a ZIP ${depth} deep`, file: "hostile.zip", bytes: content, call: "study" };
  },
};

interface Entry {
  readonly name: string;
  readonly packed: Uint8Array;
  /** The size that the archive says. */
  readonly size: number;
}

/** One file's bytes, named in the directory as often as wanted (APPNOTE.TXT 4.3). */
function zip([entry]: readonly [Entry], times: number): Uint8Array {
  const { packed, size, name } = entry;
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(8, 8);
  local.writeUInt32LE(packed.length, 18);
  local.writeUInt32LE(size, 22);
  local.writeUInt16LE(name.length, 26);
  const start = Buffer.concat([local, Buffer.from(name), packed]);
  const records = Array.from({ length: times }, (_, index) => {
    const own = times === 1 ? name : `${index}${name}`;
    const record = Buffer.alloc(46);
    record.writeUInt32LE(0x02014b50, 0);
    record.writeUInt16LE(8, 10);
    record.writeUInt32LE(crc32(packed) >>> 0, 16);
    record.writeUInt32LE(packed.length, 20);
    record.writeUInt32LE(size, 24);
    record.writeUInt16LE(own.length, 28);
    return Buffer.concat([record, Buffer.from(own)]);
  });
  const directory = Buffer.concat(records);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Math.min(times, 65_535), 8);
  end.writeUInt16LE(Math.min(times, 65_535), 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(start.length, 16);
  return new Uint8Array(Buffer.concat([start, directory, end]));
}
