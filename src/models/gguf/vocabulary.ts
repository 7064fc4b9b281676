import { Breather } from "../../base/breather.js";
import { CONTROL_WORDS, FULL_VOCABULARY } from "../../prompt/control-words.js";
import { type GgufArray, readLong } from "./gguf.js";
import type { GgufValues } from "./values.js";

/** Words looked at before other work gets its turn. */
const AT_ONCE = 16_384;
/** llama.cpp's kinds of words that it finds in a prompt as one: unknown, control, user's. */
const MARKED = [2, 3, 4];
const CONTROL = 3;

const CONVERT =
  "Convert the weights anew with a current llama.cpp, or take a file that `medgemma models` lists.";

/**
 * Ids in the header that name a word, and what Gemma 3 has there. `ends`: llama.cpp ends an answer at it, so that a word of
 * plain text there cuts answers off. Prompts are written with <bos> whatever the header names.
 */
const NAMED_IDS: readonly { key: string; words: readonly string[]; what: string; ends: boolean }[] = [
  { key: "bos", words: ["<bos>"], what: "the beginning of a text", ends: false },
  { key: "eos", words: ["<eos>", "<end_of_turn>"], what: "the end of a text", ends: true },
  { key: "eot", words: ["<end_of_turn>", "<eos>"], what: "the end of a turn", ends: true },
  { key: "unknown", words: ["<unk>"], what: "what it does not know", ends: false },
];

interface Found {
  readonly id: number;
  readonly word: string;
  readonly type: number;
}

/**
 * Checks the words themselves: that each is there once, which llama.cpp asserts, and that the words which prompts are
 * written with are what Gemma 3 has.
 * @returns what a user should know.
 * @throws MedGemmaError `model_unsupported`, `gguf_invalid`.
 */
export async function checkWords(values: GgufValues, pictures: boolean): Promise<string[]> {
  const list = (key: string) =>
    values.header.values.get(`tokenizer.ggml.${key}`)?.value as GgufArray | undefined;
  const tokens = list("tokens");
  const types = list("token_type");
  if (tokens === undefined) return [];
  for (const [key, what] of [
    ["token_type", "which of its words are control words"],
    ["scores", "which of its words come first"],
  ] as const)
    if (list(key) === undefined)
      values.unsupported(`does not say ${what} (tokenizer.ggml.${key}): prompts cannot be written`, CONVERT);
  const named = namedIds(values);
  const { found, byId } = await findWords(values, tokens, types, new Set(named.values()));
  return [...wrongIds(values, named, byId), ...wrongControlWords(values, tokens.length, found, pictures)];
}

function wrongControlWords(
  values: GgufValues,
  count: number,
  found: ReadonlyMap<string, Found>,
  pictures: boolean,
): string[] {
  return CONTROL_WORDS.flatMap(({ word, id, use }) => {
    const here = found.get(word);
    const needed = use === "turns" || use === "end" || (use === "pictures" && pictures);
    if (here === undefined)
      return needed ? values.unsupported(`has no word ${word}, which prompts are written with`, CONVERT) : [];
    if (count >= FULL_VOCABULARY && here.id !== id)
      values.unsupported(`has ${word} as word ${here.id}, where Gemma 3 has it as ${id}`, CONVERT);
    if (MARKED.includes(here.type)) return [];
    if (needed && use !== "end")
      values.unsupported(`marks ${word} as a normal word: in a prompt it would be letters`, CONVERT);
    return [`marks ${word} as a normal word, which is a control word of Gemma 3`];
  });
}

const namedIds = (values: GgufValues): ReadonlyMap<string, number> =>
  new Map(
    NAMED_IDS.flatMap(({ key }) => {
      const id = values.optionalWhole(`tokenizer.ggml.${key}_token_id`, 0, 2 ** 32 - 1);
      return id === undefined ? [] : [[key, id] as const];
    }),
  );

/** Of another model's header over Gemma's words, or of a conversion that went wrong. */
function wrongIds(
  values: GgufValues,
  named: ReadonlyMap<string, number>,
  byId: ReadonlyMap<number, Found>,
): string[] {
  return NAMED_IDS.flatMap(({ key, words, what, ends }) => {
    const id = named.get(key);
    const here = id === undefined ? undefined : byId.get(id);
    if (here === undefined || words.includes(here.word)) return [];
    const says = `names word ${id} as ${what} (tokenizer.ggml.${key}_token_id), where Gemma 3 has ${words[0]}`;
    if (ends && !MARKED.includes(here.type))
      values.unsupported(`${says}: answers would end at a word of plain text`, CONVERT);
    return [ends ? `${says}: answers may end too early` : `${says}, which is used all the same`];
  });
}

/** In pieces: a quarter of a million words would hold the event loop for a tenth of a second. */
async function findWords(
  values: GgufValues,
  tokens: GgufArray,
  types: GgufArray | undefined,
  ids: ReadonlySet<number>,
): Promise<{ found: Map<string, Found>; byId: Map<number, Found> }> {
  const wanted = new Set(CONTROL_WORDS.map(({ word }) => word));
  const found = new Map<string, Found>();
  const byId = new Map<number, Found>();
  const seen = new Set<string>();
  const { raw, length } = tokens;
  const breather = new Breather();
  for (let id = 0, at = 0; id < length; id++) {
    const end = at + 8 + readLong(raw, at);
    // By bytes, as llama.cpp compares: two words that are no UTF-8 may differ.
    const word = raw.toString("latin1", at + 8, end);
    at = end;
    // llama.cpp gives empty words names of their own.
    if (word !== "" && seen.size === seen.add(word).size)
      values.unsupported("has a word twice in its vocabulary, on which llama.cpp aborts", CONVERT);
    if (wanted.has(word) || ids.has(id)) {
      const here = { id, word, type: types?.raw.readInt32LE(4 * id) ?? CONTROL };
      if (wanted.has(word)) found.set(word, here);
      if (ids.has(id)) byId.set(id, here);
    }
    if (id % AT_ONCE === AT_ONCE - 1) await breather.breathe();
  }
  return { found, byId };
}
