import { ProcessEngine } from "../lib/product.js";
import { words } from "../lib/prompts.js";
import type { Measure, Row } from "../lib/types.js";
import { LlamaServer } from "../peers/llama-server.js";
import { attempt } from "./attempt.js";
import { files } from "./text-speed.js";

const BYTES = 80_000;

/** As a question is read: what looks like a control word stays text. */
const AS_TEXT = { special: false };

/** Cut at 80 KB: a long record, and what llama.cpp's tokenizer is slowest at. */
const TEXTS: Readonly<Record<string, (round: number) => string>> = {
  prose: (round) => words(20_000, round).slice(0, BYTES),
  "short lines": (round) => `${round}\n${"a\n".repeat(BYTES / 2)}`.slice(0, BYTES),
};

/** Time until a long text's tokens are found, each in a process of its own, against llama-server's `/tokenize`. */
export const longText: Measure = {
  title: "long texts: milliseconds to tokens",
  models: ["phantom", "4b"],
  async *run(context): AsyncGenerator<Row> {
    const engine = await ProcessEngine.load({ ...files(context), contextSize: 65_536 });
    try {
      await engine.tokenize(words(20, 0), AS_TEXT);
      let server: LlamaServer | undefined;
      const missing = await attempt(async () => {
        server = await LlamaServer.start(context);
      });
      try {
        for (const [name, make] of Object.entries(TEXTS)) {
          const ours: number[] = [];
          const theirs: number[] = [];
          for (let round = 1; round <= context.rounds; round++) {
            const text = make(round);
            const began = performance.now();
            await engine.tokenize(text, AS_TEXT);
            ours.push(performance.now() - began);
            if (server) theirs.push(await server.tokenize(text));
          }
          yield {
            what: `${BYTES / 1000} KB of ${name}`,
            unit: "ms",
            ours,
            peer: { name: "llama-server /tokenize", values: theirs },
            ratio: "ours/peer",
            bar: { of: "ratio", at: "most", value: 1 },
            ...(missing !== undefined && { note: missing }),
          };
        }
      } finally {
        await server?.stop();
      }
    } finally {
      await engine.dispose();
    }
  },
};
