import { types } from "node:util";
import { MedGemmaError } from "../errors.js";
import type { BlobLike } from "./blob.js";
import { Patience, type PatienceOptions } from "./patience.js";

/**
 * Bytes as they were given.
 * @throws MedGemmaError `bad_option` when their memory has been handed to another thread: they are gone here.
 */
export function bytesOf(input: Uint8Array | ArrayBufferLike): Uint8Array {
  try {
    const whole = new Uint8Array(input instanceof Uint8Array ? input.buffer : input);
    return input instanceof Uint8Array ? input : whole;
  } catch {
    throw failed("bytes that were not transferred to another thread");
  }
}

/** @throws MedGemmaError `bad_option` when the Blob itself fails, the silence's, `aborted`. */
export async function bytesOfBlob(blob: BlobLike, options: PatienceOptions): Promise<Uint8Array> {
  const patience = new Patience(options);
  try {
    return await patience.wait(given(blob));
  } finally {
    patience.end();
  }
}

async function given(blob: BlobLike): Promise<Uint8Array> {
  let bytes: unknown;
  try {
    bytes = await blob.arrayBuffer();
  } catch (error) {
    throw failed("a Blob that gives its bytes", error);
  }
  if (!types.isAnyArrayBuffer(bytes) && !types.isUint8Array(bytes))
    throw failed("a Blob that gives its bytes");
  return bytesOf(bytes);
}

/** What a caller's own object threw is the cause, and no words of it are in the message. */
export function failed(expected: string, cause?: unknown): MedGemmaError {
  return new MedGemmaError("bad_option", `Expected ${expected} for input.`, {
    facts: { option: "input" },
    remedy: `Allowed for input: ${expected}.`,
    cause,
  });
}
