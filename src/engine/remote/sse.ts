import { tooLong } from "./answer.js";
import { type Connection, request } from "./http.js";
import { unreadable } from "./shape.js";

/** What an answer was asked to be, which tells how long it may be. */
export interface Asked<T> {
  /** Tokens. */
  readonly maxTokens: number;
  /** Likeliest tokens told with each. */
  readonly logprobs: number;
  /** Whether the prompt has pictures. */
  readonly images: boolean;
  /** Whether an event has the form of one. */
  readonly is: (event: unknown) => event is T;
}

/** Bytes; generous, for each token may be an event with the model's name and more in it. */
const OF_ANY = 1 << 20;
const OF_TOKEN = 4096;
const OF_LOGPROB = 1024;
/** Characters of one line; a llama-server's last one repeats the prompt. */
const LONGEST_LINE = 16 << 20;

/**
 * One request whose answer comes as events of JSON.
 * @throws MedGemmaError as {@link request}, and `endpoint_failed` for an answer that is longer than any that was asked
 * for, or has another form.
 */
export async function* requestEvents<T>(
  connection: Connection,
  path: string,
  body: object,
  { maxTokens, logprobs, images, is }: Asked<T>,
  signal: AbortSignal,
): AsyncGenerator<T, void, void> {
  const repeated = 2 * JSON.stringify(body).length;
  const most = OF_ANY + repeated + maxTokens * (OF_TOKEN + logprobs * OF_LOGPROB);
  const answer = await request(connection, path, body, signal, { most, images });
  const lines = readLines(answer.chunks(), LONGEST_LINE + repeated);
  let any = false;
  for await (const data of readEvents(lines)) {
    any = true;
    const event = parse(data);
    if (!is(event)) throw unreadable("shape");
    yield event;
  }
  // Many a gateway does not know streams; a page is no answer at all.
  const type = answer.header("content-type");
  if (!any && /\bjson\b/i.test(type)) throw unreadable("no_stream");
  if (!any && /\bhtml\b/i.test(type)) throw unreadable("no_json");
}

/** The parser's message would quote the answer. */
function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    throw unreadable("bad_json");
  }
}

/** The `data:` lines of a stream of server-sent events, until `[DONE]` or the end. */
async function* readEvents(lines: AsyncIterable<string>): AsyncGenerator<string, void, void> {
  for await (const line of lines) {
    if (!line.startsWith("data:")) continue;
    const data = line.slice(5).trim();
    if (data === "[DONE]") return;
    yield data;
  }
}

/**
 * Whole lines; each piece of one is looked at once.
 * @throws MedGemmaError `endpoint_failed` for a line of more than so many characters.
 */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  most: number,
): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder();
  let begun: string[] = [];
  let length = 0;
  for await (const bytes of chunks) {
    const [first = "", ...others] = decoder.decode(bytes, { stream: true }).split("\n");
    begun.push(first);
    length += first.length;
    if (length > most) throw tooLong(most);
    const rest = others.pop();
    if (rest === undefined) continue;
    yield begun.join("").replace(/\r$/, "");
    for (const line of others) yield line.replace(/\r$/, "");
    begun = [rest];
    length = rest.length;
  }
}
