import { fileURLToPath } from "node:url";
import { badOption, MedGemmaError, throwIfAborted } from "../base/errors.js";
import { bytesOfBlob } from "../base/files/handed-bytes.js";
import { tooSilent } from "../base/files/patience.js";
import { readStream } from "../base/files/read-stream.js";
import { reading } from "../base/options.js";
import { decodeBase64, isBareBase64 } from "./base64.js";
import { decodeDataUrl } from "./data-url.js";
import { decodePicture } from "./decode.js";
import type { DecodeSettings } from "./decode-settings.js";
import { fromRaw } from "./from-raw.js";
import { fromSharp } from "./from-sharp.js";
import { type ImageInput, type InputKind, kindOfInput } from "./input.js";
import { BLACK } from "./libvips.js";
import { checkBytes, checkPixels, type ImageLimits, resolveLimits, tooManyBytes } from "./limits.js";
import { checkLength, checkSide } from "./raw-pixels.js";
import { readFileBytes } from "./read-file.js";
import type { RgbImage } from "./rgb.js";

export interface ReadPictureOptions {
  limits?: ImageLimits | undefined;
  /**
   * What lies under transparent pixels. Black is what a radiology viewer has, what padding uses, and mostly what is
   * stored there; take white for figures drawn for paper. Opaque pictures do not depend on it. Defaults to `"black"`.
   */
  background?: "black" | "white" | undefined;
  /** Rejects with `aborted` at once; a decoding under way ends in the background and is dropped. */
  signal?: AbortSignal | undefined;
}

const BACKGROUNDS = new Map([
  ["black", BLACK],
  ["white", "#ffffff"],
]);

/**
 * A picture as the reference reads it, as 8-bit RGB at full resolution.
 *
 * EXIF orientation is applied; ICC profiles are not (stored values are what models are trained on), CMYK becomes RGB by
 * plain arithmetic, 16 bits become 8 (grey rounded, of colour the upper byte: values of 12 bits look nearly black, as in a
 * viewer; window them first), transparency is laid over `background`, and of animations and multi-page files the first
 * page is taken. What was done is listed in `origin.steps`. 8-bit grey and RGB keep their stored bytes, gAMA chunks or not.
 *
 * Throws `image_unreadable` (not a picture, damaged, cut off; a DICOM file: read that as DICOM), `image_too_large`
 * (before decoding), `file_not_found`, `bad_option` (http addresses too: fetch them yourself), `aborted`.
 */
export async function readPicture(input: ImageInput, options: ReadPictureOptions = {}): Promise<RgbImage> {
  const { signal } = options;
  throwIfAborted(signal);
  const settings: DecodeSettings = {
    limits: resolveLimits(options.limits),
    background: resolveBackground(options.background),
    signal,
  };
  const known = kindOfInput(input);
  switch (known.kind) {
    case "bytes":
      return decodeBytes(known.bytes, settings);
    case "text":
      return decodeBytes(await readText(known.text, settings), settings);
    case "blob":
      return decodeBytes(await readHeld(known, settings), settings);
    case "stream":
      return decodeBytes(await readHeld(known, settings), settings);
    case "sharp":
      return fromSharp(known.pipeline, settings);
    case "raw":
      return fromRaw(known.pixels, settings);
    case "rgb":
      return checkRgb(known.image, settings);
  }
}

function resolveBackground(name: string | undefined): string {
  const colour = BACKGROUNDS.get(name ?? "black");
  if (colour === undefined) throw badOption("background", '"black" or "white"', name);
  return colour;
}

function decodeBytes(bytes: Uint8Array, settings: DecodeSettings): Promise<RgbImage> {
  checkBytes(bytes.byteLength, settings.limits);
  return decodePicture(bytes, settings);
}

type Reading = Pick<DecodeSettings, "limits" | "signal">;

function readText(text: string, { limits, signal }: Reading): Promise<Uint8Array> {
  if (/^data:/i.test(text)) return decodeDataUrl(text, limits, signal);
  if (/^file:/i.test(text)) return readFileBytes(pathOf(text), limits, signal);
  if (isBareBase64(text)) return decodeBase64(text, 0, limits, signal);
  // Two letters at least: C:\ is a drive.
  const scheme = /^([a-z][a-z0-9+.-]+):(\/\/|[^\\/]*$)/i.exec(text)?.[1];
  if (scheme !== undefined && (text.includes("://") || scheme.toLowerCase() === "blob")) {
    throw new MedGemmaError("bad_option", `Expected a file but received a ${scheme}: address.`, {
      facts: { option: "input", scheme },
      remedy:
        "Nothing is fetched here, so that no address learns of a patient: fetch it yourself and pass the bytes.",
    });
  }
  return readFileBytes(text, limits, signal);
}

function pathOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    throw badOption("input", "a file: URL without a host", url);
  }
}

/** What can be read once only, or not without waiting: to be looked at before it is known what reads it. */
type Held = Extract<InputKind, { kind: "blob" | "stream" }>;

async function readHeld(held: Held, { limits, signal }: Reading): Promise<Uint8Array> {
  const { maxBytes, maxSilence } = limits;
  const silence = { most: maxSilence, error: () => tooSilent("image_timeout", maxSilence) };
  if (held.kind === "stream") {
    const tooLarge = (bytes: number) => tooManyBytes(bytes, maxBytes);
    return readStream(held.stream, { most: maxBytes, tooLarge, signal, silence });
  }
  checkBytes(
    reading("input", () => held.blob.size),
    limits,
  );
  return bytesOfBlob(held.blob, { signal, silence });
}

/** The bytes of an input that holds them itself (a Blob, a stream, a data URL, base64); undefined for others. */
export async function heldBytes(
  input: ImageInput,
  limits: ImageLimits | undefined,
  signal: AbortSignal | undefined,
): Promise<Uint8Array | undefined> {
  const known = kindOfInput(input);
  const reading = { limits: resolveLimits(limits), signal };
  if (known.kind === "blob" || known.kind === "stream") return readHeld(known, reading);
  const encoded = known.kind === "text" && (/^data:/i.test(known.text) || isBareBase64(known.text));
  return encoded ? readText(known.text, reading) : undefined;
}

function checkRgb(image: RgbImage, { limits }: DecodeSettings): RgbImage {
  checkSide("width", image.width);
  checkSide("height", image.height);
  if (!(image.data instanceof Uint8Array)) throw badOption("data", "a Uint8Array", image.data);
  checkPixels(image.width, image.height, limits);
  checkLength(image.data.length, image.width * image.height * 3);
  return image;
}
