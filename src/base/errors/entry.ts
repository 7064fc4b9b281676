/** What a code of the table says, whatever the case. */

/** Exit codes of the command line, by kind of trouble. */
export const EXIT = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  install: 3,
  model: 4,
  input: 5,
  capacity: 6,
  engine: 7,
  aborted: 130,
} as const;

export interface ErrorEntry {
  /** What happened, in one sentence, without facts of the case. */
  readonly meaning: string;
  /** What the reader can do about it. */
  readonly remedy: string;
  readonly exitCode: number;
  /**
   * What a server answers (RFC 9110). 4xx: the request must change. 5xx: this machine or its model must, or the same
   * request may be tried again (502, 503). 499, as nginx has it: the caller has gone.
   */
  readonly httpStatus: number;
}
