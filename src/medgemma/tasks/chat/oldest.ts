import { MedGemmaError } from "../../../base/errors.js";
import type { Engine } from "../../../engine/engine.js";
import { fewestTokens } from "../../../engine/parts.js";
import type { RgbImage } from "../../../image/rgb.js";
import type { ContentPart, Message } from "../../../prompt/message.js";
import { pythonStrip, toSafeText } from "../../../prompt/strip.js";

/** Where each question begins; neighbours of one role are one turn to the model. */
function questionStarts(turns: readonly Message<RgbImage>[]): number[] {
  return turns.flatMap(({ role }, index) =>
    role === "user" && turns[index - 1]?.role !== "user" ? [index] : [],
  );
}

/** Of control words and line ends about one turn, with room. */
const MOST_TOKENS_AROUND = 16;

/**
 * How many questions to leave out next: one more at least, and never more than have to go. A text has at most as many
 * tokens as bytes, so that a long history takes few tries. Undefined where only the last question is left.
 */
export function enoughToDrop(
  turns: readonly Message<RgbImage>[],
  dropped: number,
  excess: number,
): number | undefined {
  const starts = questionStarts(turns);
  let [next, most] = [dropped, 0];
  do {
    if (next + 1 >= starts.length) return next === dropped ? undefined : next;
    for (const { content } of turns.slice(starts[next], starts[next + 1])) {
      for (const part of partsOf(content)) if (part.type === "text") most += Buffer.byteLength(part.text);
      most += MOST_TOKENS_AROUND;
    }
    next++;
  } while (most < excess);
  return next;
}

/** Without the oldest questions and their answers. What was asked about stays: their pictures go before the next question. */
export function withoutOldest(
  turns: readonly Message<RgbImage>[],
  count: number,
): readonly Message<RgbImage>[] {
  const start = questionStarts(turns)[count] ?? 0;
  const [next, ...rest] = turns.slice(start);
  if (start === 0 || !next) return turns;
  const pictures = turns.slice(0, start).flatMap(({ content }) => partsOf(content).filter(isPicture));
  return [{ role: next.role, content: [...pictures, ...partsOf(next.content)] }, ...rest];
}

function partsOf(content: Message<RgbImage>["content"]): readonly ContentPart<RgbImage>[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}

const isPicture = ({ type }: ContentPart<RgbImage>) => type === "image";

/** Characters that are made into tokens at once, as a part of the context's tokens, and at least. */
const STEP = 0.5;
const LEAST_STEP = 1024;

/**
 * How many of the oldest questions cannot be shown whatever else is left out: the texts from the newest back are made into
 * tokens until they are more than the context holds, so that what came before costs nothing. Never too many: control words
 * around turns are at least as many as what parts the texts here.
 */
export async function surelyTooOld(
  engine: Engine,
  turns: readonly Message<RgbImage>[],
  signal: AbortSignal | undefined,
): Promise<number> {
  const { contextSize, kind } = engine.info;
  // An endpoint's context may be larger than is known here.
  if (kind === "remote") return 0;
  const starts = questionStarts(turns);
  let sum = 0;
  let texts: string[] = [];
  let waiting = 0;
  for (let question = starts.length - 1; question >= 0; question--) {
    for (const { content } of turns.slice(starts[question], starts[question + 1])) {
      const text = partsOf(content).map((part) =>
        part.type === "text" ? pythonStrip(toSafeText(part.text)) : "",
      );
      texts.push(text.join(""));
      waiting += texts.at(-1)?.length ?? 0;
    }
    if (waiting < Math.max(LEAST_STEP, contextSize * STEP)) continue;
    const tokens = await countOf(engine, texts, signal);
    if (tokens === undefined) return 0;
    sum += tokens;
    // The last question is shown in any case.
    if (sum > contextSize) return Math.min(question + 1, starts.length - 1);
    texts = [];
    waiting = 0;
  }
  return 0;
}

/** Undefined where the engine cannot tell; why, the question itself will say. */
async function countOf(
  engine: Engine,
  texts: readonly string[],
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  const text = texts.join("\n\n");
  if (fewestTokens(text) > engine.info.contextSize) return Number.POSITIVE_INFINITY;
  try {
    return (await engine.tokenize(text, { special: false, signal })).length;
  } catch (error) {
    if (MedGemmaError.isInstance(error)) return undefined;
    throw error;
  }
}
