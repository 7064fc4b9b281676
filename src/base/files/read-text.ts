import { MedGemmaError } from "../errors.js";
import { parseLongBounded, UnboundedJson } from "./bounded-json.js";
import { decodeText } from "./decode-text.js";
import { fileLabel } from "./name.js";
import { readBytes } from "./read-bytes.js";

/** Bytes of a file of text. A string of V8's has half a gigabyte at most. */
const MOST = 256 << 20;

/**
 * The one way in which files of text are read: UTF-8 or marked UTF-16, without its byte order mark, of some size.
 * @throws MedGemmaError `file_not_found`, `text_unreadable`, `aborted`.
 */
export async function readTextFile(file: string, signal?: AbortSignal): Promise<string> {
  const name = fileLabel(file);
  const tooLarge = () =>
    new MedGemmaError("text_unreadable", `${name} has more than ${MOST >> 20} MiB of text.`, {
      facts: { file: name, reason: "too_large", limit: MOST },
      remedy: "Divide it.",
    });
  return decodeText(await readBytes(file, { most: MOST, tooLarge, signal }), name);
}

/** A head for a thousand findings has a million numbers. */
const FILE_BOUNDS = { depth: 500, items: 2_000_000 };

/**
 * A file of JSON.
 * @param invalid The error for one that holds none, from words such as "labels.json is no JSON (line 3)".
 * @throws MedGemmaError as {@link readTextFile}, and `invalid`'s.
 */
export async function readJsonFile(
  file: string,
  invalid: (words: string) => MedGemmaError,
): Promise<unknown> {
  const text = await readTextFile(file);
  try {
    return await parseLongBounded(text, FILE_BOUNDS);
  } catch (error) {
    if (error instanceof UnboundedJson)
      throw invalid(`${fileLabel(file)} has more values than any such file, or lists too deep in each other`);
    // The parser's message quotes the text; only the place goes on.
    const at = /at position (\d+)/.exec((error as Error).message)?.[1];
    const line = at === undefined ? "" : ` (line ${text.slice(0, Number(at)).split("\n").length})`;
    const page = /^\s*<(?:!doctype|html)\b/i.test(text);
    throw invalid(`${fileLabel(file)} ${page ? "is a web page, not JSON" : `is no JSON${line}`}`);
  }
}
