import { badOption } from "../errors.js";
import type { CatalogueFile } from "./catalogue-types.js";

const SCHEME = /^(?:hf|huggingface):/i;
const FORM = "hf:OWNER/REPOSITORY/FILE.gguf, with @REVISION or #REVISION after it if need be";

/** Whether a text means a file on the hub, be it well written or not. */
export function isHubAddress(text: string): boolean {
  return SCHEME.test(text);
}

/**
 * `hf:OWNER/REPOSITORY/FILE.gguf`, the file in folders or not, with `@REVISION` or `#REVISION` (a commit, tag or
 * branch; defaults to `main`). The form `hf:OWNER/REPOSITORY:QUANTISATION` is refused: which file it means is for the
 * hub to say, and may change.
 * @throws MedGemmaError `bad_option`.
 */
export function parseHubAddress(name: string, text: string): CatalogueFile {
  const match = /^(?:hf|huggingface):(?:\/\/)?([^/]+\/[^/]+)\/(.+?\.gguf)(?:[@#](.+))?$/i.exec(text);
  const [, repository = "", file = "", revision] = match ?? [];
  const parts = [...repository.split("/"), ...file.split("/"), ...(revision?.split("/") ?? [])];
  // They become folders here: none may lead out of the one for models, on any system.
  if (match === null || !parts.every((part) => /^[\w][\w.+ -]*$/.test(part) && !/[. ]$/.test(part)))
    throw badOption(name, FORM, text);
  return { repository, file, ...(revision !== undefined && { revision }) };
}
