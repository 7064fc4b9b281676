import { MedGemmaError } from "../../../base/errors.js";
import { parseBounded, SMALL_JSON } from "../../../base/files/bounded-json.js";
import { retryAfter } from "../../../base/http.js";
import type { Answer } from "./answer.js";
import { contextFull } from "./context-full.js";
import { unsupported } from "./unsupported.js";

/** Milliseconds that a request waits for a busy endpoint before it asks again; more than that is told to the user. */
export const LONGEST_RETRY_AFTER = 60_000;

/**
 * How servers say that their model reads no pictures: llama-server, vLLM (the model's name before it, and a pattern of
 * its chat template), and gateways of OpenAI's manner.
 */
const NO_IMAGES = [
  /(?:image|vision|multi-?modal)s?(?: input| content)?s? (?:is|are) not supported/i,
  /not a (?:multi-?modal|vision) model/i,
  /not (?:support|accept|have|allow)(?:ed)? (?:any )?(?:image|vision|multi-?modal|picture)/i,
  /no (?:endpoints? found that )?supports? (?:for )?(?:image|vision|multi-?modal)/i,
  /(?:unsupported|invalid|unknown) (?:content )?(?:part )?type\W{0,4}image_url/i,
  /unknown variant \W?image_url/i,
  /not compiled for multimodal/i,
  /at most 0 image/i,
];
/** A name of a class or of a kind, as servers give them; never words. */
const KIND = /^(?:[a-z]{1,20}(?:_[a-z]{1,20}){0,4}_error|[A-Z][A-Za-z]{1,40}(?:Error|Exception))$/;

/**
 * The error for an answer that is none, of which no text is kept: a body may repeat the prompt.
 * @param images Whether the request has pictures.
 */
export async function statusError(answer: Answer, images: boolean): Promise<MedGemmaError> {
  const { status } = answer;
  if (status === 401 || status === 403) {
    answer.end();
    const message = `The endpoint refuses the credentials (status ${status}).`;
    return new MedGemmaError("endpoint_credentials", message, { facts: { status } });
  }
  const wait = retryAfter(answer.header("retry-after"));
  const html = /\bhtml\b/i.test(answer.header("content-type"));
  const text = await answer.text().catch(() => "");
  const body = parsed(text);
  const known = refusalOf(body, images);
  if (known) return known;
  if ((status === 429 || status === 503) && wait !== undefined && wait > LONGEST_RETRY_AFTER)
    return comeBack(status, wait);
  const kind = html ? "web_page" : kindOf(body);
  const words = kind === "web_page" ? "a web page" : kind;
  return new MedGemmaError(
    "endpoint_failed",
    `The endpoint answered with status ${status}${words === undefined ? "" : ` (${words})`}.`,
    { facts: { status, ...(kind !== undefined && { kind }) } },
  );
}

/** What a body of JSON, or an event within a stream, says that the request has too much of; undefined for all else. */
export function refusalOf(body: unknown, images: boolean): MedGemmaError | undefined {
  const full = contextFull(body);
  if (full || !images) return full;
  const message = messageOf(body);
  return NO_IMAGES.some((words) => words.test(message))
    ? unsupported("images", "The endpoint's model reads no pictures.")
    : undefined;
}

/** The kind of error that a body names, where it is a name. */
export function kindOf(body: unknown): string | undefined {
  const { type } = errorOf(body) as { type?: unknown };
  return typeof type === "string" && KIND.test(type) ? type : undefined;
}

function comeBack(status: number, wait: number): MedGemmaError {
  const minutes = Math.ceil(wait / 60_000);
  return new MedGemmaError("endpoint_failed", `The endpoint asks to come back in ${minutes} minutes.`, {
    facts: { status, reason: "busy", retryAfter: Math.ceil(wait / 1000) },
    remedy: "Try again then, or name another endpoint.",
  });
}

function parsed(text: string): unknown {
  try {
    return parseBounded(text, SMALL_JSON);
  } catch {
    // Some say it in plain words.
    return { message: text.slice(0, 10_000) };
  }
}

/** OpenAI's and llama-server's is under `error`, older vLLM's is the body itself, FastAPI's is `detail`. */
function messageOf(body: unknown): string {
  const { detail } = (body ?? {}) as { detail?: unknown };
  const error = errorOf(body);
  const message = typeof error === "string" ? error : ((error as { message?: unknown }).message ?? detail);
  return typeof message === "string" ? message.slice(0, 10_000) : "";
}

function errorOf(body: unknown): object | string {
  const { error = body } = (body ?? {}) as { error?: unknown };
  return typeof error === "string" ? error : Object(error ?? {});
}
