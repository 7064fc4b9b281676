import path from "node:path";
import { packageRoot, requireOwnFiles } from "../base/package.js";

/** general.name in the headers of the embedded test object, also of what is made from it. */
const NAME = "MedGemma Phantom";
const MODEL = "phantom-f16";

/** Its files, as a load takes them. */
export function phantomFiles(): { readonly model: string; readonly projector: string } {
  requireOwnFiles();
  const folder = path.join(packageRoot, "models", "phantom");
  return {
    model: path.join(folder, `${MODEL}.gguf`),
    projector: path.join(folder, `mmproj-${MODEL}.gguf`),
  };
}

/**
 * Whether a name is the embedded test object's: that of its header, or of its file, which is all that a server tells. Only
 * the whole name: a word of it may stand in another model's (phantom limbs are a diagnosis).
 */
export function isPhantomName(name: string): boolean {
  const own = name.split(/[/\\]/).at(-1) ?? name;
  return name === NAME || own.replace(/\.gguf$/i, "") === MODEL;
}
