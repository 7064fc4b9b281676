import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type EmbedResult, fitHead, type Head, MedGemma } from "../../../src/index.js";
import { cases, shareOf } from "../../support/cases.js";
import { drawFilm } from "../../support/films.js";

const QUESTIONS = {
  "pleural effusion": "Is there pleural effusion in this image? Answer with yes or no.",
  cardiomegaly: "Is there cardiomegaly in this image? Answer with yes or no.",
} as const;
const FINDINGS = Object.keys(QUESTIONS) as (keyof typeof QUESTIONS)[];

interface Labelled {
  readonly embedding: EmbedResult;
  readonly present: Readonly<Record<keyof typeof QUESTIONS, boolean>>;
  /** What the model itself answers. */
  readonly said: Readonly<Record<string, boolean>>;
}

let model: MedGemma;
let heads: Readonly<Record<string, Head>>;
/** The phantom's own pictures, and more from the pencil that drew those of the fit; no head has seen any of them. */
let unseen: Readonly<Record<"phantom" | "drawn", readonly Labelled[]>>;

beforeAll(async () => {
  model = await MedGemma.load({ isolation: "none", threads: 1 });
  const films: Omit<Labelled, "said">[] = [];
  for (let seed = 0; seed < 200; seed++) {
    const { image, present } = await drawFilm(seed);
    films.push({ embedding: await model.embed(image, { pool: "quarters" }), present });
  }
  const vectors = films.map(({ embedding }) => embedding);
  heads = Object.fromEntries(
    await Promise.all(
      FINDINGS.map(async (finding) => {
        const labels = films.map(({ present }) => present[finding]);
        return [finding, await fitHead(vectors, labels)] as const;
      }),
    ),
  );
  const phantom: Labelled[] = [];
  for (const { path, present } of cases) phantom.push(await ask(path, present));
  const drawn: Labelled[] = [];
  for (let seed = 1000; seed < 1100; seed++) {
    const { image, present } = await drawFilm(seed);
    drawn.push(await ask(image, present));
  }
  unseen = { phantom, drawn };
});
afterAll(() => model.dispose());

async function ask(
  picture: Parameters<MedGemma["embed"]>[0],
  present: Labelled["present"],
): Promise<Labelled> {
  const said: Record<string, boolean> = {};
  for (const finding of FINDINGS) {
    const { text } = await model.ask(picture, QUESTIONS[finding], { maxTokens: 4 });
    said[finding] = /^yes/i.test(text);
  }
  return { embedding: await model.embed(picture, { pool: "quarters" }), present, said };
}

describe.each(["drawn", "phantom"] as const)(
  "a head fitted on 200 drawn films, asked about %s pictures",
  (kind) => {
    test.each(FINDINGS)("is right about %s nearly as often as the model itself", (finding) => {
      const own = shareOf(unseen[kind].map(({ said, present }) => said[finding] === present[finding]));
      const head = shareOf(
        unseen[kind].map(
          ({ embedding, present }) => heads[finding]?.predict(embedding).label === present[finding],
        ),
      );
      expect(own).toBeGreaterThanOrEqual(0.9);
      expect(head).toBeGreaterThanOrEqual(0.95 * own);
    });
  },
);
