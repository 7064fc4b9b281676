import type { RequestInit, Response } from "undici";
import { isLoopback } from "../../../base/http.js";

let loaded: Promise<(url: string, init: RequestInit) => Promise<Response>> | undefined;

/**
 * Node's fetch, taken from its package: there its own limits, 300 seconds for an answer's beginning and between two
 * pieces of it, can be lifted, so that the request's signal is the only one. A connection still has 10 seconds to come
 * about. As Node's own does, it goes through the proxy of HTTP_PROXY and HTTPS_PROXY where NODE_USE_ENV_PROXY is 1; but
 * not to this machine, which a proxy would take for its own.
 */
export async function fetchPatiently(url: string, init: RequestInit): Promise<Response> {
  // Loaded only here: it takes a tenth of a second, and few need it.
  loaded ??= import("undici").then(({ Agent, EnvHttpProxyAgent, fetch }) => {
    const limits = { headersTimeout: 0, bodyTimeout: 0 };
    const direct = new Agent(limits);
    const proxied = process.env.NODE_USE_ENV_PROXY === "1" ? new EnvHttpProxyAgent(limits) : direct;
    return (to, how) => fetch(to, { ...how, dispatcher: isLoopback(to) ? direct : proxied });
  });
  return (await loaded)(url, init);
}
