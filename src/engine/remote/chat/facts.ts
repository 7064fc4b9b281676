import { PACKAGE_VERSION } from "../../../base/package.js";
import type { EndpointCapabilities, EngineInfo } from "../../engine.js";
import { projectorOf } from "../endpoint/projector.js";
import { type Connection, requestJson } from "../http/http.js";
import { unsupported } from "../http/unsupported.js";

export interface ChatFacts {
  readonly info: Omit<EngineInfo, "loadTime">;
  readonly capabilities: EndpointCapabilities;
  /** As the requests name it; empty on Vertex, whose address names it. */
  readonly model: string;
  readonly chatPath: string;
  /** Undefined: not offered. */
  readonly tokenizePath: string | undefined;
  readonly healthPath: string | undefined;
}

export interface ChatSettings {
  /** Model to ask for, of those that the endpoint serves. Defaults to the first. */
  readonly model: string | undefined;
  /** Pixels; 0: by the model's name. */
  readonly imageSize: number;
  /** Tokens, for an endpoint that does not tell. */
  readonly contextSize: number;
  readonly capabilities: Partial<EndpointCapabilities>;
  /** An endpoint of Vertex AI: its address ends where `/chat/completions` begins, and it lists no models. */
  readonly vertex: boolean;
}

interface ModelList {
  readonly data?: readonly {
    readonly id?: string;
    /** `vllm`, `llamacpp`. */
    readonly owned_by?: string;
    /** vLLM's context. */
    readonly max_model_len?: number;
    /** llama-server's. */
    readonly meta?: { readonly n_ctx?: number; readonly n_ctx_train?: number; readonly n_vocab?: number };
  }[];
}

/**
 * Asks an endpoint of chat completions what it serves.
 * @throws MedGemmaError `endpoint_failed`, `unsupported_by_endpoint`.
 */
export async function readChatFacts(
  connection: Connection,
  settings: ChatSettings,
  signal: AbortSignal | undefined,
): Promise<ChatFacts> {
  if (settings.vertex) {
    const model = settings.model ?? "";
    // Its containers of MedGemma are vLLM; no path but this one is passed on.
    return facts(settings, model, model || "vertex", 0, true, {
      chatPath: "/chat/completions",
      tokenizePath: undefined,
      healthPath: undefined,
    });
  }
  const list = ((await requestJson(connection, "/v1/models", undefined, signal)) ?? {}) as ModelList;
  const served = Array.isArray(list.data) ? (list.data as NonNullable<ModelList["data"]>) : [];
  const found = settings.model ? served.find(({ id }) => id === settings.model) : served[0];
  if (typeof found?.id !== "string") {
    throw unsupported("model", "The endpoint does not serve the model, or is none of chat completions.");
  }
  const known = found.owned_by === "vllm" || found.owned_by === "llamacpp";
  const paths = {
    chatPath: "/v1/chat/completions",
    tokenizePath: found.owned_by === "vllm" ? "/tokenize" : undefined,
    healthPath: known ? "/health" : "/v1/models",
  };
  return facts(
    settings,
    found.id,
    found.id,
    found.max_model_len ?? found.meta?.n_ctx ?? found.meta?.n_ctx_train ?? 0,
    known,
    paths,
  );
}

function facts(
  settings: ChatSettings,
  model: string,
  name: string,
  contextSize: number,
  known: boolean,
  paths: Pick<ChatFacts, "chatPath" | "tokenizePath" | "healthPath">,
): ChatFacts {
  const capabilities = {
    images: true,
    logprobs: true,
    jsonSchema: true,
    grammar: false,
    prefill: known,
    ...settings.capabilities,
  };
  return {
    ...paths,
    model,
    capabilities,
    info: {
      kind: "remote",
      model: {
        // A llama-server names a model by its path; the folder is its own affair.
        file: { name: name.split(/[/\\]/).at(-1) ?? name, bytes: 0, sha256: "unknown" },
        name,
        architecture: "gemma3",
        quantization: "unknown",
        parameters: 0,
        vocabularySize: 0,
        embeddingWidth: 0,
        trainedContext: 0,
      },
      projector: capabilities.images ? projectorOf(name, settings.imageSize) : undefined,
      contextSize: contextSize || settings.contextSize,
      threads: 0,
      devices: [],
      versions: { medgemma: PACKAGE_VERSION, llamaCpp: "none", node: process.version },
    },
  };
}
