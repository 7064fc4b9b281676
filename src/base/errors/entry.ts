/** What the rooms of the table are made of. */

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
}
