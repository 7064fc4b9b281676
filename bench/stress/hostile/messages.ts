/** What the runner tells the application under attack, and what it hears from it. */
export interface Order {
  readonly kind: string;
  readonly seed: number;
}

export interface Finding {
  readonly what: "ready" | "begun" | "ended";
  readonly name?: string;
  /** `answered`, a code of the errors table, or `untyped: …`. */
  readonly outcome?: string;
  /** Milliseconds. */
  readonly elapsed?: number;
  /** Longest stretch in which the event loop did not turn, in milliseconds. */
  readonly delay?: number;
  /** Bytes by which the process and its children outgrew what they held before. */
  readonly growth?: number;
  /** Descriptors that are open beyond those of the start. */
  readonly descriptors?: number;
  /** How long innocent questions beside it took, as a multiple of the usual; empty where it ended before one did. */
  readonly beside?: readonly number[];
  /** Exceptions and rejections that nobody caught, and innocent questions that failed. */
  readonly uncaught?: readonly string[];
}
