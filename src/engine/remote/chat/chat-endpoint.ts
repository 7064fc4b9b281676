import type { MedGemmaError } from "../../../base/errors.js";
import type {
  EndpointCapabilities,
  EngineInfo,
  FinishReason,
  GenerationEvent,
  PromptPart,
  ScoreResult,
  TokenLogprob,
  Usage,
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
  UNTOLD,
} from "../endpoint/endpoint.js";
import { calledTool, isTold, isToolCall, toFinish } from "../endpoint/finish-reason.js";
import { toSquarePng } from "../endpoint/picture.js";
import { answers } from "../endpoint/probe.js";
import type { Notice } from "../endpoint/remote-options.js";
import { chatFields } from "../endpoint/sampling-fields.js";
import { type Connection, isThere, requestJson, toEndpointError } from "../http/http.js";
import { ofOllama, unreadable } from "../http/shape.js";
import { requestEvents } from "../http/sse.js";
import { refusalOf } from "../http/status-error.js";
import { unsupported } from "../http/unsupported.js";
import {
  type ChatChunk,
  callsTool,
  choiceOf,
  firstTokens,
  hasAnswer,
  isChatChunk,
  isError,
  isOllama,
  messageOf,
  ThoughtJoiner,
  toText,
  toUsage,
} from "./events.js";
import type { ChatFacts } from "./facts.js";
import { type ChatPiece, type ChatPrompt, toChat } from "./messages.js";
import { scoreByChat } from "./score.js";

/** OpenAI's limit, and vLLM's default. */
const MOST_LOGPROBS = 20;

/** OpenAI's chat completions with pictures, as vLLM, Vertex AI and llama-server speak them. */
export class ChatEndpoint implements Endpoint {
  readonly info: Omit<EngineInfo, "loadTime">;
  readonly capabilities: EndpointCapabilities;
  readonly #connection: Connection;
  readonly #facts: ChatFacts;
  readonly #notice: Notice;
  readonly #told = new Set<string | undefined>();

  constructor(connection: Connection, facts: ChatFacts, notice: Notice) {
    this.#connection = connection;
    this.#notice = notice;
    this.#facts = facts;
    this.info = facts.info;
    this.capabilities = facts.capabilities;
  }

  /** vLLM's own call, beside OpenAI's. */
  async tokenize(text: string, special: boolean, signal: AbortSignal): Promise<number[]> {
    const { tokenizePath } = this.#facts;
    if (!tokenizePath || special) throw unsupported("tokenize");
    const body = { model: this.#facts.model, prompt: text, add_special_tokens: false };
    const answer = await requestJson(this.#connection, tokenizePath, body, signal, tokensAbout(text));
    const tokens = tokensOf(answer);
    if (!tokens) throw unsupported("tokenize");
    return tokens;
  }

  async *generate(
    parts: readonly PromptPart[],
    options: EndpointRequest,
    signal: AbortSignal,
  ): AsyncGenerator<GenerationEvent, void, void> {
    const started = performance.now();
    const body = {
      ...(await this.#prompt(toChat(parts))),
      stream: true,
      stream_options: { include_usage: true },
      ...sampling(options),
    };
    const images = hasImages(parts);
    let ended = false;
    const onEnd = () => {
      ended = true;
    };
    const asked = { ...options, images, is: isChatChunk, onEnd };
    const chunks = requestEvents(this.#connection, this.#facts.chatPath, body, asked, signal);
    const thoughts = new ThoughtJoiner();
    let first = 0;
    let reason: unknown;
    let last: ChatChunk = {};
    let some = false;
    // JSON of another interface: none of it has choices.
    let foreign = true;
    let [answered, called] = [false, false];
    for await (const chunk of chunks) {
      if (isError(chunk)) throw refusalOf(chunk, images) ?? broken("error");
      if (isOllama(chunk)) throw ofOllama();
      if (chunk.usage) last = chunk;
      foreign &&= chunk.choices === undefined;
      some = true;
      const choice = choiceOf(chunk);
      if (!choice) continue;
      const message = messageOf(choice);
      if (typeof message.refusal === "string" && message.refusal !== "") toFinish("refusal");
      answered ||= hasAnswer(message);
      called ||= callsTool(message) || isToolCall(choice.finish_reason);
      const text = thoughts.text(message);
      if (text !== "") {
        first ||= performance.now() - started;
        if (options.logprobs > 0 && !choice.logprobs?.content) throw unsupported("logprobs");
        yield toText(text, choice);
      }
      if (isTold(choice.finish_reason)) reason = choice.finish_reason;
    }
    if (some && foreign) throw unreadable("shape");
    if (called && !answered) throw calledTool();
    if (reason === undefined && !ended) throw broken("cut");
    yield {
      type: "done",
      finishReason: this.#endOf(reason),
      usage: toUsage(last, imageTokens(this.info, parts)),
      timings: { ...UNTOLD, timeToFirstToken: first },
      seed: options.seed,
    };
  }

  score(
    parts: readonly PromptPart[],
    continuations: readonly string[],
    signal: AbortSignal,
  ): Promise<ScoreResult> {
    const prompt = toChat(parts);
    const next = async (begun: string): Promise<{ tokens: readonly TokenLogprob[]; usage: Usage }> => {
      const body = {
        ...(await this.#prompt({ ...prompt, prefill: prompt.prefill + begun })),
        max_tokens: 1,
        temperature: 0,
        logprobs: true,
        top_logprobs: MOST_LOGPROBS,
      };
      const about = { images: hasImages(parts) };
      const chunk = await requestJson(this.#connection, this.#facts.chatPath, body, signal, about);
      if (!isChatChunk(chunk)) throw unreadable("shape");
      const tokens = firstTokens(chunk);
      if (!tokens) throw unsupported("logprobs");
      return { tokens, usage: toUsage(chunk, imageTokens(this.info, parts)) };
    };
    return scoreByChat({ next }, continuations);
  }

  refusal(needs: Needs): MedGemmaError | undefined {
    if (needs.tokenize) {
      const can = this.#facts.tokenizePath !== undefined && needs.tokenize === "letters";
      return can ? undefined : unsupported("tokenize");
    }
    const lacking = missing(this.capabilities, needs);
    if (lacking) return lacking;
    try {
      const { prefill } = toChat(needs.parts);
      return prefill !== "" && !this.capabilities.prefill ? unsupported("prefill") : undefined;
    } catch (error) {
      return toEndpointError(error, undefined);
    }
  }

  async healthy(signal: AbortSignal): Promise<boolean> {
    const { healthPath, chatPath, model } = this.#facts;
    // Vertex has nothing to ask; the next request finds out.
    if (healthPath === undefined) return true;
    if (!(await isThere(this.#connection, healthPath, signal))) return false;
    const messages = [{ role: "user", content: "Hello" }];
    return answers(this.#connection, chatPath, { model, messages, max_tokens: 1 }, isChatChunk, signal);
  }

  #endOf(said: unknown): FinishReason {
    const { finishReason, word } = toFinish(said);
    if (finishReason === "other" && !this.#told.has(word)) {
      this.#told.add(word);
      const why = word === undefined ? "does not say why" : `says only "${word}" of how`;
      this.#notice("warning", `The endpoint ${why} an answer ended: it may not be whole.`);
    }
    return finishReason;
  }

  async #prompt({ turns, prefill }: ChatPrompt): Promise<object> {
    if (prefill !== "" && !this.capabilities.prefill) throw unsupported("prefill");
    const messages: object[] = [];
    for (const { role, pieces } of turns)
      messages.push({ role, content: await Promise.all(pieces.map((piece) => this.#piece(piece))) });
    if (prefill !== "") messages.push({ role: "assistant", content: prefill });
    return {
      model: this.#facts.model,
      messages,
      // vLLM's words for an answer that goes on from its beginning; llama-server does so anyway.
      ...(prefill !== "" && { continue_final_message: true, add_generation_prompt: false }),
    };
  }

  async #piece(piece: ChatPiece): Promise<object> {
    if (piece.type === "text") return piece;
    const png = await toSquarePng(piece.image, this.info.projector?.imageSize ?? 896);
    return { type: "image_url", image_url: { url: `data:image/png;base64,${png}` } };
  }
}

/** OpenAI's fields; vLLM's and llama-server's own only where they change the answer, for others refuse them. */
function sampling(options: EndpointRequest): object {
  const { logprobs, grammar, jsonSchema } = options;
  return {
    max_tokens: options.maxTokens,
    ...chatFields(options),
    ...(options.stop.length > 0 && { stop: options.stop }),
    ...(logprobs > 0 && { logprobs: true, top_logprobs: logprobs }),
    ...(grammar !== "" && { grammar }),
    ...(jsonSchema && {
      response_format: {
        type: "json_schema",
        json_schema: { name: "answer", schema: jsonSchema, strict: true },
      },
    }),
  };
}
