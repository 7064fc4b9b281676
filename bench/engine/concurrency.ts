import { generate, longAnswer } from "../lib/generate.js";
import { ProcessEngine } from "../lib/product.js";
import { textPrompt, words } from "../lib/prompts.js";
import type { Measure, Row } from "../lib/types.js";
import { files } from "./text-speed.js";

const REQUESTS = 8;

/** Eight text requests at once, against the same one after the other. */
export const concurrency: Measure = {
  title: "8 requests at once",
  models: ["phantom", "4b"],
  async *run(context): AsyncGenerator<Row> {
    const tokens = context.quick ? 16 : 64;
    const rounds = context.model.name === "4b" ? Math.min(context.rounds, 3) : context.rounds;
    const engine = await ProcessEngine.load({ ...files(context), parallel: REQUESTS });
    const together: number[] = [];
    const alone: number[] = [];
    let shortest = tokens;
    const ask = async (round: number, request: number, mode: number) => {
      const seed = (round * 2 + mode) * REQUESTS + request;
      const text = `${seed}: ${words(8, seed)}. Describe it.`;
      const { usage } = await generate(engine, textPrompt(text), longAnswer(context.model, tokens, seed));
      shortest = Math.min(shortest, usage.completionTokens);
      return usage.completionTokens;
    };
    const pace = async (work: () => Promise<number[]>) => {
      const began = performance.now();
      const counts = await work();
      return (counts.reduce((sum, count) => sum + count, 0) * 1000) / (performance.now() - began);
    };
    const requests = Array.from({ length: REQUESTS }, (_, index) => index);
    try {
      await ask(1000, 0, 0);
      for (let round = 0; round < rounds; round++) {
        together.push(await pace(() => Promise.all(requests.map((request) => ask(round, request, 0)))));
        const oneByOne = async () => {
          const counts: number[] = [];
          for (const request of requests) counts.push(await ask(round, request, 1));
          return counts;
        };
        alone.push(await pace(oneByOne));
      }
    } finally {
      await engine.dispose();
    }
    yield {
      what: `${REQUESTS} requests of ${tokens} tokens at once`,
      unit: "tok/s",
      ours: together,
      peer: { name: "one after the other", values: alone },
      ratio: "ours/peer",
      bar: { of: "ratio", at: "least", value: 2.5 },
      ...(shortest < tokens && { note: `the shortest answer ended after ${shortest} tokens` }),
    };
  },
};
