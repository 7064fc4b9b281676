/**
 * Every error that this package throws on purpose: one table (errors/table.ts, by rooms), one class.
 *
 * docs/errors.md is checked against the table by a test. Messages never contain pixels, prompts, patient data or
 * tag values: in this field they identify people.
 */

import { ERROR_TABLE } from "./errors/table.js";

export { EXIT } from "./errors/entry.js";
export { ERROR_TABLE };

export type ErrorCode = keyof typeof ERROR_TABLE;

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_TABLE, code);
}

/** Facts of the case: numbers and names a program can act on. Never patient data. */
export type ErrorFacts = Readonly<
  Record<string, string | number | boolean | readonly string[] | readonly number[] | undefined>
>;

const MARKER = Symbol.for("medgemma.error");

/** The one error class. `code` is stable; `message` is for people and may change. */
export class MedGemmaError extends Error {
  override readonly name = "MedGemmaError";
  readonly code: ErrorCode;
  /** What the reader can do about it. */
  readonly remedy: string;
  readonly facts: ErrorFacts;
  readonly [MARKER] = true;

  constructor(
    code: ErrorCode,
    message?: string,
    options: { facts?: ErrorFacts; cause?: unknown; remedy?: string } = {},
  ) {
    super(
      message ?? ERROR_TABLE[code].meaning,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.remedy = options.remedy ?? ERROR_TABLE[code].remedy;
    this.facts = options.facts ?? {};
  }

  get exitCode(): number {
    return ERROR_TABLE[this.code].exitCode;
  }

  /** True for this class from any copy of the package in the process. */
  static isInstance(value: unknown): value is MedGemmaError {
    return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[MARKER] === true;
  }
}

/** One sentence form for bad arguments; the remedy says what is allowed. Of a text only the length is printed: it may be patient data. */
export function badOption(name: string, expected: string, actual: unknown): MedGemmaError {
  return new MedGemmaError("bad_option", `Expected ${expected} for ${name}, got ${describeValue(actual)}.`, {
    facts: { option: name },
    // Some sentences go on after what is expected, with a comma.
    remedy: `Allowed for ${name}: ${expected.replace(/,$/, "")}.`,
  });
}

function describeValue(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null || typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value === "string") {
    if (value.trim() === "") return "an empty text";
    return `a text of ${value.length} character${value.length === 1 ? "" : "s"}`;
  }
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** Rejects with `aborted` when the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new MedGemmaError("aborted", undefined, { cause: signal.reason });
}
