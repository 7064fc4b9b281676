import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { MedGemmaError, throwIfAborted } from "../../errors.js";
import { allOrStop } from "../abort.js";
import type {
  AdapterUse,
  EndpointCapabilities,
  Engine,
  EngineInfo,
  EngineStats,
  GenerateOptions,
  GenerationEvent,
  ImageEmbedding,
  PromptPart,
  ScoreOptions,
  ScoreResult,
} from "../engine.js";
import {
  checkContinuations,
  resolveGenerateOptions,
  resolveRequestOptions,
} from "../native/generate-options.js";
import { NO_STATS } from "../process/stats.js";
import { type Endpoint, unsupported } from "./endpoint.js";
import { Health } from "./health.js";
import { isTemporary, toEndpointError, waitAfter } from "./http.js";
import { openEndpoint } from "./open-endpoint.js";
import { type RemoteOptions, type ResolvedRemoteOptions, resolveRemoteOptions } from "./remote-options.js";
import { Slots } from "./slots.js";

/** A model elsewhere, at one endpoint or several. It answers and scores; it gives no embeddings. */
export class RemoteEngine implements Engine {
  readonly info: EngineInfo;
  readonly #endpoints: readonly Endpoint[];
  readonly #options: ResolvedRemoteOptions;
  /** What all endpoints can do. */
  readonly #capabilities: EndpointCapabilities;
  readonly #slots: Slots<Endpoint>;
  readonly #health: Health<Endpoint>;
  readonly #end = new AbortController();
  #completed = 0;
  #failed = 0;
  #cancelled = 0;

  private constructor(endpoints: readonly Endpoint[], options: ResolvedRemoteOptions, loadTime: number) {
    const [first] = endpoints;
    if (!first) throw new TypeError("no endpoint");
    this.#endpoints = endpoints;
    this.#options = options;
    this.#slots = new Slots(endpoints, options.parallel, options.queueSize);
    this.#health = new Health(this.#slots, this.#end.signal);
    // Everything that waits or runs listens to it.
    setMaxListeners(0, this.#end.signal);
    const contextSize = Math.min(...endpoints.map(({ info }) => info.contextSize));
    const all = (name: keyof EndpointCapabilities) => endpoints.every((it) => it.capabilities[name]);
    this.#capabilities = {
      images: all("images"),
      logprobs: all("logprobs"),
      jsonSchema: all("jsonSchema"),
      grammar: all("grammar"),
      prefill: all("prefill"),
    };
    this.info = { ...first.info, contextSize, capabilities: this.#capabilities, loadTime };
  }

  /**
   * Asks all endpoints what they serve.
   * @throws MedGemmaError `bad_option`, also for endpoints with different models; `endpoint_failed`,
   * `unsupported_by_endpoint`, `aborted`.
   */
  static async load(options: RemoteOptions): Promise<RemoteEngine> {
    const started = performance.now();
    const resolved = resolveRemoteOptions(options);
    const endpoints = await allOrStop(resolved.endpoints, options.signal, (url, signal) =>
      openEndpoint(url, resolved, signal),
    );
    const names = new Set(endpoints.map(({ info }) => info.model.name));
    if (names.size > 1) {
      throw new MedGemmaError("bad_option", "The endpoints serve different models.", {
        facts: { option: "endpoint", models: [...names] },
        remedy: "Name only endpoints of one model, or name the model with `endpointModel`.",
      });
    }
    return new RemoteEngine(endpoints, resolved, performance.now() - started);
  }

  async tokenize(text: string, options: { special: boolean; signal?: AbortSignal }): Promise<Int32Array> {
    const ids = await this.#once(false, options.signal, (endpoint, signal) =>
      endpoint.tokenize(text, options.special, signal),
    );
    return Int32Array.from(ids);
  }

  async encode(): Promise<ImageEmbedding> {
    throw unsupported("encode");
  }

  async score(
    parts: readonly PromptPart[],
    continuations: readonly string[],
    options: ScoreOptions = {},
  ): Promise<ScoreResult> {
    const { batch, deterministic } = resolveRequestOptions(options);
    checkContinuations(continuations);
    this.#check(parts, { deterministic, adapters: options.adapters, logprobs: true });
    return this.#once(batch, options.signal, (endpoint, signal) =>
      endpoint.score(parts, continuations, signal),
    );
  }

  async *generate(
    parts: readonly PromptPart[],
    options: GenerateOptions,
  ): AsyncGenerator<GenerationEvent, void, void> {
    const settings = resolveGenerateOptions(options);
    const { jsonSchema, adapters } = options;
    this.#check(parts, {
      deterministic: settings.deterministic,
      adapters,
      logprobs: settings.logprobs > 0,
      jsonSchema: jsonSchema !== undefined,
      grammar: settings.grammar !== "",
    });
    yield* this.#each(settings.batch, options.signal, (endpoint, signal) =>
      endpoint.generate(parts, { ...settings, jsonSchema }, signal),
    );
  }

  async stats(): Promise<EngineStats> {
    const requests = {
      running: this.#slots.running,
      waiting: this.#slots.waiting,
      completed: this.#completed,
      failed: this.#failed,
      cancelled: this.#cancelled,
      preempted: 0,
    };
    return { ...NO_STATS, requests };
  }

  async dispose(): Promise<void> {
    this.#end.abort();
  }

  #check(
    parts: readonly PromptPart[],
    wanted: { deterministic: boolean; adapters: readonly AdapterUse[] | undefined } & Partial<
      Record<"logprobs" | "jsonSchema" | "grammar", boolean>
    >,
  ): void {
    if (wanted.adapters?.length) throw unsupported("adapters");
    // Others' requests share the endpoint's batches, which changes the last bits.
    if (wanted.deterministic) throw unsupported("deterministic");
    for (const name of ["logprobs", "jsonSchema", "grammar"] as const)
      if (wanted[name] && !this.#capabilities[name]) throw unsupported(name);
    if (parts.some(({ type }) => type === "image") && !this.#capabilities.images)
      throw new MedGemmaError("projector_missing");
  }

  /** As {@link #each}, for work with one result. */
  async #once<T>(
    batch: boolean,
    given: AbortSignal | undefined,
    work: (endpoint: Endpoint, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const results: T[] = [];
    const all = this.#each(batch, given, async function* (endpoint, signal) {
      yield await work(endpoint, signal);
    });
    // To its end: a loop that is left early counts as cancelled.
    for await (const result of all) results.push(result);
    return results[0] as T;
  }

  /** Does the work at an endpoint that has a place; at another when it fails before its first result for a while only. */
  async *#each<T>(
    batch: boolean,
    given: AbortSignal | undefined,
    work: (endpoint: Endpoint, signal: AbortSignal) => AsyncIterable<T>,
  ): AsyncGenerator<T, void, void> {
    if (this.#end.signal.aborted) throw new MedGemmaError("disposed");
    throwIfAborted(given);
    const signal = given ? AbortSignal.any([given, this.#end.signal]) : this.#end.signal;
    const count = this.#endpoints.length;
    const tries = count > 1 ? count * (this.#options.retries + 1) : 1;
    let ended = false;
    let failed: Endpoint | undefined;
    try {
      for (let attempt = 1; ; attempt++) {
        const slot = await this.#slots.take(batch, signal, failed);
        let begun = false;
        try {
          for await (const result of work(slot.endpoint, signal)) {
            begun = true;
            yield result;
          }
          this.#completed++;
          ended = true;
          return;
        } catch (error) {
          if (begun || signal.aborted || !isTemporary(toEndpointError(error, given))) throw error;
          if (count > 1) this.#health.lost(slot.endpoint);
          if (attempt >= tries) throw error;
          failed = slot.endpoint;
        } finally {
          slot.release();
        }
        if (attempt % count === 0) await sleep(waitAfter(attempt / count - 1), undefined, { signal });
      }
    } catch (error) {
      ended = true;
      const reason = this.#end.signal.aborted ? new MedGemmaError("disposed") : toEndpointError(error, given);
      if (reason.code === "aborted") this.#cancelled++;
      else this.#failed++;
      throw reason;
    } finally {
      // The caller broke off the iteration.
      if (!ended) this.#cancelled++;
    }
  }
}
