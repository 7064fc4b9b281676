import { JoinedAbort } from "../../base/abort.js";
import { MedGemmaError, throwIfAborted } from "../../base/errors.js";
import type {
  AdapterUse,
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
import { NO_STATS } from "../no-stats.js";
import { checkParts } from "../parts.js";
import { CAPABILITIES, type Endpoint, type Needs } from "./endpoint/endpoint.js";
import { type RemoteOptions, resolveRemoteOptions } from "./endpoint/remote-options.js";
import { toEndpointError } from "./http/http.js";
import { unsupported } from "./http/unsupported.js";
import { Pool } from "./pool/pool.js";

/** How a request is done, whatever it is. */
interface Request {
  readonly batch: boolean;
  readonly signal: AbortSignal | undefined;
  readonly needs: Needs;
}

/** A model elsewhere, at one endpoint or several. It answers and scores; it gives no embeddings. */
export class RemoteEngine implements Engine {
  readonly info: EngineInfo;
  readonly #pool: Pool;
  readonly #end: AbortController;
  #completed = 0;
  #failed = 0;
  #cancelled = 0;

  private constructor(pool: Pool, end: AbortController, loadTime: number) {
    this.#pool = pool;
    this.#end = end;
    this.info = { ...infoOf(pool.endpoints), loadTime };
  }

  /**
   * Asks the endpoints what they serve; those of several that are out of order may join later.
   * @throws MedGemmaError `bad_option`, also for endpoints with different models; `endpoint_failed`,
   * `endpoint_credentials`, `unsupported_by_endpoint`, `aborted`.
   */
  static async load(options: RemoteOptions): Promise<RemoteEngine> {
    const started = performance.now();
    const end = new AbortController();
    try {
      const pool = await Pool.open(resolveRemoteOptions(options), options.signal, end.signal);
      return new RemoteEngine(pool, end, performance.now() - started);
    } catch (error) {
      end.abort();
      throw error;
    }
  }

  async tokenize(text: string, options: { special: boolean; signal?: AbortSignal }): Promise<Int32Array> {
    const { special, signal } = options;
    const needs = { parts: [], capabilities: [], tokenize: special ? "words" : "letters" } as const;
    const ids = await this.#once({ batch: false, signal, needs }, (endpoint, either) =>
      endpoint.tokenize(text, special, either),
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
    checkParts(parts);
    checkContinuations(continuations);
    refuseLocal(deterministic, options.adapters);
    const needs: Needs = { parts, capabilities: ["logprobs"] };
    return this.#once({ batch, signal: options.signal, needs }, (endpoint, signal) =>
      endpoint.score(parts, continuations, signal),
    );
  }

  async *generate(
    parts: readonly PromptPart[],
    options: GenerateOptions,
  ): AsyncGenerator<GenerationEvent, void, void> {
    const settings = resolveGenerateOptions(options);
    checkParts(parts);
    const { jsonSchema, adapters, signal } = options;
    refuseLocal(settings.deterministic, adapters);
    const wanted = {
      logprobs: settings.logprobs > 0,
      jsonSchema: jsonSchema !== undefined,
      grammar: settings.grammar !== "",
    };
    const capabilities = (["logprobs", "jsonSchema", "grammar"] as const).filter((name) => wanted[name]);
    const request = { batch: settings.batch, signal, needs: { parts, capabilities } };
    yield* this.#each(request, (endpoint, either) =>
      endpoint.generate(parts, { ...settings, jsonSchema }, either),
    );
  }

  async stats(): Promise<EngineStats> {
    const requests = {
      running: this.#pool.running,
      waiting: this.#pool.waiting,
      completed: this.#completed,
      failed: this.#failed,
      cancelled: this.#cancelled,
      preempted: 0,
    };
    return { ...NO_STATS, requests, endpoints: this.#pool.stats() };
  }

  async dispose(): Promise<void> {
    this.#end.abort();
  }

  /** As {@link #each}, for work with one result. */
  async #once<T>(
    request: Request,
    work: (endpoint: Endpoint, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const results: T[] = [];
    const all = this.#each(request, async function* (endpoint, signal) {
      yield await work(endpoint, signal);
    });
    // To its end: a loop that is left early counts as cancelled.
    for await (const result of all) results.push(result);
    return results[0] as T;
  }

  /** Does the work at an endpoint, and counts how it ended. */
  async *#each<T>(
    { batch, signal: given, needs }: Request,
    run: (endpoint: Endpoint, signal: AbortSignal) => AsyncIterable<T>,
  ): AsyncGenerator<T, void, void> {
    if (this.#end.signal.aborted) throw new MedGemmaError("disposed");
    throwIfAborted(given);
    const either = new JoinedAbort(given, this.#end.signal);
    const { signal } = either;
    let ended = false;
    try {
      yield* this.#pool.each({ batch, needs, signal, run });
      this.#completed++;
      ended = true;
    } catch (error) {
      ended = true;
      const reason = this.#end.signal.aborted ? new MedGemmaError("disposed") : toEndpointError(error, given);
      if (reason.code === "aborted") this.#cancelled++;
      else this.#failed++;
      throw reason;
    } finally {
      either.end();
      // The caller broke off the iteration.
      if (!ended) this.#cancelled++;
    }
  }
}

/** What holds for all; a capability for any, as each request goes to one that has it. */
function infoOf(endpoints: readonly Endpoint[]): Omit<EngineInfo, "loadTime"> {
  const [first] = endpoints;
  if (!first) throw new TypeError("no endpoint");
  const any = CAPABILITIES.map((name) => [name, endpoints.some((it) => it.capabilities[name])] as const);
  return {
    ...first.info,
    projector: endpoints.find(({ info }) => info.projector)?.info.projector,
    contextSize: Math.min(...endpoints.map(({ info }) => info.contextSize)),
    capabilities: { ...first.capabilities, ...Object.fromEntries(any) },
  };
}

function refuseLocal(deterministic: boolean, adapters: readonly AdapterUse[] | undefined): void {
  if (adapters?.length) throw unsupported("adapters");
  // Others' requests share the endpoint's batches, which changes the last bits.
  if (deterministic) throw unsupported("deterministic");
}
