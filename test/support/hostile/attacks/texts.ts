import type { MedGemma } from "../../../../src/medgemma/medgemma.js";
import type { Random } from "../../../unit/dicom/support/mutate.js";
import { magnitude, oneOf } from "../kinds.js";
import { type AttackMakers, SHORT } from "./attack.js";

/** What a text is made of: each is dear to some tokenizer, pattern or parser. */
const MATTER: Readonly<Record<string, string>> = {
  "line ends": "\n",
  "carriage returns": "\r\n",
  blanks: " ",
  tabs: "\t",
  "letters of no vocabulary": "\u{1F9FF}\u{1D54F}",
  "one letter": "a",
  words: "no pneumothorax is seen and ",
  "characters of Chinese": "胸部正位片未见异常",
  "marks of control words": "<start_of_turn>",
  "beginnings of control words": "<start_of_",
  braces: '{"a":[',
  quotes: '\\"',
  "joined accents": "e\u0301\u0302",
  "lone halves of pairs": "\ud83d",
  "zero bytes": "\0",
  "unknown bytes": "\ufffd",
  headings: "\n# FINDINGS:\n",
  negations: "no not denies without ",
  entities: "&nbsp;&#x41;",
};

type Asker = (model: MedGemma, text: string, signal: AbortSignal | undefined) => Promise<unknown>;

const picture = { data: new Uint8Array(64 * 64 * 3).fill(90), width: 64, height: 64, channels: 3 } as const;

/** Every door through which a text comes. */
const DOORS: Readonly<Record<string, Asker>> = {
  "a question": (model, text, signal) => model.ask([], text, { ...SHORT, signal }),
  "a question about a picture": (model, text, signal) => model.ask(picture, text, { ...SHORT, signal }),
  "a system message": (model, text, signal) => model.ask([], "Is it?", { ...SHORT, system: text, signal }),
  "a sentence to explain": (model, text, signal) => model.explain(text, { ...SHORT, signal }),
  "a text to extract from": (model, text, signal) =>
    model.extract(
      { text },
      { type: "object", properties: { a: { type: "string" } } },
      { maxTokens: 32, signal },
    ),
  "a label": (model, text, signal) => model.classify(picture, ["nodule", text], { signal }),
  "a record": (model, text, signal) => model.decide(text, "Which drug?", { maxTokens: 16, signal }),
  "a question about a record": (model, text, signal) =>
    model.decide("Aspirin 100 mg", text, { maxTokens: 16, signal }),
  "a complaint": (model, text, signal) => model.triage({ complaint: text }, { maxTokens: 16, signal }),
  "a turn of a chat": (model, text, signal) => model.chat().ask(text, { ...SHORT, signal }),
  "a report's indication": (model, text, signal) =>
    model.report(picture, { ...SHORT, indication: text, signal }),
};

function attack(random: Random, most: number) {
  const [matter, door] = [oneOf(random, Object.keys(MATTER)), oneOf(random, Object.keys(DOORS))];
  const unit = MATTER[matter] ?? "";
  const length = magnitude(random, 1000, most);
  const text = unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
  return {
    name: `${length} characters of ${matter} as ${door}`,
    run: ({ model, signal }: { model: MedGemma; signal?: AbortSignal | undefined }) => {
      const ask = DOORS[door];
      if (!ask) throw new Error(`no ${door}`);
      return ask(model, text, signal);
    },
  };
}

export const TEXT_ATTACKS: AttackMakers = {
  "long-text": (random) => attack(random, 5_000_000),
  /** As many as a server has callers: they must not hold what others need. */
  "long-texts-at-once": (random) => {
    const attacks = Array.from({ length: 4 }, () => attack(random, 2_000_000));
    return {
      name: attacks.map(({ name }) => name).join(" + "),
      run: async (application) => {
        const outcomes = await Promise.allSettled(attacks.map(({ run }) => run(application)));
        for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
      },
    };
  },
};
