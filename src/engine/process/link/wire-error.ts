import { type ErrorCode, type ErrorFacts, isErrorCode, MedGemmaError } from "../../../base/errors.js";
import { fromNative } from "../../native/addon.js";

/** An error on its way between processes. */
export type WireError = WireFailure | WireMistake;

interface WireFailure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy: string;
  readonly facts: ErrorFacts;
  /** The cause's words; llama.cpp's own are there. */
  readonly cause?: string | undefined;
}

/** Of this package's own code, which stays one. */
interface WireMistake {
  readonly code?: undefined;
  readonly name: string;
  readonly message: string;
}

/** What is neither becomes `decode_failed` and keeps its message. */
export function toWire(error: unknown): WireError {
  const known = fromNative(error);
  if (!MedGemmaError.isInstance(known)) return { name: known.name, message: known.message };
  const { code, message, remedy, facts, cause } = known;
  const words = cause instanceof Error ? cause.message : undefined;
  return { code, message, remedy, facts, ...(words !== undefined && { cause: words }) };
}

export function fromWire(error: WireError): Error {
  if (error.code === undefined) return Object.assign(new TypeError(error.message), { name: error.name });
  const { code, message, remedy, facts, cause } = error;
  const known = isErrorCode(code) ? code : "decode_failed";
  return new MedGemmaError(known, message, {
    remedy,
    facts,
    ...(cause !== undefined && { cause: new Error(cause) }),
  });
}
