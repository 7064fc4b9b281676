import type { Connection } from "../http/http.js";
import { requestEvents } from "../http/sse.js";

/** Milliseconds: an answer of one token may wait for those of others. */
const LIMIT = 60_000;

/**
 * Whether a short request of the kind that is asked is answered: a server may run and have another model, other paths
 * or no room. Never throws.
 */
export async function answers<T extends { readonly error?: unknown }>(
  connection: Connection,
  path: string,
  body: object,
  is: (event: unknown) => event is T,
  signal: AbortSignal,
): Promise<boolean> {
  const quick = { ...connection, retries: 0, timeout: Math.min(connection.timeout, LIMIT) };
  const asked = { maxTokens: 1, logprobs: 0, images: false, is };
  try {
    let any = false;
    for await (const { error } of requestEvents(quick, path, { ...body, stream: true }, asked, signal)) {
      if (error !== undefined) return false;
      any = true;
    }
    return any;
  } catch {
    return false;
  }
}
