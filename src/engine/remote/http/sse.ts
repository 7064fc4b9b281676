import { createParser } from "eventsource-parser";
import { parseBounded, UnboundedJson } from "../../../base/files/bounded-json.js";
import { isObject } from "../../../base/guards.js";
import { DEEPEST, tooLong } from "./answer.js";
import { type Connection, JSON_ITEMS, request } from "./http.js";
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
  /** Called where the server says that nothing more comes: an answer that only stops was perhaps cut. */
  readonly onEnd?: (() => void) | undefined;
}

/** Bytes; generous, for each token may be an event with the model's name and more in it. */
const OF_ANY = 1 << 20;
const OF_TOKEN = 4096;
const OF_LOGPROB = 1024;
/** Characters of one event or whole document, beside the prompt: a llama-server's last event repeats it. */
const LONGEST_EVENT = 4 << 20;
/** As in {@link JsonBounds}, of one event or whole document. */
const ITEMS_OF_TOKEN = 16;

/**
 * One request whose answer comes as events of JSON, or whole from a server that knows no streams.
 * @throws MedGemmaError as {@link request}, and `endpoint_failed` for an answer that is longer than any that was asked
 * for, or has another form.
 */
export async function* requestEvents<T>(
  connection: Connection,
  path: string,
  body: object,
  { maxTokens, logprobs, images, is, onEnd }: Asked<T>,
  signal: AbortSignal,
): AsyncGenerator<T, void, void> {
  const repeated = 2 * JSON.stringify(body).length;
  const most = OF_ANY + repeated + maxTokens * (OF_TOKEN + logprobs * OF_LOGPROB);
  const answer = await request(connection, path, body, signal, { most, images });
  const bounds = {
    most: LONGEST_EVENT + repeated,
    items: JSON_ITEMS + maxTokens * ITEMS_OF_TOKEN * (1 + logprobs),
  };
  for await (const data of readAnswer(answer.chunks(), bounds)) {
    if (data === END) {
      onEnd?.();
      return;
    }
    const event = parse(data, bounds);
    if (!is(event)) throw unreadable("shape");
    yield event;
  }
  // A page that says nothing else is no answer at all.
  if (/\bhtml\b/i.test(answer.header("content-type"))) throw unreadable("no_json");
}

/** The parser's message would quote the answer. */
function parse(data: string, { items }: AnswerBounds): unknown {
  try {
    return parseBounded(data, { depth: DEEPEST, items });
  } catch (error) {
    throw unreadable(error instanceof UnboundedJson ? "shape" : "bad_json");
  }
}

/** What one event, line or whole document may be. */
export interface AnswerBounds {
  /** Characters. */
  readonly most: number;
  /** As in {@link JsonBounds}. */
  readonly items: number;
}

/** OpenAI's word for it. */
const END = "[DONE]";

/**
 * The data of a stream of server-sent events, of lines of JSON, or the one document that came in its place. What it is tell
 * its first characters: servers and gateways give either as anything.
 * @throws MedGemmaError `endpoint_failed` for more than may be, and for a page of the web.
 */
export async function* readAnswer(
  chunks: AsyncIterable<Uint8Array>,
  bounds: AnswerBounds,
): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder();
  let reader: EventReader | LineReader | undefined;
  let kind: Kind | undefined;
  let begun = "";
  for await (const bytes of chunks) {
    const text = decoder.decode(bytes, { stream: true });
    if (reader !== undefined) yield* reader.read(text);
    else {
      begun = kind === undefined ? (begun + text).trimStart() : begun + text;
      if (begun.length > bounds.most) throw tooLong(bounds.most);
      // A line's end decides between a document and lines; it is looked for once.
      if (kind === undefined || (kind === "line" && text.includes("\n"))) kind = kindOf(begun, bounds);
      if (kind === "events" || kind === "lines") {
        reader = kind === "events" ? new EventReader(bounds) : new LineReader(bounds);
        yield* reader.read(begun);
      }
    }
  }
  if (reader !== undefined) yield* reader.end(decoder.decode());
  else if (begun.trim() !== "") {
    yield begun + decoder.decode();
    yield END;
  }
}

/** `line`: JSON whose first line has not ended. */
type Kind = "events" | "document" | "line" | "lines";

function kindOf(start: string, bounds: AnswerBounds): Kind | undefined {
  const [first] = start;
  if (first === "<") throw unreadable("no_json");
  if (first === undefined) return undefined;
  if (first !== "{" && first !== "[") return "events";
  const end = start.indexOf("\n");
  if (end < 0) return "line";
  return isWhole(start.slice(0, end), bounds) ? "lines" : "document";
}

/** Lines of JSON each, as Ollama streams. One alone is a document. */
class LineReader {
  #rest = "";
  #count = 0;

  constructor(private readonly bounds: AnswerBounds) {}

  read(text: string): string[] {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    if (this.#rest.length > this.bounds.most) throw tooLong(this.bounds.most);
    const ready = lines.map((line) => line.trim()).filter((line) => line !== "");
    this.#count += ready.length;
    return ready;
  }

  end(text: string): string[] {
    const before = this.read(text);
    const last = this.#rest.trim() !== "" && isWhole(this.#rest, this.bounds) ? [this.#rest.trim()] : [];
    return this.#count + last.length === 1 ? [...before, ...last, END] : [...before, ...last];
  }
}

/** The events of the HTML standard's section 9.2.6, by a library; how servers err is forgiven here. */
class EventReader {
  readonly #ready: string[] = [];
  #full = false;
  readonly #parser: ReturnType<typeof createParser>;

  constructor(private readonly bounds: AnswerBounds) {
    this.#parser = createParser({
      maxBufferSize: bounds.most,
      onEvent: ({ event, data }) => {
        for (const each of event === "error" ? [errorOf(data, bounds)] : eventsOf(data, bounds))
          this.#ready.push(each);
      },
      onError: ({ type }) => {
        this.#full ||= type === "max-buffer-size-exceeded";
      },
    });
  }

  read(text: string): string[] {
    this.#parser.feed(text);
    if (this.#full) throw tooLong(this.bounds.most);
    return this.#ready.splice(0);
  }

  /** The standard drops an event that no empty line ends; servers forget the line. One that is cut is no JSON. */
  end(text: string): string[] {
    const before = this.read(text);
    return [...before, ...this.read("\n\n").filter((data) => isWhole(data, this.bounds))];
  }
}

/** Several lines of data are one event; servers that forget the empty lines between events make one of many. */
function eventsOf(data: string, bounds: AnswerBounds): string[] {
  // An event without data is none; gateways keep a connection alive by it.
  if (data.trim() === "") return [];
  if (!data.includes("\n") || isWhole(data, bounds)) return [data.trim()];
  const lines = data.split("\n").map((line) => line.trim());
  return lines.every((line) => isWhole(line, bounds)) ? lines : [data];
}

/** Characters of plain words; what is said is said at the beginning. */
const LONGEST_REFUSAL = 10_000;

/** Of an event that is named an error, in the form of those that name it inside. */
function errorOf(data: string, bounds: AnswerBounds): string {
  const value =
    isWhole(data, bounds) && data.trim() !== END
      ? parse(data, bounds)
      : { message: data.slice(0, LONGEST_REFUSAL) };
  return isObject(value) && value.error !== undefined && value.error !== null
    ? data
    : JSON.stringify({ error: value ?? {} });
}

function isWhole(data: string, bounds: AnswerBounds): boolean {
  if (data.trim() === END) return true;
  try {
    parse(data, bounds);
    return true;
  } catch {
    return false;
  }
}
