import { MedGemmaError } from "../../base/errors.js";
import type { EngineInfo } from "../engine.js";
import { ChildLink } from "./link/child-link.js";
import type { StartSettings } from "./process-options.js";
import { RestartPolicy } from "./restart-policy.js";

/** For the process to free its model and end by itself. */
const STOP_MS = 3000;

/** Keeps one child process: starts it, and starts it again for the request after a crash, until it gives up. */
export class Supervisor {
  restarts = 0;
  readonly #settings: StartSettings;
  readonly #policy: RestartPolicy;
  /** Fires on dispose. */
  readonly #stop = new AbortController();
  #info: EngineInfo | undefined;
  #current: ChildLink | undefined;
  /** The same, also before it has loaded and after it has gone. */
  #latest: ChildLink | undefined;
  #starting: Promise<ChildLink> | undefined;
  #disposal: Promise<void> | undefined;

  constructor(settings: StartSettings) {
    this.#settings = settings;
    this.#policy = new RestartPolicy(settings.maxCrashes);
  }

  get info(): EngineInfo {
    if (!this.#info) throw new MedGemmaError("disposed", "The model is not loaded.");
    return this.#info;
  }

  get pid(): number | undefined {
    return this.#latest?.pid;
  }

  /** The process that runs and is loaded. */
  get current(): ChildLink | undefined {
    if (this.#disposal) throw new MedGemmaError("disposed");
    return this.#current;
  }

  get disposed(): boolean {
    return this.#disposal !== undefined;
  }

  async load(onProgress?: (share: number) => void, signal?: AbortSignal): Promise<void> {
    await this.#start(onProgress, signal);
  }

  /**
   * A loaded process, started anew if the last one crashed.
   * @throws MedGemmaError `disposed`, `engine_crashed`, and as `NativeEngine.load`.
   */
  async ready(): Promise<ChildLink> {
    if (this.#disposal) throw new MedGemmaError("disposed");
    if (this.#current) return this.#current;
    if (this.#starting) return this.#starting;
    if (this.#policy.verdict) throw this.#policy.verdict;
    this.restarts++;
    this.#starting = this.#start(undefined, this.#stop.signal).finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  /** A request was answered. */
  answered(): void {
    this.#policy.answered();
  }

  dispose(): Promise<void> {
    this.#disposal ??= this.#dispose();
    return this.#disposal;
  }

  async #dispose(): Promise<void> {
    this.#stop.abort();
    const link = this.#current;
    link?.fail(new MedGemmaError("disposed"));
    await Promise.all([link?.stop(STOP_MS), this.#starting?.catch(() => undefined)]);
  }

  async #start(
    onProgress: ((share: number) => void) | undefined,
    signal: AbortSignal | undefined,
  ): Promise<ChildLink> {
    const started = performance.now();
    const { load, spawn, cwd, onLog, stuckAfter } = this.#settings;
    let unwanted = false;
    const link = new ChildLink({
      spawn,
      cwd,
      onLog,
      onEnd: (error) => {
        if (this.#current === link) this.#current = undefined;
        if (!unwanted && !this.#disposal) this.#policy.crashed(error);
      },
    });
    this.#latest = link;
    try {
      const params = { settings: load, log: onLog !== undefined };
      const { result } = await link.call("load", params, onProgress ? { onProgress } : {}, signal);
      this.#info = { ...result, kind: "process", loadTime: performance.now() - started };
      this.#current = link;
      const { bytes, parts = [] } = result.model.file;
      const weights = parts.reduce((sum, part) => sum + part.bytes, bytes);
      link.watch({ stuckAfter, weights, gpu: (result.placement?.gpus.length ?? 0) > 0 });
      return link;
    } catch (error) {
      unwanted = true;
      await link.kill();
      throw this.#disposal ? new MedGemmaError("disposed") : error;
    }
  }
}
