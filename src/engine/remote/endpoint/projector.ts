import { isPhantomName } from "../../../machine/phantom.js";
import type { ProjectorInfo } from "../../engine.js";

/**
 * What is known of an endpoint's projector, which none tells: SigLIP's patches of 14 pixels, pooled 4 by 4.
 * @param size Side of the encoder's square in pixels; 0: by the model's name.
 */
export function projectorOf(model: string, size: number): ProjectorInfo {
  const imageSize = size || (isPhantomName(model) ? 224 : 896);
  return {
    file: { name: "unknown", bytes: 0, sha256: "unknown" },
    quantization: "unknown",
    imageSize,
    imageTokens: Math.floor(imageSize / 56) ** 2,
    encoder: "remote",
  };
}
