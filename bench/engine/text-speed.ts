import { generate, longAnswer } from "../lib/generate.js";
import { ProcessEngine } from "../lib/product.js";
import { textPrompt, words } from "../lib/prompts.js";
import type { Context, Measure, Row } from "../lib/types.js";
import { llamaBench } from "../peers/llama-bench.js";
import { attempt } from "./attempt.js";

/** How fast text is read and written, against llama.cpp's own measure on the same file and threads. */
export const textSpeed: Measure = {
  title: "text: tokens a second, single stream",
  models: ["phantom", "4b"],
  async *run(context): AsyncGenerator<Row> {
    const [promptTokens, newTokens] = context.quick ? [64, 16] : [512, 64];
    const engine = await ProcessEngine.load({ ...files(context) });
    const ours = { prefill: [] as number[], decode: [] as number[] };
    const theirs = { prefill: [] as number[], decode: [] as number[] };
    let note: string | undefined;
    try {
      const count = async (text: string) => (await engine.tokenize(text, { special: false })).length;
      await generate(engine, textPrompt(words(20, 0)), { maxTokens: 2 });
      for (let round = 1; round <= context.rounds; round++) {
        const long = await promptOf(promptTokens - 8, round, count);
        const read = await generate(engine, textPrompt(long), { maxTokens: 1 });
        const computed = read.usage.promptTokens - read.usage.cachedTokens;
        ours.prefill.push((computed * 1000) / read.timings.prefill);
        const brief = textPrompt(`${round}: describe a normal chest radiograph in detail.`);
        const wrote = await generate(engine, brief, longAnswer(context.model, newTokens, round));
        ours.decode.push(wrote.pace);
        if (wrote.usage.completionTokens < newTokens)
          note = `an answer ended after ${wrote.usage.completionTokens} tokens`;
        note ??= await attempt(async () => {
          const { prefill, decode } = await llamaBench(context, promptTokens, newTokens);
          theirs.prefill.push(prefill);
          theirs.decode.push(decode);
        });
      }
    } finally {
      await engine.dispose();
    }
    const against = (values: number[]) =>
      values.length > 0 ? { peer: { name: "llama-bench", values }, ratio: "ours/peer" as const } : {};
    yield {
      what: `decode, ${newTokens} tokens`,
      unit: "tok/s",
      ours: ours.decode,
      ...against(theirs.decode),
      bar: { of: "ratio", at: "least", value: 0.95 },
      ...(note !== undefined && { note }),
    };
    yield {
      what: `prefill, ${promptTokens} tokens`,
      unit: "tok/s",
      ours: ours.prefill,
      ...against(theirs.prefill),
    };
  },
};

export const files = ({ model: { model, projector, threads } }: Context) => ({ model, projector, threads });

/** A text of nearly that many tokens, never more. */
async function promptOf(
  tokens: number,
  seed: number,
  count: (text: string) => Promise<number>,
): Promise<string> {
  const all = words(tokens, seed).split(" ");
  let taken = all.length;
  for (let tokenCount = await count(all.join(" ")); tokenCount > tokens; ) {
    taken = Math.floor(Math.min(taken - 1, (taken * tokens) / tokenCount));
    tokenCount = await count(all.slice(0, taken).join(" "));
  }
  return all.slice(0, taken).join(" ");
}
