/**
 * A grey progressive JPEG that is black and of as many scans as wanted, each of some bytes: one for the mean of each block,
 * then the first coefficient, again and again, as runs of blocks without any (ITU-T T.81, annex G).
 */
export function progressiveJpeg(width: number, height: number, scans: number): Uint8Array {
  const blocks = Math.ceil(width / 8) * Math.ceil(height / 8);
  const parts = [
    Buffer.from([0xff, 0xd8]),
    segment(0xdb, [0, ...Array<number>(64).fill(1)]),
    segment(0xc2, [8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0]),
    // One symbol each, of the code 0: no difference; and a run of 2^14 blocks and more.
    segment(0xc4, [0x00, 1, ...Array<number>(15).fill(0), 0x00]),
    segment(0xc4, [0x10, 1, ...Array<number>(15).fill(0), 0xe0]),
    scan([0, 0, 0x00], zeros(blocks)),
  ];
  const runs = emptyRuns(blocks);
  const first = scan([1, 63, 0x00], runs);
  // The whole precision each time: libjpeg takes what says the same again.
  for (let count = 1; count < scans; count++) parts.push(first);
  parts.push(Buffer.from([0xff, 0xd9]));
  return new Uint8Array(Buffer.concat(parts));
}

function segment(marker: number, body: readonly number[]): Buffer {
  const length = body.length + 2;
  return Buffer.from([0xff, marker, length >> 8, length & 255, ...body]);
}

function scan(spectrum: readonly number[], data: Uint8Array): Buffer {
  return Buffer.concat([segment(0xda, [1, 1, 0x00, ...spectrum]), data]);
}

/** Bits of 0, filled up with ones. */
function zeros(count: number): Uint8Array {
  const out = new Uint8Array(Math.ceil(count / 8));
  if (count % 8 > 0) out[out.length - 1] = 0xff >> (count % 8);
  return out;
}

/** Code 0 and fourteen bits of 0 each: 16384 blocks. */
function emptyRuns(blocks: number): Uint8Array {
  return zeros(15 * Math.ceil(blocks / 16_384));
}
