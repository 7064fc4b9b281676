/** What a compressed frame says about itself, read without decoding: a decoder that did not complain proves nothing. */
export interface CodestreamInfo {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  /** Bits of a sample. */
  readonly precision: number;
  /** JPEG 2000 and HTJ2K. */
  readonly wavelet: boolean;
  /** By a transform or with allowed errors: values of white may come out just beyond Bits Stored. */
  readonly mayOvershoot: boolean;
  /** JPEG 2000 only: samples are signed. */
  readonly signed: boolean;
  /** JPEG 2000 only: the codestream itself carries RGB as luminance and chrominance; the decoder undoes it. */
  readonly componentTransform: boolean;
  /** JPEG only: what the Adobe and JFIF markers and the component names say of the colours, if anything. */
  readonly jpegColour: "rgb" | "ybr" | undefined;
  /** JPEG-LS only: each component has a scan of its own, and the decoder gives planes (ITU T.87 C.2.3). */
  readonly componentScans: boolean;
  /** The end marker is there. */
  readonly ended: boolean;
}

function u16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

function u32(bytes: Uint8Array, at: number): number {
  return u16(bytes, at) * 65536 + u16(bytes, at + 2);
}

/** Offset of the end marker FFD9 within the last bytes (padding may follow it), or -1. */
function endMarker(bytes: Uint8Array): number {
  for (let at = bytes.length - 2; at >= Math.max(0, bytes.length - 64); at--) {
    if (u16(bytes, at) === 0xffd9) return at;
  }
  return -1;
}

/** A codestream that ends in its end marker and nothing else: CharLS loops for ever where the marker is missing. */
export function terminated(bytes: Uint8Array): Uint8Array {
  const end = endMarker(bytes);
  if (end >= 0) return bytes.subarray(0, end + 2);
  const out = new Uint8Array(bytes.length + 2);
  out.set(bytes);
  out.set([0xff, 0xd9], bytes.length);
  return out;
}

/**
 * The ways to read a JPEG-LS stream, likeliest first: as it ends, and without zero bytes before its end marker. Some
 * encoders pad there (NEMA's sample MR1_JLSL), and CharLS from 2.3 on refuses that; yet such a byte may also be data.
 */
export function jpegLsEndings(bytes: Uint8Array): Uint8Array[] {
  const whole = terminated(bytes);
  const endings = [whole];
  const end = whole.length - 2;
  for (let cut = 1; cut <= MOST_PADDING && whole[end - cut] === 0; cut++) {
    const shorter = whole.slice(0, whole.length - cut);
    shorter.set([0xff, 0xd9], end - cut);
    endings.push(shorter);
  }
  return endings;
}

/** Zero bytes before an end marker that are looked beyond. */
const MOST_PADDING = 3;

/** Start-of-frame markers of JPEG and JPEG-LS: C0-CF without DHT (C4), JPG (C8), DAC (CC); F7 (ITU T.81 B.1, T.87 C.1). */
function isStartOfFrame(marker: number): boolean {
  return (
    marker === 0xf7 ||
    (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc)
  );
}

/** Frames of the cosine transform; every fourth kind is lossless (ITU T.81 table B.1). */
function isTransform(marker: number): boolean {
  return marker !== 0xf7 && (marker & 3) !== 3;
}

/** Offset of the first start-of-scan marker at or after `start`, -1 when there is none. */
function firstScan(bytes: Uint8Array, start: number): number {
  for (let at = start; at + 5 <= bytes.length && bytes[at] === 0xff; at += 2 + u16(bytes, at + 2)) {
    if (bytes[at + 1] === 0xda) return at;
    if (u16(bytes, at + 2) < 2) break;
  }
  return -1;
}

/** Components of the first scan: the number in its header. */
function componentsOfScan(bytes: Uint8Array, start: number): number {
  const at = firstScan(bytes, start);
  return at < 0 ? Number.POSITIVE_INFINITY : (bytes[at + 4] ?? 1);
}

/** NEAR of a JPEG-LS scan: the error that was allowed, 0 for lossless (ITU T.87 C.2.3). */
function allowedError(bytes: Uint8Array, start: number): number {
  const at = firstScan(bytes, start);
  return at < 0 ? 0 : (bytes[at + 5 + 2 * (bytes[at + 4] ?? 1)] ?? 0);
}

/** Reads a JPEG or JPEG-LS header; undefined when there is none. */
export function readJpeg(bytes: Uint8Array): CodestreamInfo | undefined {
  if (u16(bytes, 0) !== 0xffd8) return undefined;
  let at = 2;
  let jfif = false;
  let adobe: number | undefined;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === 0xda || marker === 0xd9) return undefined;
    const length = u16(bytes, at + 2);
    if (length < 2) return undefined;
    if (marker === 0xe0 && bytes[at + 4] === 0x4a && bytes[at + 5] === 0x46) jfif = true;
    if (marker === 0xee && length >= 14 && bytes[at + 4] === 0x41 && bytes[at + 5] === 0x64)
      adobe = bytes[at + 15];
    if (isStartOfFrame(marker)) {
      const components = bytes[at + 9] ?? 0;
      const ids = [0, 1, 2].map((index) => bytes[at + 10 + index * 3] ?? 0);
      const named = ids.join() === "82,71,66";
      const colour = adobe === 0 || named ? "rgb" : adobe === 1 || jfif ? "ybr" : undefined;
      return {
        precision: bytes[at + 4] ?? 0,
        height: u16(bytes, at + 5),
        width: u16(bytes, at + 7),
        components,
        wavelet: false,
        mayOvershoot: isTransform(marker) || (marker === 0xf7 && allowedError(bytes, at + 2 + length) > 0),
        signed: false,
        componentTransform: false,
        jpegColour: components === 3 ? colour : undefined,
        componentScans: marker === 0xf7 && componentsOfScan(bytes, at + 2 + length) < components,
        ended: endMarker(bytes) >= 0,
      };
    }
    at += 2 + length;
  }
  return undefined;
}

/** Which codec a codestream is for, by its first bytes and its kind of frame; undefined when none begins at `at`. */
export function codecOfStream(
  bytes: Uint8Array,
  at = 0,
): "jpeg" | "jpeg-lossless" | "jpeg-ls" | "jpeg2000" | "jpeg-xl" | undefined {
  if (u32(bytes, at) === 0xff4fff51 || (u32(bytes, at) === 12 && u32(bytes, at + 4) === 0x6a502020))
    return "jpeg2000";
  if (u16(bytes, at) === 0xff0a || (u32(bytes, at) === 12 && u32(bytes, at + 4) === 0x4a584c20))
    return "jpeg-xl";
  if (u16(bytes, at) !== 0xffd8 || bytes[at + 2] !== 0xff) return undefined;
  for (let marker = at + 2; marker + 4 <= bytes.length && bytes[marker] === 0xff; ) {
    const kind = bytes[marker + 1] ?? 0;
    if (kind === 0xf7) return "jpeg-ls";
    if (kind === 0xc3) return "jpeg-lossless";
    if (isStartOfFrame(kind) || kind === 0xda) break;
    marker += kind === 0xff ? 1 : 2 + u16(bytes, marker + 2);
  }
  return "jpeg";
}

/** Offset of the JPEG 2000 codestream (SOC then SIZ, ISO 15444-1 A.4), also inside a JP2 file; -1 when absent. */
export function findJpeg2000(bytes: Uint8Array): number {
  const last = Math.min(bytes.length - 4, 4096);
  for (let at = 0; at <= last; at++) if (u32(bytes, at) === 0xff4fff51) return at;
  return -1;
}

/** Reads the SIZ and COD segments (ISO 15444-1 A.5, A.6) of the codestream that begins at 0. */
export function readJpeg2000(bytes: Uint8Array): CodestreamInfo | undefined {
  if (u32(bytes, 0) !== 0xff4fff51 || bytes.length < 50) return undefined;
  const components = u16(bytes, 40);
  const depth = bytes[42] ?? 0;
  let componentTransform = false;
  for (
    let at = 4 + u16(bytes, 4);
    at + 4 <= bytes.length && bytes[at] === 0xff;
    at += 2 + u16(bytes, at + 2)
  ) {
    const marker = bytes[at + 1];
    if (marker === 0x52) componentTransform = bytes[at + 8] === 1;
    if (marker === 0x52 || marker === 0x90 || u16(bytes, at + 2) < 2) break;
  }
  return {
    width: u32(bytes, 8) - u32(bytes, 16),
    height: u32(bytes, 12) - u32(bytes, 20),
    components,
    precision: (depth & 0x7f) + 1,
    wavelet: true,
    mayOvershoot: true,
    signed: (depth & 0x80) !== 0,
    componentTransform,
    jpegColour: undefined,
    componentScans: false,
    ended: endMarker(bytes) >= 0,
  };
}
