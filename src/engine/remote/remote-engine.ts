import { badOption, MedGemmaError, throwIfAborted } from "../../errors.js";
import { integerOption } from "../../options.js";
import type {
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
import { resolveGenerateOptions, resolveRequestOptions } from "../native/generate-options.js";
import { NO_STATS } from "../process/stats.js";
import { toGrammarSchema } from "../schema.js";
import { type Connection, request, requestJson, toEndpointError } from "./http.js";
import { type ServerPrompt, toServerPrompt } from "./prompt.js";
import { scoreByTokens } from "./score.js";
import { type Chunk, textOf, toDone, toText } from "./server-events.js";
import { readServer, type ServerFacts } from "./server-facts.js";
import { readEvents } from "./sse.js";

export interface RemoteOptions {
  /** Address of a llama-server, `http:` or `https:`. */
  endpoint: string;
  /** Sent as bearer token. Defaults to the variable MEDGEMMA_API_KEY, or none. */
  apiKey?: string;
  /** Side of the encoder's square in pixels, 14..4096. Defaults to `896`; `224` for the phantom. */
  imageSize?: number;
  /** Tries after the first while the endpoint is busy or refuses connections, 0..20. Defaults to `4`. */
  retries?: number;
  /** Milliseconds for one request with its answer, 1..86400000. Defaults to `600000`. */
  timeout?: number;
  signal?: AbortSignal;
}

/** A llama-server elsewhere. It answers and scores; it gives no embeddings. */
export class RemoteEngine implements Engine {
  readonly info: EngineInfo;
  readonly #connection: Connection;
  readonly #server: ServerFacts;
  #words: ReadonlyMap<number, string> | undefined;
  readonly #end = new AbortController();

  private constructor(connection: Connection, server: ServerFacts, info: EngineInfo) {
    this.#connection = connection;
    this.#server = server;
    this.info = info;
  }

  /** @throws MedGemmaError `bad_option`, `endpoint_failed`, `unsupported_by_endpoint`, `aborted`. */
  static async load(options: RemoteOptions): Promise<RemoteEngine> {
    const started = performance.now();
    const key = options.apiKey ?? process.env.MEDGEMMA_API_KEY;
    const connection: Connection = {
      url: checkEndpoint(options.endpoint),
      headers: key ? { authorization: `Bearer ${key}` } : {},
      retries: integerOption("retries", options.retries, 4, 0, 20),
      timeout: integerOption("timeout", options.timeout, 600_000, 1, 86_400_000),
    };
    const size = integerOption("imageSize", options.imageSize, 0, 14, 4096);
    const { server, info } = await readServer(connection, size, options.signal);
    return new RemoteEngine(connection, server, { ...info, loadTime: performance.now() - started });
  }

  async tokenize(text: string, options: { special: boolean; signal?: AbortSignal }): Promise<Int32Array> {
    const signal = this.#signal(options.signal);
    try {
      return Int32Array.from(await this.#tokenize(text, options.special, signal));
    } catch (error) {
      throw this.#reason(error, options.signal);
    }
  }

  async encode(): Promise<ImageEmbedding> {
    throw unsupported("encode");
  }

  async score(
    parts: readonly PromptPart[],
    continuations: readonly string[],
    options: ScoreOptions = {},
  ): Promise<ScoreResult> {
    throwIfAborted(options.signal);
    resolveRequestOptions(options);
    if (options.adapters?.length) throw unsupported("adapters");
    const signal = this.#signal(options.signal);
    const images = parts.filter((part) => part.type === "image").length;
    if (images > 0 && !this.info.projector) throw new MedGemmaError("projector_missing");
    try {
      return await scoreByTokens(
        {
          vocabularySize: this.info.model.vocabularySize,
          imageTokens: images * (this.info.projector?.imageTokens ?? 0),
          tokenize: (text) => this.#tokenize(text, false, signal),
          next: async (all, count) => {
            const prompt = await this.#prompt(all, signal);
            const body = { prompt, n_predict: 1, temperature: 0, n_probs: count, cache_prompt: true };
            return (await requestJson(this.#connection, "/completion", body, signal)) as Chunk;
          },
        },
        parts,
        continuations,
      );
    } catch (error) {
      throw this.#reason(error, options.signal);
    }
  }

  async *generate(
    parts: readonly PromptPart[],
    options: GenerateOptions,
  ): AsyncGenerator<GenerationEvent, void, void> {
    const started = performance.now();
    const signal = this.#signal(options.signal);
    throwIfAborted(options.signal);
    const settings = resolveGenerateOptions(options);
    if (options.adapters?.length) throw unsupported("adapters");
    const images = parts.filter((part) => part.type === "image").length;
    if (images > 0 && !this.info.projector) throw new MedGemmaError("projector_missing");
    try {
      const prompt = await this.#prompt(parts, signal);
      const words = await this.#thoughtWords(signal);
      const body = {
        prompt,
        stream: true,
        cache_prompt: !settings.deterministic,
        n_predict: settings.maxTokens,
        temperature: settings.temperature,
        top_k: settings.topK,
        top_p: settings.topP,
        min_p: settings.minP,
        repeat_penalty: settings.repeatPenalty,
        repeat_last_n: 256,
        seed: settings.seed,
        stop: settings.stop,
        n_probs: settings.logprobs,
        ...(settings.grammar !== "" && { grammar: settings.grammar }),
        ...(options.jsonSchema && { json_schema: toGrammarSchema(options.jsonSchema) }),
      };
      const response = await request(this.#connection, "/completion", body, signal);
      let first = 0;
      for await (const data of readEvents(response.body ?? new ReadableStream())) {
        const chunk = JSON.parse(data) as Chunk;
        first ||= performance.now() - started;
        const text = textOf(chunk, words);
        if (text !== "") yield toText(text, chunk);
        if (!chunk.stop) continue;
        yield toDone(chunk, images * (this.info.projector?.imageTokens ?? 0), settings.seed, first);
        return;
      }
    } catch (error) {
      throw this.#reason(error, options.signal);
    }
    throw new MedGemmaError("endpoint_failed", "The endpoint's answer broke off.", {
      facts: { reason: "cut" },
    });
  }

  async stats(): Promise<EngineStats> {
    return { ...NO_STATS, restarts: 0 };
  }

  async dispose(): Promise<void> {
    this.#end.abort();
  }

  #signal(signal: AbortSignal | undefined): AbortSignal {
    if (this.#end.signal.aborted) throw new MedGemmaError("disposed");
    return signal ? AbortSignal.any([signal, this.#end.signal]) : this.#end.signal;
  }

  /** Why a call ended: dispose breaks off requests by a signal too. */
  #reason(error: unknown, signal: AbortSignal | undefined): MedGemmaError {
    return this.#end.signal.aborted ? new MedGemmaError("disposed") : toEndpointError(error, signal);
  }

  /** The words around a thought, by id. */
  async #thoughtWords(signal: AbortSignal): Promise<ReadonlyMap<number, string>> {
    if (this.#words) return this.#words;
    const words = new Map<number, string>();
    for (const word of ["<unused94>", "<unused95>"]) {
      const [id, ...others] = await this.#tokenize(word, true, signal);
      if (id !== undefined && others.length === 0) words.set(id, word);
    }
    this.#words = words;
    return words;
  }

  #prompt(parts: readonly PromptPart[], signal: AbortSignal): Promise<ServerPrompt> {
    return toServerPrompt(parts, {
      ...this.#server,
      tokenize: (text, special) => this.#tokenize(text, special, signal),
    });
  }

  async #tokenize(content: string, special: boolean, signal: AbortSignal): Promise<number[]> {
    const body = { content, add_special: false, parse_special: special };
    const answer = await requestJson(this.#connection, "/tokenize", body, signal);
    const { tokens } = (answer ?? {}) as { tokens?: unknown };
    if (Array.isArray(tokens) && tokens.every(Number.isInteger)) return tokens as number[];
    throw new MedGemmaError("endpoint_failed", "The endpoint gave no tokens.", {
      facts: { reason: "shape" },
    });
  }
}

function unsupported(capability: string): MedGemmaError {
  return new MedGemmaError("unsupported_by_endpoint", `The endpoint does not offer ${capability}.`, {
    facts: { capability },
  });
}

/** @throws MedGemmaError `bad_option`. */
export function checkEndpoint(endpoint: unknown): string {
  const url = typeof endpoint === "string" && URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search)
    throw badOption("endpoint", "an http: or https: address without credentials", endpoint);
  return url.href.replace(/\/+$/, "");
}
