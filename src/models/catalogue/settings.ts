import path from "node:path";
import { badOption } from "../../base/errors.js";
import { readOnce, stringOption } from "../../base/options.js";
import { cachePlace } from "../../machine/cache-place.js";

/** Where models come from and where they stay. All of it has a default from the environment. */
export interface ModelSettings {
  /** Folder of the downloaded models. Defaults to `MEDGEMMA_MODELS`, or the system's folder for caches. */
  folder?: string | undefined;
  /**
   * Base address of a hub with Hugging Face's paths (`/OWNER/REPOSITORY/resolve/REVISION/FILE`). Defaults to
   * `MEDGEMMA_HUB`, then `HF_ENDPOINT`, then `https://huggingface.co`.
   */
  hub?: string | undefined;
  /** Sent to the hub's own host only. Defaults to `HF_TOKEN`. */
  token?: string | undefined;
  /** Another catalogue of the form of models/catalogue.schema.json. Defaults to `MEDGEMMA_CATALOGUE`, or the package's. */
  catalogue?: string | undefined;
}

export interface ResolvedSettings {
  readonly folder: string;
  readonly hub: URL;
  readonly token: string | undefined;
  readonly catalogue: string | undefined;
}

const HUB = "https://huggingface.co";

/** @throws MedGemmaError `bad_option`: the hub is no http address. */
export function resolveSettings(asked: ModelSettings = {}): ResolvedSettings {
  const settings = readOnce("models", asked);
  for (const name of ["folder", "hub", "token", "catalogue"] as const) stringOption(name, settings[name]);
  const { env } = process;
  return {
    folder: path.resolve(settings.folder ?? (env.MEDGEMMA_MODELS || path.join(cachePlace(), "models"))),
    hub: hubUrl(settings.hub ?? (env.MEDGEMMA_HUB || env.HF_ENDPOINT || HUB)),
    token: settings.token ?? (env.HF_TOKEN?.trim() || undefined),
    catalogue: settings.catalogue,
  };
}

function hubUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "https:" && url?.protocol !== "http:")
    throw badOption("hub (MEDGEMMA_HUB)", "an http or https address", text);
  if (url.username !== "" || url.password !== "")
    throw badOption(
      "hub (MEDGEMMA_HUB)",
      "an address without a user or a password (a token goes into HF_TOKEN)",
      text,
    );
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return url;
}
