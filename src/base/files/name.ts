import path from "node:path";
import { badOption } from "../errors.js";

/** Characters of a name that are told; a longer one is cut in its middle. */
const LONGEST_NAME = 80;
/** Characters that a name has on any system, and a path on those that allow the most; what is longer was never one. */
const LONGEST_FILE = 255;
const LONGEST_PATH = 32_768;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is made visible
const CONTROLS = /[\u0000-\u001f\u007f-\u009f]/g;
/** They turn the direction of writing, so that a name shows another ending than it has. */
const TURNS = /[\u202a-\u202e\u2066-\u2069]/g;

/**
 * What errors and logs call an input: a file's own name, never its folders, which are often named after patients. It is
 * short, and nothing in it steers a terminal: what was taken for a path may be a whole picture in base64.
 * @throws MedGemmaError `bad_option` for what is no text.
 */
export function fileLabel(file: string): string {
  if (typeof file !== "string") throw badOption("file", "a path", file);
  const own = file.length > LONGEST_PATH ? file : path.basename(file);
  if (own.length > LONGEST_FILE) return "a text too long for a file's name";
  const name = own.replace(CONTROLS, escaped).replace(TURNS, escaped);
  if (name.length <= LONGEST_NAME) return name;
  const half = LONGEST_NAME >> 1;
  return `${name.slice(0, half)}…${name.slice(-half)}`;
}

/** An absolute path between quotation marks, and one without, whose folders may have spaces; not an address. */
const QUOTED = /(["'`])((?:[A-Za-z]:)?[\\/][^\n]*?)\1(?!\w)/g;
const BARE = /(?<![\w:/\\.])(?:[A-Za-z]:)?[\\/](?=\S)[^\n]*[\\/]/g;

/**
 * Another program's words about files, with the files' own names in them. Rather too little stays than a folder: of a line
 * with two paths what is between them goes too.
 * @param files That may be named: nothing around them goes.
 */
export function withoutFolders(words: string, files: readonly string[] = []): string {
  const known = files.flatMap((file) => [file, path.resolve(file)]).sort((a, b) => b.length - a.length);
  return known
    .filter((file) => file !== "")
    .reduce((text, file) => text.replaceAll(file, () => fileLabel(file)), words)
    .replace(QUOTED, (_, mark: string, file: string) => mark + fileLabel(file) + mark)
    .replace(BARE, "");
}

/** Text for a terminal: lines and tabs stay; all else that moves the cursor, paints or makes it answer becomes visible. */
export function printable(text: string): string {
  return text
    .replaceAll("\r\n", "\n")
    .replace(CONTROLS, (char) => (char === "\n" || char === "\t" ? char : escaped(char)));
}

/** @throws MedGemmaError `bad_option` for what is no path on any system. */
export function checkPath(name: string, value: unknown): asserts value is string {
  const isPath = typeof value === "string" && value !== "" && !value.includes("\0");
  if (!isPath || value.length > LONGEST_PATH || path.basename(value).length > LONGEST_FILE)
    throw badOption(name, "a path", value);
}

function escaped(char: string): string {
  const code = char.charCodeAt(0).toString(16);
  return code.length > 2 ? `\\u${code}` : `\\x${code.padStart(2, "0")}`;
}
