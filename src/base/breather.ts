import { setImmediate } from "node:timers/promises";
import { throwIfAborted } from "./errors.js";

/** Milliseconds of work before the event loop gets its turn. */
const SLICE = 8;

/** When the event loop had its turn. One clock for all: what runs side by side shares a slice. */
let began = 0;
let turn: Promise<void> | undefined;

function nextTurn(): Promise<void> {
  turn ??= setImmediate().then(() => {
    turn = undefined;
    began = performance.now();
  });
  return turn;
}

/** Gives way when a slice of time is used up. */
export class Breather {
  /** @param signal Looked at whenever the event loop has had its turn. */
  constructor(private readonly signal?: AbortSignal | undefined) {}

  /** Whether the slice is used up. */
  isDue(): boolean {
    const passed = performance.now() - began;
    // A clock that an application's tests set back is not waited for.
    return passed >= SLICE || passed < 0;
  }

  async breathe(): Promise<void> {
    if (!this.isDue()) return;
    await nextTurn();
    throwIfAborted(this.signal);
  }

  /** Does work to its end, giving way between its steps. */
  async through<Result>(steps: Steps<Result>): Promise<Result> {
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
      await this.breathe();
    }
  }
}

/** Work that gives way between its steps, and its result. */
export type Steps<Result> = Generator<undefined, Result, void>;

/** Small things, and characters of a text, that are looked at in one go. */
const STEP = 200;
const CHARACTERS = 8000;

/** Counts small things, so that work gives way after some hundreds of them and not after each. */
export class Pace {
  #done = 0;

  /**
   * Whether the thing at hand is the last of a step.
   * @param characters That it has, where looking at each takes time.
   */
  isDue(characters = 0): boolean {
    this.#done += 1 / STEP + characters / CHARACTERS;
    if (this.#done < 1) return false;
    this.#done = 0;
    return true;
  }
}

/** Items that are sorted in one go. */
const RUN = 4096;

/** Sorts, what is equal in the order in which it came. */
export function* sortSteps<T>(items: readonly T[], compare: (a: T, b: T) => number): Steps<T[]> {
  let runs: T[][] = [];
  for (let at = 0; at < items.length; at += RUN) {
    runs.push(items.slice(at, at + RUN).sort(compare));
    yield undefined;
  }
  while (runs.length > 1) {
    const merged: T[][] = [];
    for (let at = 0; at < runs.length; at += 2) {
      merged.push(yield* mergeSteps(runs[at] as T[], runs[at + 1] ?? [], compare));
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

function* mergeSteps<T>(
  left: readonly T[],
  right: readonly T[],
  compare: (a: T, b: T) => number,
): Steps<T[]> {
  const merged: T[] = [];
  let [l, r] = [0, 0];
  while (l < left.length || r < right.length) {
    const first =
      r >= right.length || (l < left.length && compare(left[l] as T, right[r] as T) <= 0)
        ? left[l++]
        : right[r++];
    merged.push(first as T);
    if (merged.length % RUN === 0) yield undefined;
  }
  return merged;
}
