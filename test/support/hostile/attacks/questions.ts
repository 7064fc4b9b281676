import type { MedGemma } from "../../../../src/medgemma/medgemma.js";
import { magnitude, oneOf } from "../kinds.js";
import { type Attack, type AttackMakers, SHORT } from "./attack.js";

const picture = { data: new Uint8Array(64 * 64 * 3).fill(90), width: 64, height: 64, channels: 3 } as const;

/** Letters that cost more than others do: each is looked at, replaced or written in more bytes somewhere. */
const LETTERS: Readonly<Record<string, string>> = {
  "lone halves of pairs": "\ud83d",
  "second halves": "\udc00",
  "halves and letters": "a\ud83d",
  "zero bytes": "\0",
  emoji: "\u{1F600}",
  "joined emoji": "\u{1F468}\u200d\u{1F469}\u200d\u{1F467}",
  "letters of two bytes": "\u00e9",
};

type Asker = (model: MedGemma, text: string, signal: AbortSignal | undefined) => Promise<unknown>;

/** What an ordinary call of everyone's takes as words. */
const WORDS: Readonly<Record<string, Asker>> = {
  question: (model, text, signal) => model.ask([], text, { ...SHORT, signal }),
  "part of a question": (model, text, signal) =>
    model.ask(picture, [{ type: "image" }, { type: "text", text }], { ...SHORT, signal }),
  system: (model, text, signal) => model.ask([], "Is it?", { ...SHORT, system: text, signal }),
  stop: (model, text, signal) => model.ask([], "Is it?", { ...SHORT, stop: [text], signal }),
  grammar: (model, text, signal) => model.ask([], "Is it?", { ...SHORT, grammar: text, signal }),
  label: (model, text, signal) =>
    model.classify(picture, ["nodule", text], { multiLabel: text.length % 2 === 0, signal }),
  target: (model, text, signal) => model.locate(picture, ["nodule", text], { ...SHORT, signal }),
  sentence: (model, text, signal) => model.explain(text, { ...SHORT, signal }),
  "whole report": (model, text, signal) => model.explain("No effusion.", { ...SHORT, report: text, signal }),
  prompt: (model, text, signal) => model.explain("No effusion.", { ...SHORT, prompt: text, signal }),
  section: (model, text, signal) => model.report(picture, { ...SHORT, sections: [text], signal }),
  indication: (model, text, signal) => model.report(picture, { ...SHORT, indication: text, signal }),
  "prior report": (model, text, signal) =>
    model.report(picture, { ...SHORT, prior: { report: text }, signal }),
  instruction: (model, text, signal) =>
    model.extract({ text: "Aspirin 100 mg" }, { type: "object" }, { ...SHORT, instruction: text, signal }),
  history: (model, text, signal) =>
    model
      .chat({
        history: [
          { role: "user", content: "Is it?" },
          { role: "assistant", content: text },
        ],
      })
      .ask("And now?", { ...SHORT, signal }),
  "name of an option": (model, text, signal) => model.ask([], "Is it?", { [text]: 1, signal }),
  "name of an adapter": (model, text, signal) =>
    model.ask([], "Is it?", { ...SHORT, adapters: [{ name: text }], signal }),
  continuation: (model, text, signal) =>
    model.engine.score([{ type: "text", text: "Is it?", special: false }], ["yes", text], { signal }),
  "text to count": (model, text, signal) => model.engine.tokenize(text, { special: false, signal }),
  "schema's words": (model, text, signal) =>
    model.ask([], "Is it?", { ...SHORT, schema: { enum: [text, "no"] }, signal }),
};

export const LETTER_KINDS = Object.keys(LETTERS);
export const WORD_KINDS = Object.keys(WORDS);

/** So many characters of some letters, as some words. */
export function letterAttack(what: string, where: string, length: number): Attack {
  const unit = LETTERS[what] as string;
  const text = unit.repeat(Math.ceil(length / unit.length));
  return {
    name: `${length} characters of ${what} as ${where}`,
    run: ({ model, signal }) => (WORDS[where] as Asker)(model, text, signal),
  };
}

const repeat = <T>(count: number, item: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => item(index));

type Run = (model: MedGemma, signal: AbortSignal | undefined) => Promise<unknown>;

/** Small things, very many of them; made before the attack begins. */
const NUMBERS: Readonly<Record<string, (count: number) => Run>> = {
  "parts of a question": (count) => {
    const parts = repeat(count, () => ({ type: "text" as const, text: "a" }));
    return (model, signal) => model.ask([], parts, { ...SHORT, signal });
  },
  "places in a prompt": (count) => {
    const prompt = "{label} {options}".repeat(count);
    return (model, signal) => model.classify(picture, ["nodule", "effusion"], { prompt, signal });
  },
  "places of a long label": (count) => {
    const [prompt, label] = ["{label}".repeat(count), "effusion".repeat(1000)];
    return (model, signal) =>
      model.classify(picture, ["nodule", label], { prompt, multiLabel: true, signal });
  },
  "turns of a conversation": (count) => {
    const history = repeat(
      count,
      (i) => ({ role: i % 2 === 0 ? "user" : "assistant", content: "a" }) as const,
    );
    return (model, signal) => model.chat({ history }).ask("And now?", { ...SHORT, signal });
  },
  continuations: (count) => {
    const texts = repeat(count, String);
    return (model, signal) =>
      model.engine.score([{ type: "text", text: "Is it?", special: false }], texts, { signal });
  },
  "parts of a prompt": (count) => {
    const parts = repeat(count, (i) => ({ type: "text", text: "a", special: i % 2 === 0 }) as const);
    return (model, signal) => model.engine.score(parts, ["yes"], { signal });
  },
  sections: (count) => {
    const sections = repeat(count, (i) => `S${i}`);
    return (model, signal) => model.report(picture, { ...SHORT, sections, signal });
  },
  labels: (count) => {
    const labels = repeat(count, (i) => `finding ${i}`);
    return (model, signal) => model.classify(picture, labels, { multiLabel: true, signal });
  },
  targets: (count) => {
    const targets = repeat(count, (i) => `finding ${i}`);
    return (model, signal) => model.locate(picture, targets, { ...SHORT, signal });
  },
};

/** What takes many turns of the engine, one after the other or at once. */
const BUSY: Readonly<
  Record<string, (model: MedGemma, share: number, signal: AbortSignal | undefined) => Promise<unknown>>
> = {
  "hundreds of labels": (model, share, signal) =>
    model.classify(
      picture,
      repeat(100 + Math.round(share * 900), (i) => `finding ${i}`),
      {
        multiLabel: true,
        signal,
      },
    ),
  "a choice in all orders": (model, _, signal) =>
    model.classify(
      picture,
      repeat(26, (i) => `finding ${i}`),
      { signal },
    ),
  "many targets": (model, _, signal) =>
    model.locate(
      picture,
      repeat(40, (i) => `finding ${i}`),
      { maxTokens: 200, signal },
    ),
  "a long record": (model, share, signal) =>
    model.decide(
      repeat(
        200 + Math.round(share * 2800),
        (i) => `2020-01-${(i % 28) + 10} potassium ${i % 7}.${i % 10}`,
      ).join("\n"),
      "Which drug?",
      { maxTokens: 64, signal },
    ),
  "many questions at once": (model, _, signal) =>
    Promise.all(
      repeat(40, (i) => model.ask([], `Question ${i}: is it?`, { maxTokens: 64, temperature: 0, signal })),
    ),
  "long questions at once": (model, _, signal) =>
    Promise.all(
      repeat(16, (i) => model.ask([], `${i} no pneumothorax is seen `.repeat(100), { ...SHORT, signal })),
    ),
};

export const NUMBER_KINDS = Object.keys(NUMBERS);
export const BUSY_KINDS = Object.keys(BUSY);

export function numberAttack(what: string, count: number): Attack {
  const run = NUMBERS[what]?.(count) as Run;
  return { name: `${count} ${what}`, run: ({ model, signal }) => run(model, signal) };
}

/** @param share 0..1 of the most that is asked. */
export function busyAttack(what: string, share: number): Attack {
  return {
    name: what,
    run: async ({ model, signal }) => await BUSY[what]?.(model, share, signal),
  };
}

export const QUESTION_ATTACKS: AttackMakers = {
  "dear-letters": (random) =>
    letterAttack(
      oneOf(random, LETTER_KINDS),
      oneOf(random, WORD_KINDS),
      magnitude(random, 100_000, 5_000_000),
    ),
  "many-things": (random) => numberAttack(oneOf(random, NUMBER_KINDS), magnitude(random, 1000, 700_000)),
  "many-turns": (random) => busyAttack(oneOf(random, BUSY_KINDS), random()),
};
