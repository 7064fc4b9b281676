/**
 * Every error that this package throws on purpose: one table (errors/table.ts, by rooms), one class.
 *
 * docs/errors.md is checked against the table by a test. Messages never contain pixels, prompts, patient data or
 * tag values: in this field they identify people.
 */

import { withoutPaths } from "./errors/cause.js";
import type { FactsOf } from "./errors/facts.js";
import { ERROR_TABLE } from "./errors/table.js";

export { EXIT } from "./errors/entry.js";
export type { FactsOf };
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

/** An error as plain data: what `JSON.stringify`, `structuredClone` and a message to another thread keep whole. */
export interface ErrorData {
  readonly name: string;
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy: string;
  readonly facts: ErrorFacts;
}

/** Where the code is known, no fact that its row of ERROR_FACTS lacks. */
export interface ErrorOptionsOf<Code extends ErrorCode> {
  readonly facts?: (ErrorCode extends Code ? ErrorFacts : FactsOf<Code>) | undefined;
  readonly cause?: unknown;
  readonly remedy?: string | undefined;
}

/** The one error class. `code` is stable; `message` is for people and may change. */
export class MedGemmaError<Code extends ErrorCode = ErrorCode> extends Error {
  /** `AbortError` for `aborted`, as what waits for a signal expects; else `MedGemmaError`. */
  override readonly name: "MedGemmaError" | "AbortError";
  readonly code: ErrorCode;
  /** What the reader can do about it. */
  readonly remedy: string;
  readonly facts: ErrorFacts;
  readonly [MARKER] = true;

  constructor(code: Code, message?: string, options: ErrorOptionsOf<Code> = {}) {
    if (typeof code !== "string" || !isErrorCode(code))
      throw badOption("code", "a code of ERROR_TABLE", code);
    // An abort's is the signal's own reason.
    const cause = code === "aborted" ? options.cause : withoutPaths(options.cause);
    super(message ?? ERROR_TABLE[code].meaning, cause === undefined ? undefined : { cause });
    this.name = code === "aborted" ? "AbortError" : "MedGemmaError";
    this.code = code;
    this.remedy = options.remedy ?? ERROR_TABLE[code].remedy;
    this.facts = options.facts ?? {};
  }

  get exitCode(): number {
    return ERROR_TABLE[this.code].exitCode;
  }

  /** Without stack and cause, which are of this process. */
  toJSON(): ErrorData {
    const { name, code, message, remedy, facts } = this;
    return { name, code, message, remedy, facts };
  }

  /**
   * The error that {@link MedGemmaError.toJSON} wrote: an Error that is sent to another thread or process itself keeps
   * nothing but its message there.
   * @throws MedGemmaError `bad_option` for anything else.
   */
  static fromJSON(data: ErrorData): MedGemmaError {
    const { code, message, remedy, facts } = readable(data);
    const whole = typeof message === "string" && typeof remedy === "string" && typeof facts === "object";
    if (typeof code !== "string" || !isErrorCode(code) || !whole || facts === null)
      throw badOption("data", "what toJSON of a MedGemmaError gave", data);
    return new MedGemmaError(code, message, { remedy, facts });
  }

  /** The same error with more facts, or its message put in other words. */
  with({ message, facts }: { message?: string; facts?: ErrorFacts }): MedGemmaError {
    return new MedGemmaError(this.code, message ?? this.message, {
      remedy: this.remedy,
      facts: { ...this.facts, ...facts },
      cause: this.cause,
    });
  }

  /**
   * True for this class from any copy of the package in the process. With a code, only for that one, and its `facts`
   * have their types.
   *
   * @example
   * if (MedGemmaError.isInstance(error, "context_full")) console.log(error.facts.required);
   */
  static isInstance(value: unknown): value is MedGemmaError;
  static isInstance<Code extends ErrorCode>(
    value: unknown,
    code: Code,
  ): value is MedGemmaError & { readonly code: Code; readonly facts: FactsOf<Code> };
  static isInstance(value: unknown, code?: ErrorCode): boolean {
    if (!isMarked(value)) return false;
    // Array methods pass an index here.
    return typeof code !== "string" || (value as MedGemmaError).code === code;
  }
}

/** Of a proxy too, which may throw at whatever it is asked. */
function isMarked(value: unknown): boolean {
  try {
    return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[MARKER] === true;
  } catch {
    return false;
  }
}

function readable(data: unknown): Partial<ErrorData> {
  try {
    return { ...(data as Partial<ErrorData>) };
  } catch {
    return {};
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
  if (typeof value !== "object") return `a ${typeof value}`;
  try {
    if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
  } catch {
    // A proxy: it may throw at whatever it is asked.
  }
  return "an object";
}

/** Rejects with `aborted` when the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new MedGemmaError("aborted", undefined, { cause: signal.reason });
}
