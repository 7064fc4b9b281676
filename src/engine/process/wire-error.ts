import { type ErrorCode, type ErrorFacts, isErrorCode, MedGemmaError } from "../../errors.js";
import { fromNative } from "../native/addon.js";

/** A MedGemmaError on its way between processes. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy: string;
  readonly facts: ErrorFacts;
  /** The cause's words; llama.cpp's own are there. */
  readonly cause?: string | undefined;
}

/** What is not one of ours becomes `decode_failed` and keeps its message. */
export function toWire(error: unknown): WireError {
  const { code, message, remedy, facts, cause } = fromNative(error);
  const words = cause instanceof Error ? cause.message : undefined;
  return { code, message, remedy, facts, ...(words !== undefined && { cause: words }) };
}

export function fromWire({ code, message, remedy, facts, cause }: WireError): MedGemmaError {
  const known = isErrorCode(code) ? code : "decode_failed";
  return new MedGemmaError(known, message, {
    remedy,
    facts,
    ...(cause !== undefined && { cause: new Error(cause) }),
  });
}
