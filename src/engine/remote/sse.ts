import { type Connection, request } from "./http.js";

/**
 * One request whose answer comes as events of JSON.
 * @throws MedGemmaError as {@link request}; SyntaxError, to be translated without its message, which quotes the answer.
 */
export async function* requestEvents<T>(
  connection: Connection,
  path: string,
  body: object,
  signal: AbortSignal,
): AsyncGenerator<T, void, void> {
  const answer = await request(connection, path, body, signal);
  for await (const data of readEvents(answer.chunks())) yield JSON.parse(data) as T;
}

/** The `data:` lines of a stream of server-sent events, until `[DONE]` or the end. */
async function* readEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of body) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split(/\r?\n/);
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (!line.startsWith("data:")) continue;
      const data = line.slice(5).trim();
      if (data === "[DONE]") return;
      yield data;
    }
  }
}
