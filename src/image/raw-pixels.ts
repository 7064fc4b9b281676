import { badOption, MedGemmaError } from "../base/errors.js";
import type { Filled } from "../base/options.js";
import { checkPixels, type ImageLimits } from "./limits.js";

/** Pixels as they lie in memory, rows from the top without padding, channels interleaved. */
export interface RawPixels {
  /**
   * `width * height * channels` samples: 8 bits (0..255), or 16 bits (0..65535 is black to white; values of 10 or 12
   * bits must be scaled or windowed first, else they look black). Read, not kept: it may change after the call.
   */
  readonly data: Uint8Array | Uint8ClampedArray | Uint16Array;
  /** Pixels, at least 1. */
  readonly width: number;
  /** Pixels, at least 1. */
  readonly height: number;
  /** 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha (not premultiplied). sRGB is assumed. */
  readonly channels: 1 | 2 | 3 | 4;
}

/** Checks sizes, the kind of array and its length. Throws `bad_option` or `image_too_large`. */
export function checkRawPixels(pixels: RawPixels, limits: Filled<ImageLimits>): void {
  checkSide("width", pixels.width);
  checkSide("height", pixels.height);
  if (![1, 2, 3, 4].includes(pixels.channels)) throw badOption("channels", "1, 2, 3 or 4", pixels.channels);
  const { data } = pixels;
  if (!(data instanceof Uint8Array || data instanceof Uint8ClampedArray || data instanceof Uint16Array)) {
    throw badOption("data", "a Uint8Array, Uint8ClampedArray or Uint16Array", data);
  }
  checkPixels(pixels.width, pixels.height, limits);
  checkLength(data.length, pixels.width * pixels.height * pixels.channels);
}

export function checkSide(name: string, side: unknown): void {
  if (!Number.isInteger(side) || (side as number) < 1)
    throw badOption(name, "a whole number of at least 1", side);
}

export function checkLength(actual: number, expected: number): void {
  if (actual === expected) return;
  throw new MedGemmaError("bad_option", `Expected ${expected} samples in data but received ${actual}.`, {
    facts: { option: "data", expected, actual },
    remedy: "data must hold width * height * channels samples, without padding between rows.",
  });
}
