import { MedGemmaError } from "../../../base/errors.js";
import type {
  EndpointCapabilities,
  EngineInfo,
  GenerationEvent,
  PromptPart,
  ScoreResult,
} from "../../engine.js";
import {
  broken,
  type Endpoint,
  type EndpointRequest,
  hasImages,
  imageTokens,
  missing,
  type Needs,
  tokensAbout,
  tokensOf,
} from "../endpoint/endpoint.js";
import { answers } from "../endpoint/probe.js";
import { llamaServerFields } from "../endpoint/sampling-fields.js";
import { type Connection, isThere, JSON_BYTES, JSON_ITEMS, requestJson } from "../http/http.js";
import { unreadable } from "../http/shape.js";
import { requestEvents } from "../http/sse.js";
import { refusalOf } from "../http/status-error.js";
import { type Chunk, isChunk, textOf, toDone, toText } from "./events.js";
import { readServer, type ServerFacts, type ServerSettings } from "./facts.js";
import { heldTo } from "./grammar.js";
import { type ServerPrompt, toServerPrompt } from "./prompt.js";
import { scoreByTokens } from "./score.js";

/** Of one of the likeliest tokens. */
const LIKELY = { bytes: 1024, items: 16 };

/** A llama-server by its own `/completion`, which takes the very tokens or string that the local engine would. */
export class LlamaServer implements Endpoint {
  readonly info: Omit<EngineInfo, "loadTime">;
  readonly capabilities: EndpointCapabilities;
  readonly #connection: Connection;
  readonly #settings: ServerSettings;
  #server: ServerFacts;
  #words: ReadonlyMap<number, string> | undefined;

  constructor(
    connection: Connection,
    { server, info }: { server: ServerFacts; info: Omit<EngineInfo, "loadTime"> },
    settings: ServerSettings & { readonly capabilities: Partial<EndpointCapabilities> },
  ) {
    const { capabilities: declared } = settings;
    this.#connection = connection;
    this.#settings = settings;
    this.#server = server;
    const { projector, ...text } = info;
    const images = declared.images ?? projector !== undefined;
    this.info = images ? info : { ...text, projector: undefined };
    this.capabilities = {
      images,
      logprobs: true,
      jsonSchema: true,
      grammar: true,
      prefill: true,
      ...declared,
    };
  }

  async tokenize(content: string, special: boolean, signal: AbortSignal): Promise<number[]> {
    const body = { content, add_special: false, parse_special: special };
    const answer = await requestJson(this.#connection, "/tokenize", body, signal, tokensAbout(content));
    const tokens = tokensOf(answer);
    if (tokens) return tokens;
    throw unreadable("shape");
  }

  score(
    parts: readonly PromptPart[],
    continuations: readonly string[],
    signal: AbortSignal,
  ): Promise<ScoreResult> {
    const server = {
      vocabularySize: this.info.model.vocabularySize,
      imageTokens: imageTokens(this.info, parts),
      tokenize: (text: string) => this.tokenize(text, false, signal),
      next: async (all: readonly PromptPart[], count: number) => {
        const ask = async (server: ServerFacts) => {
          const prompt = await this.#prompt(all, server, signal);
          return this.#next(prompt, count, hasImages(all), signal);
        };
        const known = this.#server;
        return ask(known).catch(async (error) => {
          if (!(await this.#wasStartedAnew(error, all, known, signal))) throw error;
          return ask(this.#server);
        });
      },
    };
    return scoreByTokens(server, parts, continuations);
  }
  async *generate(
    parts: readonly PromptPart[],
    options: EndpointRequest,
    signal: AbortSignal,
  ): AsyncGenerator<GenerationEvent, void, void> {
    const known = this.#server;
    let begun = false;
    try {
      for await (const event of this.#generate(parts, options, known, signal)) {
        begun = true;
        yield event;
      }
    } catch (error) {
      if (begun || !(await this.#wasStartedAnew(error, parts, known, signal))) throw error;
      yield* this.#generate(parts, options, this.#server, signal);
    }
  }

  async *#generate(
    parts: readonly PromptPart[],
    options: EndpointRequest,
    server: ServerFacts,
    signal: AbortSignal,
  ): AsyncGenerator<GenerationEvent, void, void> {
    const started = performance.now();
    const prompt = await this.#prompt(parts, server, signal);
    const words = await this.#thoughtWords(signal);
    const body = {
      prompt,
      stream: true,
      cache_prompt: true,
      n_predict: options.maxTokens,
      ...llamaServerFields(options),
      repeat_last_n: 256,
      stop: options.stop,
      n_probs: options.logprobs,
      ...heldTo(options, words),
    };
    let first = 0;
    const images = hasImages(parts);
    const asked = { ...options, images, is: isChunk };
    for await (const chunk of requestEvents(this.#connection, "/completion", body, asked, signal)) {
      if (chunk.error !== undefined && chunk.error !== null)
        throw refusalOf(chunk, images) ?? broken("error");
      first ||= performance.now() - started;
      const text = textOf(chunk, words);
      if (text !== "") yield toText(text, chunk);
      if (!chunk.stop) continue;
      // Started again, it may have another model under the same address.
      const { alias } = this.#server;
      if (alias !== undefined && chunk.model !== undefined && chunk.model !== alias)
        await this.#readAnew(signal);
      yield toDone(chunk, imageTokens(this.info, parts), options.seed, first);
      return;
    }
    throw broken("cut");
  }

  /** Prompts are whatever they are; only control words beside pictures are found out later, by asking. */
  refusal(needs: Needs): MedGemmaError | undefined {
    return missing(this.capabilities, needs);
  }

  async healthy(signal: AbortSignal): Promise<boolean> {
    if (!(await isThere(this.#connection, "/health", signal))) return false;
    const same = await this.#readAnew(signal).then(
      () => true,
      () => false,
    );
    return (
      same && answers(this.#connection, "/completion", { prompt: "Hello", n_predict: 1 }, isChunk, signal)
    );
  }

  /** One greedy token after a prompt, with this many of the likeliest. */
  async #next(prompt: ServerPrompt, count: number, images: boolean, signal: AbortSignal): Promise<Chunk> {
    const body = { prompt, n_predict: 1, temperature: 0, n_probs: count, cache_prompt: true };
    const about = {
      most: JSON_BYTES + 2 * JSON.stringify(body).length + count * LIKELY.bytes,
      items: JSON_ITEMS + count * LIKELY.items,
      images,
    };
    const chunk = await requestJson(this.#connection, "/completion", body, signal, about);
    if (!isChunk(chunk)) throw unreadable("shape");
    return chunk;
  }

  /**
   * Whether a refusal came because the server was started again: what stands for a picture in its prompts is another
   * word each time.
   * @param known With which the request was made; another request may have asked anew meanwhile.
   * @throws MedGemmaError `endpoint_failed` where it has another model now.
   */
  async #wasStartedAnew(
    error: unknown,
    parts: readonly PromptPart[],
    known: ServerFacts,
    signal: AbortSignal,
  ): Promise<boolean> {
    const refused = MedGemmaError.isInstance(error) && error.facts.status === 400;
    if (!refused || !hasImages(parts)) return false;
    if (this.#server.marker === known.marker) await this.#readAnew(signal);
    return this.#server.marker !== known.marker;
  }

  /** @throws MedGemmaError `endpoint_failed` where it has another model now. */
  async #readAnew(signal: AbortSignal): Promise<void> {
    const { server, info } = await readServer(this.#connection, this.#settings, signal);
    if (info.model.name !== this.info.model.name) throw otherModel();
    this.#server = server;
  }

  /** The words around a thought, by id. */
  async #thoughtWords(signal: AbortSignal): Promise<ReadonlyMap<number, string>> {
    if (this.#words) return this.#words;
    const words = new Map<number, string>();
    for (const word of ["<unused94>", "<unused95>"]) {
      const [id, ...others] = await this.tokenize(word, true, signal);
      if (id !== undefined && others.length === 0) words.set(id, word);
    }
    this.#words = words;
    return words;
  }

  #prompt(parts: readonly PromptPart[], server: ServerFacts, signal: AbortSignal): Promise<ServerPrompt> {
    return toServerPrompt(parts, {
      ...server,
      tokenize: (text, special) => this.tokenize(text, special, signal),
    });
  }
}

function otherModel(): MedGemmaError {
  return new MedGemmaError("endpoint_failed", "The endpoint was started again with another model.", {
    facts: { reason: "other_model" },
    remedy: "Load it anew, or start it with the model that it had.",
  });
}
