import { MedGemmaError } from "../../../base/errors.js";
import { ChatEndpoint } from "../chat/chat-endpoint.js";
import { readChatFacts } from "../chat/facts.js";
import type { Endpoint } from "../endpoint/endpoint.js";
import type { ResolvedRemoteOptions } from "../endpoint/remote-options.js";
import { googleHeaders, isVertex, mayHaveToken } from "../http/google-auth.js";
import type { Connection } from "../http/http.js";
import { readServer } from "../llama-server/facts.js";
import { LlamaServer } from "../llama-server/llama-server.js";

/** Milliseconds. */
const ASKING_LIMIT = 30_000;

/**
 * Finds out what an address is, and speaks to it accordingly.
 * @throws MedGemmaError `endpoint_failed`, `endpoint_credentials`, `unsupported_by_endpoint`, `aborted`.
 */
export async function openEndpoint(
  url: string,
  options: ResolvedRemoteOptions,
  signal: AbortSignal | undefined,
): Promise<Endpoint> {
  const { apiKey, imageSize, contextSize, capabilities, model } = options;
  const pool = options.endpoints.length > 1;
  const vertex = isVertex(url);
  const key: Record<string, string> = apiKey ? { authorization: `Bearer ${apiKey}` } : {};
  const connection: Connection = {
    url,
    headers: vertex && !apiKey && mayHaveToken(url) ? googleHeaders() : async () => key,
    // With others to turn to, one that is busy is not waited for.
    retries: pool ? 0 : options.retries,
    timeout: options.timeout,
  };
  const settings = { model, imageSize, contextSize, capabilities, vertex };
  // A pool does not wait long for one that says nothing.
  const asking = { ...connection, timeout: Math.min(connection.timeout, pool ? ASKING_LIMIT : Infinity) };
  const chat = async () =>
    new ChatEndpoint(connection, await readChatFacts(asking, settings, signal), options.notice);
  if (vertex || options.chat) return chat();
  try {
    return new LlamaServer(connection, await readServer(asking, settings, signal), settings);
  } catch (error) {
    if (isNoLlamaServer(error)) return chat();
    throw error;
  }
}

/** It has no `/props`, or something else there. */
function isNoLlamaServer(error: unknown): boolean {
  if (!MedGemmaError.isInstance(error)) return false;
  const { status, capability, reason } = error.facts;
  return (
    capability === "completion" ||
    reason === "no_json" ||
    reason === "redirect" ||
    [404, 405, 501].includes(Number(status))
  );
}
