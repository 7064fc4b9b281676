import type { Engine, GenerateOptions } from "../../../src/engine/engine.js";
import type { RgbImage } from "../../../src/image/rgb.js";
import { type Answer, answer, answerText, UNENDING } from "../../support/ask.js";
import { type Golden, goldens, messagesOf } from "../../support/phantom.js";

/** Sampling so hot that the phantom rarely finds its end. */
export const NOISE = { temperature: 10, topK: 0, topP: 1, minP: 0, seed: 1 } as const;

/** One golden question of a kind about one certain picture. */
export function golden(kind: string, picture?: string): Golden {
  const found = goldens.find(
    (each) => each.kind === kind && (picture === undefined || each.images[0] === picture),
  );
  if (!found) throw new Error(`No golden question of kind ${kind}.`);
  return found;
}

export async function askGolden(
  engine: Engine,
  asked: Golden,
  options: Partial<GenerateOptions> = {},
  show?: (name: string) => RgbImage | Promise<RgbImage>,
): Promise<Answer> {
  return answer(engine, await messagesOf(asked, show), options);
}

/** A request that answers until it is stopped, or its context is full; resolves once it runs. */
export async function occupy(engine: Engine): Promise<{ release(): Promise<void> }> {
  const stop = new AbortController();
  const options = { ...UNENDING, maxTokens: engine.info.contextSize - 100, signal: stop.signal };
  const rest = answerText(engine, "What is that?", options).catch(() => undefined);
  while ((await engine.stats()).requests.running === 0) await new Promise((wake) => setTimeout(wake, 2));
  return {
    async release() {
      stop.abort();
      await rest;
    },
  };
}

/** `words` words that mean nothing, different for each seed. */
export function ramble(seed: number, words: number): string {
  const known = ["effusion", "left", "lung", "heart", "nodule", "is", "there", "normal", "the", "upper"];
  let state = seed * 2654435761 + 1;
  return Array.from({ length: words }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return known[state % known.length];
  }).join(" ");
}
