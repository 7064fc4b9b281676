import { createRequire } from "node:module";
import type { Context, NativeCodecs } from "dcmjs-codecs";
import { unreadable } from "../file/fail.js";
import type { PixelLayout } from "./layout.js";

/** Wrapper of dcmjs-codecs' WebAssembly. For use in a worker only: a bad codestream may hang it or eat memory. */

type WasmKind = "jpeg" | "jpeg-lossless" | "jpeg-ls" | "jpeg2000" | "htj2k" | "jpeg-xl";

interface CodecModule {
  Context: typeof Context;
  NativeCodecs: typeof NativeCodecs & { wasmApi?: { wasmMemory?: { buffer: ArrayBufferLike } } };
  log: { setLevel(level: string): void };
}

/** WebAssembly memory never shrinks: past this the instance is dropped after the frame. */
const MEMORY_KEPT = 256 * 1024 * 1024;

let loaded: CodecModule | undefined;

/** Loads on first use, and silences dcmjs and its loggers: they print values of private elements. */
function load(): CodecModule {
  if (loaded) return loaded;
  const require = createRequire(import.meta.url);
  // The copy that the codecs load, which is no dependency of this package.
  const ofCodecs = createRequire(require.resolve("dcmjs-codecs"));
  const dcmjs = ofCodecs("dcmjs") as { log?: { setLevel(level: string): void } };
  dcmjs.log?.setLevel("silent");
  loaded = require("dcmjs-codecs") as CodecModule;
  loaded.log.setLevel("silent");
  return loaded;
}

/**
 * Decodes one codestream to samples as the codec gives them, little endian.
 * After any error the instance is dropped: a valid file decoded by a damaged instance failed for good.
 */
export async function decodeCodestream(
  kind: WasmKind,
  bytes: Uint8Array,
  layout: PixelLayout,
  options: { readonly toRgb: boolean; readonly planes: boolean; readonly codecReady: () => void },
): Promise<Uint8Array> {
  const { Context, NativeCodecs } = load();
  if (!NativeCodecs.isInitialized()) await NativeCodecs.initializeAsync();
  options.codecReady();
  const context = new Context({
    width: layout.columns,
    height: layout.rows,
    bitsAllocated: layout.bitsAllocated,
    bitsStored: layout.bitsStored,
    samplesPerPixel: layout.samples,
    pixelRepresentation: layout.signed ? 1 : 0,
    planarConfiguration: 0,
    photometricInterpretation: layout.photometric,
    encodedBuffer: bytes,
  });
  let result: Context;
  try {
    result = run(NativeCodecs, kind, context, options.toRgb);
  } catch {
    NativeCodecs.release();
    throw unreadable("The compressed pixels cannot be decoded: they are damaged or cut off.", {
      codec: kind,
    });
  }
  if ((NativeCodecs.wasmApi?.wasmMemory?.buffer.byteLength ?? 0) > MEMORY_KEPT) NativeCodecs.release();
  const decoded = result.getDecodedBuffer();
  const expected = (layout.rows * layout.columns * layout.samples * layout.bitsAllocated) / 8;
  if (!decoded || decoded.length !== expected || result.getBitsAllocated() !== layout.bitsAllocated) {
    throw unreadable("The decoded pixels do not have the size that the header gives.", {
      expectedBytes: expected,
      bytes: decoded?.length ?? 0,
    });
  }
  const planes = options.planes || result.getPlanarConfiguration() === 1;
  return planes && layout.samples > 1 ? pixelsOf(decoded, layout) : decoded;
}

function run(codecs: typeof NativeCodecs, kind: WasmKind, context: Context, toRgb: boolean): Context {
  switch (kind) {
    case "jpeg":
    case "jpeg-lossless":
      return codecs.decodeJpeg(context, { convertColorspaceToRgb: toRgb });
    case "jpeg-ls":
      return codecs.decodeJpegLs(context);
    case "jpeg2000":
      return codecs.decodeJpeg2000(context);
    case "htj2k":
      return codecs.decodeHtJpeg2000(context);
    case "jpeg-xl":
      return codecs.decodeJpegXl(context);
  }
}

/** Planes to pixels, by bytes of a sample. */
function pixelsOf(planes: Uint8Array, layout: PixelLayout): Uint8Array {
  const size = layout.bitsAllocated / 8;
  const pixels = layout.rows * layout.columns;
  const out = new Uint8Array(planes.length);
  for (let sample = 0; sample < layout.samples; sample++) {
    for (let index = 0; index < pixels; index++) {
      const from = (sample * pixels + index) * size;
      out.set(planes.subarray(from, from + size), (index * layout.samples + sample) * size);
    }
  }
  return out;
}
