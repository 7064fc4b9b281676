import { allOrStop } from "../../base/abort.js";

/** A call of somebody's, however many questions to the engine it is made of. */
export interface Call {
  /** Of its questions, those that the engine has now. */
  asking: number;
}

/** What is asked: a model, and by which call. */
export interface Asking {
  readonly callers: Callers;
  /** The call that asks, where it asks more than one question; none: each question is a call. */
  readonly call?: Call | undefined;
}

/** Milliseconds for which somebody counts as there who has just been answered: whoever asks on and on pauses between. */
const THERE = 1000;

/** Who asks a model: a call of hundreds of questions goes on beside others' without filling the engine's turns. */
export class Callers {
  #asking = 0;
  #last: { readonly call: Call; readonly at: number } | undefined;
  /** The last one that was another's than `#last`. */
  #before: { readonly call: Call; readonly at: number } | undefined;

  /** A question of this call's goes to the engine; to be told when it is over. */
  begin(call: Call): () => void {
    call.asking++;
    this.#asking++;
    this.#see(call);
    return () => {
      call.asking--;
      this.#asking--;
      this.#see(call);
    };
  }

  /** Whether anybody else asks, or did until just now. */
  hasOthers(call: Call): boolean {
    if (this.#asking > call.asking) return true;
    const other = this.#last?.call === call ? this.#before : this.#last;
    return other !== undefined && performance.now() - other.at < THERE;
  }

  #see(call: Call): void {
    if (this.#last?.call !== call) this.#before = this.#last;
    this.#last = { call, at: performance.now() };
  }
}

/** The engine answers eight at a time by default; a longer queue would only keep others waiting. */
const AT_ONCE = 8;

/**
 * Asks all questions of one call, some at a time; beside others one at a time, as they ask. When one fails, the others are
 * stopped.
 * @param ask With the model as this call's: what it asks counts as of one.
 */
export async function sideBySide<Model extends Asking, T, R>(
  model: Model,
  questions: readonly T[],
  signal: AbortSignal | undefined,
  ask: (model: Model, question: T, signal: AbortSignal) => Promise<R>,
): Promise<R[]> {
  const call = model.call ?? { asking: 0 };
  const own = { ...model, call };
  const answers: R[] = [];
  let next = 0;
  const room = () => (model.callers.hasOthers(call) ? 1 : AT_ONCE);
  while (next < questions.length) {
    const width = room();
    // Each takes the next question when it has its answer, as long as the others that ask come and go as now.
    const lanes = Array.from({ length: Math.min(width, questions.length - next) }, () => next++);
    await allOrStop(lanes, signal, async (first, stop) => {
      for (let index = first; ; index = next++) {
        answers[index] = await ask(own, questions[index] as T, stop);
        if (stop.aborted || next >= questions.length || room() !== width) return;
      }
    });
  }
  return answers;
}
