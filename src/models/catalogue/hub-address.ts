import { badOption, MedGemmaError } from "../../base/errors.js";
import { catalogueEntries } from "./catalogue.js";
import type { Catalogue, CatalogueFile } from "./types.js";

const SCHEME = /^(?:hf|huggingface):(?:\/\/)?/i;
const SITE = /^(?:https?:\/\/)?(?:www\.)?(?:huggingface\.co|hf\.co)\//i;
const FORM = "hf:OWNER/REPOSITORY/FILE.gguf, with @REVISION or #REVISION after it if need be";
/** A page or a file of the site, by its path: /OWNER/REPOSITORY/resolve/REVISION/FILE. */
const PAGE = /^([^/]+\/[^/]+)\/(?:resolve|blob|raw)\/([^/]+)\/(.+?)$/;
/** OWNER/REPOSITORY, with the quantisation behind it as Ollama and llama.cpp take it, or its page. */
const REPOSITORY = /^([\w][\w.-]*\/[\w][\w.-]*?)(?:\/tree\/[^/]+\/?|\/)?(?::([\w.-]+))?$/;

/** Whether a text means a file on the hub, be it well written or not. */
export function isHubAddress(text: string): boolean {
  return SCHEME.test(text) || SITE.test(text);
}

/**
 * `hf:OWNER/REPOSITORY/FILE.gguf`, the file in folders or not, with `@REVISION` or `#REVISION` (a commit, tag or
 * branch; defaults to `main`); or the file's address as a browser shows it. The form `hf:OWNER/REPOSITORY:QUANTISATION`
 * is refused: which file it means is for the hub to say, and may change.
 * @throws MedGemmaError `bad_option`.
 */
export function parseHubAddress(name: string, text: string): CatalogueFile {
  const match = /^(?:hf|huggingface):(?:\/\/)?([^/]+\/[^/]+)\/(.+?\.gguf)(?:[@#](.+))?$/i.exec(plain(text));
  const [, repository = "", file = "", revision] = match ?? [];
  const parts = [...repository.split("/"), ...file.split("/"), ...(revision?.split("/") ?? [])];
  // They become folders here: none may lead out of the one for models, on any system.
  if (match === null || !parts.every((part) => /^[\w][\w.+ -]*$/.test(part) && !/[. ]$/.test(part)))
    throw badOption(name, FORM, text);
  return { repository, file, ...(revision !== undefined && { revision }) };
}

/** `NAME-00001-of-00003.gguf`: a model in several files is named by its first. Nobody cuts one into a thousand. */
const FIRST_PART = /^(.*-)00001(-of-(00\d{3})\.gguf)$/i;

/** All files of a model that an address names: the file itself, or it and its further parts. */
export function partsOf(file: CatalogueFile): CatalogueFile[] {
  const { repository, revision } = file;
  const [, before, after, count] = FIRST_PART.exec(file.file) ?? [];
  const more = Array.from({ length: Math.max(0, Number(count ?? 1) - 1) }, (_, index) => ({
    repository,
    ...(revision !== undefined && { revision }),
    file: `${before}${String(index + 2).padStart(5, "0")}${after}`,
  }));
  return [file, ...more];
}

/** An address of the site in the form that begins with `hf:`; anything else as it is. */
function plain(text: string): string {
  if (!SITE.test(text)) return text;
  const [, repository, revision = "main", file = ""] =
    PAGE.exec(text.replace(SITE, "").replace(/[?#].*$/, "")) ?? [];
  if (repository === undefined) return text;
  const name = decoded(file);
  return `hf:${repository}/${name}${revision === "main" ? "" : `@${decoded(revision)}`}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Whether a text has the form `OWNER/REPOSITORY` or `OWNER/REPOSITORY:QUANTISATION`; a path may have the first too. */
export function isRepository(text: string): boolean {
  return REPOSITORY.test(text) && !/\.gguf$/i.test(text);
}

/**
 * What a name means that other programs take for a model: a repository of the hub, as its page or as
 * `OWNER/REPOSITORY:QUANTISATION`. The catalogue's name, where its files are in that repository; anything else as it is.
 * @throws MedGemmaError `model_unknown`: a repository whose files nobody here knows, with the form that names one.
 */
export function understandName(catalogue: Catalogue, text: string): string {
  const onSite = SITE.test(text) || SCHEME.test(text);
  const bare = text
    .replace(SITE, "")
    .replace(SCHEME, "")
    .replace(/[?#].*$/, "");
  const [, repository, quantization] = REPOSITORY.exec(bare) ?? [];
  if (repository === undefined || /\.gguf$/i.test(repository)) return text;
  const wanted = quantization?.toLowerCase();
  const entries = catalogueEntries(catalogue).filter(
    ({ variant }) => variant.repository.toLowerCase() === repository.toLowerCase(),
  );
  const found = entries.find(
    ({ variant }) =>
      wanted === undefined || wanted === "latest" || variant.file.toLowerCase().endsWith(`${wanted}.gguf`),
  );
  if (found) return found.name;
  // A folder of this machine may have such a name too.
  if (!onSite && quantization === undefined && entries.length === 0) return text;
  const known =
    entries.length > 0 ? ` The catalogue has of it ${entries.map(({ name }) => name).join(", ")}.` : "";
  const file = `hf:${repository}/FILE.gguf`;
  throw new MedGemmaError(
    "model_unknown",
    `${repository} is a repository of the hub, and which of its files is meant is not known.${known}`,
    {
      facts: { near: file },
      remedy: `Name the file: ${file}, with @COMMIT behind it; its name stands on https://huggingface.co/${repository}/tree/main.`,
    },
  );
}
