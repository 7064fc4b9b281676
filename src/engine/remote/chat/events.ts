import { isObject } from "../../../base/guards.js";
import type { GenerationEvent, TokenLogprob, Usage } from "../../engine.js";
import { isListOf, isNumber, isOptional, isText, isToken } from "../http/shape.js";

interface ChatToken {
  /** llama-server's own. */
  readonly id?: number;
  readonly token: string;
  readonly logprob: number;
}

/** One choice of a chat completion, whole (`message`) or a piece of it (`delta`). */
interface Choice {
  /** Which of several answers; one is asked for. */
  readonly index?: unknown;
  /** Of servers that answer a chat as a plain completion. */
  readonly text?: string | null;
  readonly delta?: Message;
  readonly message?: Message;
  /** Read by {@link toFinish}. */
  readonly finish_reason?: unknown;
  readonly logprobs?: {
    readonly content?: readonly (ChatToken & { readonly top_logprobs?: readonly ChatToken[] })[] | null;
  } | null;
}

/** A text, or the parts that newer servers make of it. */
type Content = string | readonly (string | { readonly type?: unknown; readonly text?: unknown })[];

interface Message {
  readonly content?: Content | null;
  /** OpenAI's, in the answer's place. */
  readonly refusal?: unknown;
  /** Where the server takes a thought out of the answer: llama-server's and older vLLM's name. */
  readonly reasoning_content?: string | null;
  /** Newer vLLM's name. */
  readonly reasoning?: string | null;
  readonly tool_calls?: unknown;
  /** The older name. */
  readonly function_call?: unknown;
}

/** Some servers write numbers as text. */
type Count = number | string;

/** A chat completion, or an event of one. */
export interface ChatChunk {
  readonly choices?: readonly Choice[] | null | undefined;
  readonly usage?:
    | {
        readonly prompt_tokens?: Count | null | undefined;
        readonly completion_tokens?: Count | null | undefined;
        readonly prompt_tokens_details?:
          | { readonly cached_tokens?: Count | null | undefined }
          | null
          | undefined;
      }
    | null
    | undefined;
  readonly error?: unknown;
  /** `error` for vLLM's errors, whose fields stand beside it. */
  readonly object?: unknown;
}

/** Whether it can be read as one: what is read of it is there in its form, or not there. */
export function isChatChunk(value: unknown): value is ChatChunk {
  return isObject(value) && isOptional(value.choices, isListOf(isChoice)) && isOptional(value.usage, isUsage);
}

function isChoice(value: unknown): boolean {
  return (
    isObject(value) &&
    isOptional(value.delta, isMessage) &&
    isOptional(value.message, isMessage) &&
    isOptional(value.text, isText) &&
    isOptional(value.logprobs, (it) => isObject(it) && isOptional(it.content, isListOf(isToken)))
  );
}

function isMessage(value: unknown): boolean {
  if (!isObject(value)) return false;
  const thoughts = [value.reasoning_content, value.reasoning];
  return isOptional(value.content, isContent) && thoughts.every((text) => isOptional(text, isText));
}

function isContent(value: unknown): boolean {
  return isText(value) || isListOf((part) => isText(part) || isObject(part))(value);
}

function isCount(value: unknown): boolean {
  return isNumber(value) || (typeof value === "string" && /^\d+$/.test(value.trim()));
}

function isUsage(value: unknown): boolean {
  return (
    isObject(value) &&
    isOptional(value.prompt_tokens, isCount) &&
    isOptional(value.completion_tokens, isCount) &&
    isOptional(value.prompt_tokens_details, (it) => isObject(it) && isOptional(it.cached_tokens, isCount))
  );
}

/** Some servers name an error in each event, as `null` where there is none. */
export function isError({ error, object }: ChatChunk): boolean {
  return (error !== undefined && error !== null) || object === "error";
}

/** An event of Ollama's own interface. */
export function isOllama(chunk: ChatChunk): boolean {
  const { message, response, done } = chunk as { message?: unknown; response?: unknown; done?: unknown };
  return typeof done === "boolean" && (isObject(message) || typeof response === "string");
}

/** Whether a tool is called in it. */
export function callsTool({ tool_calls, function_call }: Message): boolean {
  return (Array.isArray(tool_calls) && tool_calls.length > 0) || isObject(function_call);
}

/** Whether it has something of the answer, and not of a thought. */
export const hasAnswer = ({ content }: Message) => textOf(content ?? "") !== "";

/** The answer that was asked for, where a server sends more than one. */
export function choiceOf({ choices }: ChatChunk): Choice | undefined {
  return choices?.find(({ index }) => index === undefined || index === null || Number(index) === 0);
}

/** What an event or a whole answer says. */
export function messageOf({ delta, message, text }: Choice): Message {
  return delta ?? message ?? { content: text ?? "" };
}

/** Puts the words back around a thought that the server has taken apart. */
export class ThoughtJoiner {
  #thinking = false;

  text({ content, reasoning_content, reasoning }: Message): string {
    const thought = reasoning_content ?? reasoning ?? "";
    const answer = textOf(content ?? "");
    let text = "";
    if (thought !== "") {
      if (!this.#thinking) text += "<unused94>thought\n";
      this.#thinking = true;
      text += thought;
    }
    if (answer !== "") {
      if (this.#thinking) text += "<unused95>";
      this.#thinking = false;
      text += answer;
    }
    return text;
  }
}

/** Parts that are no text are not asked for. */
function textOf(content: Content): string {
  if (typeof content === "string") return content;
  return content
    .map((part) => (typeof part === "string" ? part : typeof part.text === "string" ? part.text : ""))
    .join("");
}

export function toText(text: string, choice: Choice): GenerationEvent {
  const tokens = (choice.logprobs?.content ?? []).map((token) => ({
    ...toLogprob(token),
    top: (token.top_logprobs ?? []).map(toLogprob),
  }));
  return { type: "text", text, tokens };
}

/** The likeliest first tokens of a whole completion, or undefined where the endpoint gives none. */
export function firstTokens(chunk: ChatChunk): readonly TokenLogprob[] | undefined {
  return choiceOf(chunk)?.logprobs?.content?.[0]?.top_logprobs?.map(toLogprob);
}

/** NaN for what the endpoint does not count, which a 0 would tell as a fact. */
export function toUsage({ usage }: ChatChunk, imageTokens: number): Usage {
  return {
    promptTokens: Number(usage?.prompt_tokens ?? Number.NaN),
    imageTokens,
    cachedTokens: Number(usage?.prompt_tokens_details?.cached_tokens ?? 0),
    completionTokens: Number(usage?.completion_tokens ?? Number.NaN),
  };
}

/** `id` is -1 where the endpoint does not tell it. */
function toLogprob({ id = -1, token, logprob }: ChatToken): TokenLogprob {
  return { id, text: token, logprob };
}
