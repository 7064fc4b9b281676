import { newPicture } from "../lib/pictures.js";
import { ProcessEngine } from "../lib/product.js";
import { LABELS, picturePrompt } from "../lib/prompts.js";
import type { Measure, Row } from "../lib/types.js";
import { files } from "./text-speed.js";

/** 14 labels scored after one picture, against the same with one label. The picture is encoded before. */
export const labels: Measure = {
  title: "14 labels after one picture",
  models: ["phantom", "4b"],
  async *run(context): AsyncGenerator<Row> {
    const engine = await ProcessEngine.load(files(context));
    const many: number[] = [];
    const one: number[] = [];
    try {
      const picture = newPicture(context.model.side, 4000);
      await engine.encode(picture);
      let asked = 0;
      // A system text of its own, so that no prefix of an earlier prompt fits.
      const score = async (continuations: readonly string[]) => {
        const parts = picturePrompt(
          picture,
          "Which finding is present?",
          `${++asked}: you are a radiologist.`,
        );
        const began = performance.now();
        const { usage } = await engine.score(parts, continuations);
        if (usage.cachedTokens > 8)
          throw new Error(`${usage.cachedTokens} tokens came from the prefix cache`);
        return performance.now() - began;
      };
      await score(LABELS);
      for (let round = 0; round < context.rounds; round++) {
        one.push(await score([LABELS[(round + 2) % LABELS.length] ?? "Edema"]));
        many.push(await score(LABELS));
      }
    } finally {
      await engine.dispose();
    }
    yield {
      what: "14 labels scored",
      unit: "ms",
      ours: many,
      peer: { name: "picture prefilled and one label", values: one },
      ratio: "ours/peer",
      bar: { of: "ratio", at: "most", value: 1.3 },
      note: "picture encoded before, no prefix known",
    };
  },
};
