import { Breather } from "../breather.js";

/** A progressive JPEG has ten or so; a decoder visits the whole picture for each, 0.1 nanoseconds a pixel and more. */
export const MOST_SCANS = 200;

/** What of a JPEG's frame and scans decides what decoding costs (ITU-T T.81, annex B). */
export interface JpegScans {
  /** Scans up to the end; one more than `MOST_SCANS` where there are more. */
  readonly scans: number;
  /** Bytes a pixel of the coefficients that a decoder keeps until the last scan; 0 when the first scan is the whole. */
  readonly kept: number;
}

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
/** Markers of a frame: SOF0 to SOF15 without DHT, JPG and DAC. */
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
/** Markers without a length: TEM, RST0 to RST7, SOI. */
const isBare = (marker: number) => marker === 0x01 || (marker >= 0xd0 && marker <= SOI);
/** Markers within a scan's data are found by their first byte, and looked at ten thousand in one go: some milliseconds. */
const AT_A_TIME = 10_000;

/**
 * Counts the scans without decoding: a decoder visits the whole picture for each, in one call that nothing
 * ends. Of a picture whose first scan holds all its components no other is looked for.
 */
export async function countScans(bytes: Uint8Array, signal: AbortSignal | undefined): Promise<JpegScans> {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let scans = 0;
  let kept = 0;
  let components = 0;
  let progressive = false;
  let looks = 0;
  const breather = new Breather(signal);
  for (let at = 2; ; ) {
    at = data.indexOf(0xff, at);
    if (at < 0 || at + 1 >= data.length) break;
    const marker = data.readUInt8(at + 1);
    if (++looks % AT_A_TIME === 0) {
      await breather.breathe();
    }
    if (marker === EOI) break;
    // 0xff fills up before a marker, and 0xff 0x00 is a byte of data.
    if (marker === 0xff || marker === 0x00 || isBare(marker)) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    const body = at + 4;
    if (body + 6 > data.length) break;
    if (isFrame(marker)) {
      progressive = (marker & 3) === 2;
      components = data.readUInt8(body + 5);
      kept = 2 * samplesAPixel(data, body + 6, components);
    }
    if (marker === SOS) {
      scans++;
      if (!progressive && data.readUInt8(body) >= components) return { scans, kept: 0 };
      if (scans > MOST_SCANS) break;
    }
    at = body - 2 + data.readUInt16BE(at + 2);
  }
  return { scans, kept };
}

/** All components' samples for each of the picture's pixels: 3 without subsampling, 1.5 of 4:2:0. */
function samplesAPixel(data: Buffer, at: number, components: number): number {
  const factors = Array.from({ length: components }, (_, index) => {
    const both = data[at + index * 3 + 1] ?? 0x11;
    return { across: both >> 4 || 1, down: both & 15 || 1 };
  });
  const across = Math.max(1, ...factors.map((factor) => factor.across));
  const down = Math.max(1, ...factors.map((factor) => factor.down));
  return factors.reduce((sum, factor) => sum + (factor.across * factor.down) / (across * down), 0);
}
