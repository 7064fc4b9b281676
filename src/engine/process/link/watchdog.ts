import type { NativeStep } from "../../native/addon.js";

/** How far beyond its usual time a step may go: threads may be taken away, and memory come from a disk. */
const FACTOR = 100;
/** What a first step is expected to take, for which nothing has been measured: as if the weights came at a gigabyte a second. */
const MS_PER_BYTE = 1e-6;
/**
 * A GPU's driver compiles its kernels inside the step that first needs them: seconds as a rule, minutes with software's
 * Vulkan. A GPU that hangs is reset by its driver, and the step then fails by itself.
 */
const GPU_FACTOR = 20;
/** A process that does not even answer, in times of `stuckAfter`. */
const SILENCE = 2;
const MOST_TICK_MS = 2000;

export interface WatchSettings {
  /** Milliseconds that a step may take in any case; 0: nothing is watched. */
  readonly stuckAfter: number;
  /** Bytes of the model's files. */
  readonly weights: number;
  /** Whether any of it is computed on a GPU. */
  readonly gpu: boolean;
}

/** What is wrong, in words and milliseconds. */
export interface Stuck {
  readonly what: string;
  readonly elapsed: number;
  /** Undefined where none such has been seen. */
  readonly usual?: number | undefined;
}

interface Seen {
  number: number;
  elapsed: number;
}

/**
 * Decides whether the engine's process is stuck, from what it says of its steps at regular times. Time is counted in
 * those: a machine that slept, or an application that was held up itself, has not waited for the engine.
 */
export class StepWatch {
  #seen: Seen[] = [];
  #silent = 0;

  constructor(private readonly settings: WatchSettings) {}

  /** Between two looks. */
  get tick(): number {
    return Math.min(MOST_TICK_MS, this.settings.stuckAfter / 4);
  }

  /** @param steps Of each thread that computes; undefined: there was no answer since the last look. */
  look(steps: readonly NativeStep[] | undefined): Stuck | undefined {
    const { stuckAfter, weights, gpu } = this.settings;
    const least = gpu ? GPU_FACTOR * stuckAfter : stuckAfter;
    this.#silent = steps === undefined ? this.#silent + this.tick : 0;
    if (this.#silent >= SILENCE * stuckAfter) return { what: "it does not answer", elapsed: this.#silent };
    if (steps === undefined) return undefined;
    this.#seen = steps.map(({ number }, thread) => {
      const before = this.#seen[thread];
      const same = number !== 0 && before?.number === number;
      return { number, elapsed: same ? before.elapsed + this.tick : 0 };
    });
    for (const [thread, { usual }] of steps.entries()) {
      const elapsed = this.#seen[thread]?.elapsed ?? 0;
      if (elapsed < Math.max(least, FACTOR * (usual || weights * MS_PER_BYTE))) continue;
      return { what: "a step of its work does not end", elapsed, ...(usual > 0 && { usual }) };
    }
    return undefined;
  }

  /** There was nothing to do. */
  rest(): void {
    this.#seen = [];
    this.#silent = 0;
  }
}

/** Asks for the steps at regular times, as long as there is work. */
export class Watchdog {
  readonly #watch: StepWatch;
  readonly #timer: NodeJS.Timeout;
  #steps: readonly NativeStep[] | undefined = [];

  constructor(
    settings: WatchSettings,
    private readonly busy: () => boolean,
    private readonly ask: () => void,
    private readonly onStuck: (stuck: Stuck) => void,
  ) {
    this.#watch = new StepWatch(settings);
    this.#timer = setInterval(() => this.#look(), this.#watch.tick).unref();
  }

  answered(steps: readonly NativeStep[]): void {
    this.#steps = steps;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    if (!this.busy()) {
      this.#watch.rest();
      this.#steps = [];
      return;
    }
    const stuck = this.#watch.look(this.#steps);
    this.#steps = undefined;
    if (stuck === undefined) this.ask();
    else {
      this.stop();
      this.onStuck(stuck);
    }
  }
}
