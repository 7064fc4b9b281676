import { asListener } from "../../../base/callback.js";
import { badOption } from "../../../base/errors.js";
import { integerOption, stringOption } from "../../../base/options.js";
import type { EndpointCapabilities } from "../../engine.js";
import { baseOf, hasSecret } from "../http/address.js";
import { CAPABILITIES } from "./endpoint.js";

export interface RemoteOptions {
  /**
   * Address of a llama-server, or of OpenAI's chat completions (vLLM; Vertex AI's dedicated endpoints, up to
   * `/endpoints/ID`), `http:` or `https:`; or several that serve the same model.
   */
  endpoint: string | readonly string[];
  /** Sent as bearer token. Defaults to the variable MEDGEMMA_API_KEY, or none; on Vertex AI to Google's application default credentials. */
  apiKey?: string | undefined;
  /** `chat` speaks chat completions to a llama-server too. Defaults to what the endpoint is. */
  endpointApi?: "chat" | undefined;
  /** The model to ask for, where an endpoint of chat completions serves several. Defaults to its first. */
  endpointModel?: string | undefined;
  /** What the endpoint can do, where it is known to differ from what is found or assumed (docs/remote.md). */
  endpointCapabilities?: Partial<EndpointCapabilities> | undefined;
  /** Side of the encoder's square in pixels, 14..4096. Defaults to `896`; `224` for the phantom. */
  imageSize?: number | undefined;
  /** Tries after the first while the endpoint is busy or refuses connections, 0..20. Defaults to `4`. */
  endpointRetries?: number | undefined;
  /** Milliseconds for one request with its answer, 1..86400000. Defaults to `600000`. */
  endpointTimeout?: number | undefined;
  /** Requests at once at each endpoint, 1..64. Defaults to `8`. */
  parallel?: number | undefined;
  /** Requests that may wait here; more reject with `queue_full`. 1..1000000. Defaults to `1024`. */
  queueSize?: number | undefined;
  /** Tokens the endpoint's context holds, 256..1048576, for one that does not tell. Defaults to `8192`. */
  contextSize?: number | undefined;
  /**
   * Called with what happens to endpoints of a pool, by their hosts. Defaults to a warning of the process for one that
   * is missing when the pool is loaded. If it throws, it is called no more.
   */
  onLog?: ((level: "debug" | "info" | "warning" | "error", line: string) => void) | undefined;
  signal?: AbortSignal | undefined;
}

export interface ResolvedRemoteOptions {
  readonly endpoints: readonly string[];
  readonly apiKey: string | undefined;
  readonly chat: boolean;
  readonly model: string | undefined;
  readonly capabilities: Partial<EndpointCapabilities>;
  /** Pixels; 0: by the model's name. */
  readonly imageSize: number;
  readonly retries: number;
  readonly timeout: number;
  readonly parallel: number;
  readonly queueSize: number;
  readonly contextSize: number;
  readonly notice: Notice;
}

/** Tells what happens at endpoints. Never throws. */
export type Notice = (level: "info" | "warning", line: string) => void;

/** @throws MedGemmaError `bad_option`. */
export function resolveRemoteOptions(options: RemoteOptions): ResolvedRemoteOptions {
  const { endpointApi } = options;
  if (endpointApi !== undefined && endpointApi !== "chat")
    throw badOption("endpointApi", '"chat"', endpointApi);
  return {
    endpoints: checkEndpoints(options.endpoint),
    apiKey: stringOption("apiKey", options.apiKey) ?? process.env.MEDGEMMA_API_KEY,
    chat: endpointApi === "chat",
    model: stringOption("endpointModel", options.endpointModel),
    capabilities: checkCapabilities(options.endpointCapabilities),
    imageSize: integerOption("imageSize", options.imageSize, 0, 14, 4096),
    retries: integerOption("endpointRetries", options.endpointRetries, 4, 0, 20),
    timeout: integerOption("endpointTimeout", options.endpointTimeout, 600_000, 1, 86_400_000),
    parallel: integerOption("parallel", options.parallel, 8, 1, 64),
    queueSize: integerOption("queueSize", options.queueSize, 1024, 1, 1_000_000),
    contextSize: integerOption("contextSize", options.contextSize, 8192, 256, 1 << 20),
    notice: options.onLog ? asListener("onLog", options.onLog) : warn,
  };
}

function warn(level: "info" | "warning", line: string): void {
  if (level === "warning") process.emitWarning(line, { type: "MedGemmaWarning", code: "MEDGEMMA_ENDPOINT" });
}

function checkEndpoints(endpoint: unknown): string[] {
  const given: readonly unknown[] = Array.isArray(endpoint) ? endpoint : [endpoint];
  if (given.length === 0) throw badOption("endpoint", "at least one address", endpoint);
  return given.map((one) => {
    const url = typeof one === "string" && URL.canParse(one.trim()) ? new URL(one.trim()) : undefined;
    if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || hasSecret(url))
      throw badOption("endpoint", "an http: or https: address without credentials", one);
    return baseOf(url);
  });
}

function checkCapabilities(declared: unknown): Partial<EndpointCapabilities> {
  if (declared === undefined) return {};
  const names: readonly string[] = CAPABILITIES;
  const valid =
    typeof declared === "object" &&
    declared !== null &&
    Object.entries(declared).every(([name, value]) => names.includes(name) && typeof value === "boolean");
  if (!valid) throw badOption("endpointCapabilities", `true or false for ${names.join(", ")}`, declared);
  return declared;
}
