import { readdirSync } from "node:fs";
import path from "node:path";
import sharp from "sharp";
import type { RgbImage } from "../../src/image/rgb.js";
import { root } from "../lib/paths.js";
import { MedGemma, readPicture } from "../lib/product.js";
import type { Measure, Row } from "../lib/types.js";

const PICTURES = 50;
const ASKED = [
  ...["cardiomegaly", "pleural effusion", "a nodule", "an opacity", "a pacemaker"].flatMap((finding) => [
    `Is there ${finding} in this image? Answer with yes or no.`,
    `Is there ${finding}?`,
    `Does this image show ${finding}? Answer with yes or no.`,
  ]),
  "Which finding is present?",
  "What is the impression?",
  "What do you see in this image?",
  "Describe this X-ray.",
  "Write a report for this chest X-ray.",
] as const;

/** The embedded model: 20 questions about each of 50 pictures, from one process. */
export const thousand: Measure = {
  title: "1000 questions",
  models: ["phantom"],
  async *run(context): AsyncGenerator<Row> {
    const pictures = await fiftyPictures();
    const rounds = Math.min(context.rounds, 3);
    const took: number[] = [];
    let empty = 0;
    for (let round = 0; round < rounds; round++) {
      const began = performance.now();
      const model = await MedGemma.load();
      try {
        const answers = await Promise.all(
          pictures.flatMap((picture) =>
            ASKED.map((question) => model.ask(picture, question, { maxTokens: 128 })),
          ),
        );
        empty = answers.filter(({ text }) => text === "").length;
        if (answers.length !== 1000) throw new Error(`${answers.length} answers`);
      } finally {
        await model.dispose();
      }
      took.push((performance.now() - began) / 1000);
    }
    yield {
      what: `1000 questions on ${PICTURES} pictures`,
      unit: "s",
      ours: took,
      bar: { of: "ours", at: "most", value: 60 },
      note: `loading included; pictures not seen before${empty > 0 ? `; ${empty} EMPTY ANSWERS` : ""}`,
    };
  },
};

/** The 32 drawn cases, then the first of them mirrored. */
async function fiftyPictures(): Promise<RgbImage[]> {
  const folder = path.join(root, "test/fixtures/phantom/cases");
  const cases = readdirSync(folder)
    .filter((name) => /^\d+\.png$/.test(name))
    .sort()
    .map((name) => path.join(folder, name));
  return Promise.all(
    Array.from({ length: PICTURES }, (_, index) => {
      const file = cases[index % cases.length] ?? "";
      return readPicture(index < cases.length ? file : sharp(file).flop());
    }),
  );
}
