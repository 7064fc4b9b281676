import type { EngineInfo } from "../../engine/engine.js";
import { activeAdapters } from "../../engine/native/adapters.js";
import { askedSampling } from "../../engine/sampling.js";
import type { RgbImage } from "../../image/rgb.js";
import type { Message } from "../../prompt/message.js";
import type { AskOptions } from "./ask-options.js";
import type { Provenance } from "./result.js";

export interface PromptName {
  readonly preset: string;
  readonly version: number;
}

/** The caller wrote the words. */
export const CUSTOM_PROMPT: PromptName = { preset: "custom", version: 1 };

export function makeProvenance(
  info: EngineInfo,
  messages: readonly Message<RgbImage>[],
  prompt: PromptName,
  options: AskOptions,
  seed: number,
): Provenance {
  const { model, projector } = info;
  const { temperature = 0, seed: _asked, ...asked } = askedSampling(options);
  return {
    model: { ...model.file, quantization: model.quantization, name: model.name },
    projector: projector && {
      ...projector.file,
      quantization: projector.quantization,
      encoder: projector.encoder,
    },
    adapters: activeAdapters(info.adapters, options.adapters).map(({ name, scale, file }) => ({
      ...file,
      adapter: name,
      scale,
    })),
    prompt: { ...prompt, thinking: options.think ?? false },
    pictures: pictureOrigins(messages),
    contextSize: info.contextSize,
    threads: info.threads,
    sampling: {
      ...{ temperature, seed, maxTokens: options.maxTokens },
      ...asked,
      deterministic: options.deterministic ?? false,
    },
    versions: info.versions,
    devices: info.devices.map((device) => device.description),
    createdAt: new Date().toISOString(),
  };
}

function pictureOrigins(messages: readonly Message<RgbImage>[]): Provenance["pictures"] {
  return messages.flatMap(({ content }) =>
    typeof content === "string"
      ? []
      : content.flatMap((part) => {
          if (part.type !== "image") return [];
          const { origin, width, height } = part.image;
          return [{ ...origin, width, height }];
        }),
  );
}
