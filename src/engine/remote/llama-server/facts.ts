import path from "node:path";
import { PACKAGE_VERSION } from "../../../base/package.js";
import type { EngineInfo } from "../../engine.js";
import type { ChatSettings } from "../chat/facts.js";
import { projectorOf } from "../endpoint/projector.js";
import { type Connection, requestJson } from "../http/http.js";
import { unsupported } from "../http/unsupported.js";

export interface ServerFacts {
  /** As it names its model in each answer; undefined where it does not. */
  readonly alias: string | undefined;
  readonly marker: string;
  /** Pixels. */
  readonly imageSize: number;
}

export type ServerSettings = Pick<ChatSettings, "model" | "imageSize" | "contextSize">;

interface Props {
  readonly model_path?: string;
  readonly model_alias?: string;
  readonly model_ftype?: string;
  readonly media_marker?: string;
  readonly build_info?: string;
  readonly modalities?: { readonly vision?: boolean };
  readonly default_generation_settings?: { readonly n_ctx?: number };
}

interface Models {
  readonly data?: readonly {
    /** Its alias, or the file's path. */
    readonly id?: string;
    readonly meta?: {
      readonly n_vocab?: number;
      readonly n_params?: number;
      readonly n_embd?: number;
      readonly n_ctx_train?: number;
      readonly size?: number;
    };
  }[];
}

/** More than any model has; with so many, answers may be long. */
const MOST_WORDS = 1 << 20;

/** 0: not told. */
function vocabularyOf(told: unknown): number {
  return Number.isInteger(told) && Number(told) > 0 && Number(told) <= MOST_WORDS ? Number(told) : 0;
}

/**
 * Asks a llama-server what it runs. The file's hash cannot be asked: `sha256` is `"unknown"`.
 * @throws MedGemmaError `endpoint_failed`, `unsupported_by_endpoint`.
 */
export async function readServer(
  connection: Connection,
  { model, imageSize: size, contextSize }: ServerSettings,
  signal: AbortSignal | undefined,
): Promise<{ server: ServerFacts; info: Omit<EngineInfo, "loadTime"> }> {
  const props = ((await requestJson(connection, "/props", undefined, signal)) ?? {}) as Props;
  if (typeof props.model_path !== "string")
    throw unsupported("completion", "The endpoint is no llama-server.");
  const models = ((await requestJson(connection, "/v1/models", undefined, signal)) ?? {}) as Models;
  const meta = models.data?.[0]?.meta ?? {};
  // The folder is the server's own affair.
  const name = path.win32.basename(props.model_path);
  const names = [name, name.replace(/\.gguf$/i, ""), models.data?.[0]?.id];
  if (model !== undefined && !names.includes(model))
    throw unsupported("model", "The endpoint does not serve the model.");
  const projector = projectorOf(name, size);
  const { imageSize } = projector;
  const file = { name, bytes: meta.size ?? 0, sha256: "unknown" };
  const quantization = props.model_ftype ?? "unknown";
  return {
    server: { alias: props.model_alias, marker: props.media_marker ?? "<__media__>", imageSize },
    info: {
      kind: "remote",
      model: {
        file,
        name: name.replace(/\.gguf$/i, ""),
        architecture: "gemma3",
        quantization,
        parameters: meta.n_params ?? 0,
        vocabularySize: vocabularyOf(meta.n_vocab),
        embeddingWidth: meta.n_embd ?? 0,
        trainedContext: meta.n_ctx_train ?? 0,
      },
      projector: props.modalities?.vision ? projector : undefined,
      contextSize: props.default_generation_settings?.n_ctx ?? contextSize,
      threads: 0,
      devices: [],
      versions: { medgemma: PACKAGE_VERSION, llamaCpp: props.build_info ?? "unknown", node: process.version },
    },
  };
}
