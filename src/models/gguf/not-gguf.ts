import { MedGemmaError } from "../../base/errors.js";

interface Kind {
  /** A pattern, or what it begins with. */
  readonly is: RegExp | readonly string[];
  /** "FILE is ...". */
  readonly words: string;
  readonly remedy: string;
}

const FETCH = "Fetch the file itself: `medgemma pull hf:OWNER/REPOSITORY/FILE.gguf`.";
const CONVERT = "Convert it with llama.cpp's convert_hf_to_gguf.py, or fetch a GGUF of the model.";
const UNPACK = "Unpack it and pass the .gguf file in it.";

/** What lies in a model's place, by its first bytes as Latin-1. */
const KINDS: readonly Kind[] = [
  {
    is: /^version https:\/\/git-lfs\.github\.com\/spec\//,
    words: "a Git LFS pointer: the model itself was not fetched with the repository",
    remedy: `Run \`git lfs pull\` in the clone. ${FETCH}`,
  },
  {
    is: /^\/annex\/objects\/|^\.?\.?\/?(?:\.\.\/)*\.git\/annex\//,
    words: "a git-annex pointer: the model itself was not fetched with the repository",
    remedy: "Run `git annex get` in the clone.",
  },
  {
    is: /^\s*<(?:!doctype\s+html|html|head|body|script|!--)/i,
    words: "a web page: it was saved in the model's place",
    remedy: `It may be the file's page, or one to sign in at. ${FETCH}`,
  },
  {
    is: /^\s*<\?xml|^\s*<Error>/i,
    words: "an XML document, as a store answers with an error",
    remedy: FETCH,
  },
  {
    is: /^\s*[{[]\s*["[{\]}]/,
    words: "a JSON document, such as a server's error or a model's configuration",
    remedy: FETCH,
  },
  {
    is: /^\s*(?:https?:\/\/|hf:)\S+\s*$/,
    words: "a text with an address",
    remedy:
      "Pass what the address leads to: as `model` it is understood in the form hf:OWNER/REPOSITORY/FILE.gguf.",
  },
  { is: /^[\s\S]{8}\{"/, words: "a safetensors file", remedy: CONVERT },
  {
    is: ["PK\x03\x04"],
    words: "a ZIP archive: PyTorch's weights, or a packed folder",
    remedy: `${UNPACK} ${CONVERT}`,
  },
  {
    is: ["\x80\x02", "\x80\x03", "\x80\x04", "\x80\x05"],
    words: "a pickle of Python's, as PyTorch writes weights",
    remedy: CONVERT,
  },
  {
    is: ["\x1f\x8b", "\xfd7zXZ\0", "(\xb5/\xfd", "BZh", "7z\xbc\xaf"],
    words: "a packed file",
    remedy: UNPACK,
  },
  {
    is: ["lmgg", "fmgg", "tjgg", "algg"],
    words: "a file of GGML's older form",
    remedy: "Fetch the model as GGUF: the older form cannot be read.",
  },
  {
    is: ["\0".repeat(64)],
    words: "a file of zeros: a download was cut off before its first bytes came",
    remedy: FETCH,
  },
  {
    is: /^[\t\n\r\x20-\x7e]+$/,
    words: "a text, such as a server's message",
    remedy: FETCH,
  },
];

/**
 * The error for a file that is no GGUF: what it is, as far as its beginning tells, and what to do. Nothing of it is
 * repeated.
 * @param head Its first bytes; all, if it has fewer than a thousand.
 */
export function notGguf(file: string, head: Uint8Array): MedGemmaError {
  if (head.length === 0) return refusal(file, "an empty file", FETCH);
  // A byte order mark is no part of a page or a text.
  const text = Buffer.from(head.subarray(0, 1024))
    .toString("latin1")
    .replace(/^\xef\xbb\xbf/, "");
  const kind = KINDS.find(({ is }) =>
    is instanceof RegExp ? is.test(text) : is.some((begin) => text.startsWith(begin)),
  );
  if (kind) return refusal(file, kind.words, kind.remedy);
  return new MedGemmaError("not_gguf", `${file} does not begin with GGUF's four letters.`, {
    facts: { file },
  });
}

function refusal(file: string, words: string, remedy: string): MedGemmaError {
  return new MedGemmaError("not_gguf", `${file} is no GGUF file but ${words}.`, { facts: { file }, remedy });
}
