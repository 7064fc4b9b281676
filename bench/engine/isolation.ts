import type { Engine, PromptPart } from "../../src/engine/engine.js";
import { type Generated, generate, longAnswer } from "../lib/generate.js";
import { newPicture } from "../lib/pictures.js";
import { NativeEngine, ProcessEngine } from "../lib/product.js";
import { picturePrompt, textPrompt } from "../lib/prompts.js";
import type { Measure, Row } from "../lib/types.js";
import { files } from "./text-speed.js";

const TEXT = "Describe the findings of a normal chest radiograph in detail.";

/** What the child process costs, in pairs that take turns. */
export const isolation: Measure = {
  title: "child process against in-process",
  models: ["phantom", "4b"],
  async *run(context): AsyncGenerator<Row> {
    const { model } = context;
    const tokens = context.quick ? 16 : 64;
    const pairs = context.quick ? 2 : model.name === "4b" ? 2 * Math.max(context.rounds, 4) : 30;
    const here = await NativeEngine.load(files(context));
    const there = await ProcessEngine.load(files(context));
    try {
      const picture = newPicture(model.side, 5000);
      await here.encode(picture);
      await there.encode(picture);
      // A system text of its own for each pair, so that both read the whole prompt each time.
      const prompts: readonly [string, (pair: number) => PromptPart[]][] = [
        ["text", (pair) => textPrompt(TEXT, `${pair}: you are a radiologist.`)],
        ["known picture", (pair) => picturePrompt(picture, TEXT, `${pair}: you are a radiologist.`)],
      ];
      for (const [name, prompt] of prompts) {
        const runs: Record<"here" | "there", Generated[]> = { here: [], there: [] };
        const ask = (engine: Engine, pair: number) =>
          generate(engine, prompt(pair), longAnswer(model, tokens, pair + 2));
        for (let pair = -1; pair < pairs; pair++) {
          // Whoever comes after the other finds the processor's caches cold: take turns.
          const results = {
            here: undefined as Generated | undefined,
            there: undefined as Generated | undefined,
          };
          for (const side of pair % 2 === 0 ? (["here", "there"] as const) : (["there", "here"] as const))
            results[side] = await ask(side === "here" ? here : there, pair);
          if (pair < 0 || !results.here || !results.there) continue;
          runs.here.push(results.here);
          runs.there.push(results.there);
        }
        yield {
          what: `first token, ${name}, child process`,
          unit: "ms",
          ours: twoByTwo(runs.there.map(({ first }) => first)),
          peer: { name: "in-process", values: twoByTwo(runs.here.map(({ first }) => first)) },
          ratio: "ours/peer",
          bar: { of: "ratio", at: "most", value: 1.03 },
        };
        yield {
          what: `pace, ${name}, child process`,
          unit: "tok/s",
          ours: twoByTwo(runs.there.map(({ pace }) => pace)),
          peer: { name: "in-process", values: twoByTwo(runs.here.map(({ pace }) => pace)) },
          ratio: "ours/peer",
          bar: { of: "ratio", at: "least", value: 0.97 },
        };
      }
    } finally {
      await Promise.all([here.dispose(), there.dispose()]);
    }
  },
};

/** Means of neighbouring pairs, in one of which each came first. */
function twoByTwo(values: readonly number[]): number[] {
  const means: number[] = [];
  for (let i = 0; i + 1 < values.length; i += 2) means.push(((values[i] ?? 0) + (values[i + 1] ?? 0)) / 2);
  return means;
}
