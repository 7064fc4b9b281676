/**
 * Finds out, while an answer streams, that the model repeats itself without end: greedy decoding does in long answers.
 *
 * A loop is an end of the text that is one unit several times over, exactly: at least {@link MIN_TIMES} times and
 * {@link MIN_LENGTH} characters long, and longer when it is made of few letters, as rulers and tables are. Lists that
 * count ("SLICE 1: normal. SLICE 2: normal.") differ in their numbers and are none.
 */
export interface Loop {
  /** Where the repeated unit begins for the second time: what stands before it is worth keeping. */
  readonly keep: number;
  /** Characters of the unit. */
  readonly period: number;
  readonly times: number;
}

export const MIN_TIMES = 4;
export const MIN_LENGTH = 80;
/** Units longer than a quarter of this are not looked for. */
const LOOKBACK = 4000;
/** Fewer different characters than this in a unit make a ruler (`-----`, `| - | - |`), which may be long. */
const RULER_LETTERS = 5;
const RULER_LENGTH = 400;

export function findLoop(text: string, minTimes: number = MIN_TIMES): Loop | undefined {
  const tail = text.slice(-LOOKBACK);
  const { period, length } = longestRepetition(tail);
  if (period === 0) return undefined;
  const times = Math.floor(length / period);
  const unit = tail.slice(-period);
  const enough = new Set(unit).size < RULER_LETTERS ? RULER_LENGTH : MIN_LENGTH;
  if (times < minTimes || length < enough) return undefined;
  return { keep: text.length - length + period, period, times };
}

/**
 * The end of the text that repeats most often: its period and its length. By the border table of Knuth, Morris and
 * Pratt over the text read backwards: a beginning of length n with a border of length b has the period n - b.
 */
function longestRepetition(text: string): { period: number; length: number } {
  const last = text.length - 1;
  const borders = new Int32Array(text.length + 1);
  let best = { period: 0, length: 0, times: 0 };
  let border = 0;
  for (let n = 2; n <= text.length; n++) {
    const char = text[last - n + 1];
    while (border > 0 && text[last - border] !== char) border = borders[border] ?? 0;
    if (text[last - border] === char) border++;
    borders[n] = border;
    const period = n - border;
    const times = n / period;
    if (times >= MIN_TIMES && times > best.times) best = { period, length: n, times };
  }
  return best;
}

/** Looks at an answer as it grows; cheap enough for every token. */
export class LoopWatch {
  #text = "";
  #unseen = 0;
  #seen = 0;

  /** True once the text has come to an end that repeats. */
  push(text: string): boolean {
    // No more than is looked at: a text that grows to its end would be copied at every look.
    this.#text = (this.#text + text).slice(-LOOKBACK);
    this.#unseen += text.length;
    // In a long answer less often: each look takes as long as the last.
    if (this.#unseen < Math.max(LOOK_EVERY, this.#seen / LOOKS)) return false;
    this.#seen += this.#unseen;
    this.#unseen = 0;
    // Once more than is needed: the ends of the text are trimmed before it is cut.
    return findLoop(this.#text, MIN_TIMES + 1) !== undefined;
  }
}

const LOOK_EVERY = 16;
/** A text that grows to twice its length is looked at so many times. */
const LOOKS = 512;

/** Text without the repetitions at its end: the unit stands once, up to the end of its sentence. */
export function withoutLoop(text: string): string {
  const loop = findLoop(text);
  if (loop === undefined) return text;
  const { keep, period } = loop;
  const rest = /^[^.!?\n]*[.!?\n]/.exec(text.slice(keep, keep + period))?.[0] ?? "";
  return (text.slice(0, keep) + rest).trimEnd();
}
