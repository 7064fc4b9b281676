import { unsupported } from "../file/fail.js";
import type { Photometric } from "./layout.js";
import type { Samples } from "./samples.js";

/** RGB bytes of a colour picture's samples, after decoding. Wider samples are scaled to 8 bits. */
export function toRgb(
  values: Samples,
  photometric: Photometric,
  samples: number,
  bitsStored: number,
): Uint8Array {
  if (samples === 4) return fromArgb(toBytes(values, bitsStored), photometric);
  const bytes = toBytes(values, bitsStored);
  switch (photometric) {
    case "RGB":
    case "YBR_RCT":
    case "YBR_ICT":
      return bytes;
    case "YBR_FULL":
    case "YBR_FULL_422":
      return fromYbrFull(bytes);
    case "YBR_PARTIAL_422":
    case "YBR_PARTIAL_420":
      return fromYbrPartial(bytes);
    default:
      throw unsupported("The colours are stored in a way that is not read here.");
  }
}

function toBytes(values: Samples, bits: number): Uint8Array {
  if (bits === 8 && values instanceof Uint8Array) return values;
  const top = 2 ** bits - 1;
  return Uint8Array.from(values, (value) => Math.round(((value < 0 ? value + top + 1 : value) * 255) / top));
}

function clamp(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : Math.round(value);
}

/** PS3.3 C.7.6.3.1.2, YBR_FULL inverted (the same as JFIF's). */
function fromYbrFull(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length);
  for (let at = 0; at + 2 < bytes.length; at += 3) {
    const y = bytes[at] ?? 0;
    const cb = (bytes[at + 1] ?? 0) - 128;
    const cr = (bytes[at + 2] ?? 0) - 128;
    out[at] = clamp(y + 1.402 * cr);
    out[at + 1] = clamp(y - 0.344136 * cb - 0.714136 * cr);
    out[at + 2] = clamp(y + 1.772 * cb);
  }
  return out;
}

/** PS3.3 C.7.6.3.1.2, YBR_PARTIAL inverted: Y in 16..235, Cb and Cr in 16..240. */
function fromYbrPartial(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length);
  for (let at = 0; at + 2 < bytes.length; at += 3) {
    const y = 1.1644 * ((bytes[at] ?? 0) - 16);
    const cb = (bytes[at + 1] ?? 0) - 128;
    const cr = (bytes[at + 2] ?? 0) - 128;
    out[at] = clamp(y + 1.596 * cr);
    out[at + 1] = clamp(y - 0.3917 * cb - 0.8129 * cr);
    out[at + 2] = clamp(y + 2.0173 * cb);
  }
  return out;
}

/** Retired ARGB: the first sample is an overlay that is dropped. */
function fromArgb(bytes: Uint8Array, photometric: Photometric): Uint8Array {
  if (photometric !== "ARGB") throw unsupported("Pictures of four samples a pixel are read as ARGB only.");
  const out = new Uint8Array((bytes.length / 4) * 3);
  for (let pixel = 0; pixel * 4 < bytes.length; pixel++)
    out.set(bytes.subarray(pixel * 4 + 1, pixel * 4 + 4), pixel * 3);
  return out;
}

/** Grey bytes to RGB. */
export function greyToRgb(grey: Uint8Array): Uint8Array {
  const out = new Uint8Array(grey.length * 3);
  for (let index = 0, at = 0; index < grey.length; index++) {
    const value = grey[index] ?? 0;
    out[at++] = value;
    out[at++] = value;
    out[at++] = value;
  }
  return out;
}
