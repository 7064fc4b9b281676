import { Callback } from "../../../base/callback.js";
import { checkNames, checkSignal, functionOption, readOnce } from "../../../base/options.js";
import { checkFit } from "../../../image/fit.js";
import type { PrepareOptions } from "../../run/ask-options.js";
import { type Pictures, toContent } from "../../run/conversation.js";
import type { LoadedModel } from "../../run/loaded-model.js";
import { readContent } from "../../run/pictures.js";

/** @see MedGemma.prepare */
export async function prepare(model: LoadedModel, pictures: Pictures, given: PrepareOptions): Promise<void> {
  const options = readOnce("prepare", given);
  const { onProgress, ...rest } = options;
  const { version, fit } = model;
  checkNames("prepare", options, ["limits", "study", "fit", "signal", "onProgress"]);
  functionOption("onProgress", onProgress);
  checkFit(options.fit);
  checkSignal(options.signal);
  const { content } = await readContent(toContent(pictures, []), { version, fit }, rest);
  const images = content.flatMap((part) => (part.type === "image" ? [part.image] : []));
  const progress = new Callback(onProgress);
  let done = 0;
  for (const image of images) {
    await model.engine.encode(image, {
      ...(options.signal && { signal: options.signal }),
      onProgress: (share) => progress.tell((done + share) / images.length),
    });
    progress.tell(++done / images.length);
  }
}
