import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageRoot } from "../../src/base/package.js";
import type { NativeEngine } from "../../src/engine/native/native-engine.js";
import { padImage } from "../../src/image/pad-image.js";
import { answer } from "../support/ask.js";
import { cosine, goldens, loadPhantom, messagesOf, nameOf, picture, readNpy } from "../support/phantom.js";

/** What transformers makes of the padded pictures; by test/oracles/phantom_padded.py. */
const padded = JSON.parse(
  readFileSync(path.join(packageRoot, "test/fixtures/phantom/padded.json"), "utf8"),
) as {
  readonly pictures: readonly string[];
  readonly answers: readonly {
    readonly golden: number;
    readonly answer_ids: readonly number[];
    readonly first: number;
  }[];
};
const reference = readNpy("padded-embeddings.npy");
const [, tokens = 0, width = 0] = reference.shape;

let engine: NativeEngine;
beforeAll(async () => {
  engine = await loadPhantom();
});
afterAll(() => engine.dispose());

const shown = async (name: string) => padImage(await picture(name));

test.each(padded.pictures.map((name, index) => ({ name, index })))(
  "the projector's output for $name padded is the reference's",
  async ({ name, index }) => {
    const { values } = await engine.encode(await shown(name));
    for (let token = 0; token < tokens; token++) {
      const at = (index * tokens + token) * width;
      const own = values.subarray(token * width, (token + 1) * width);
      expect(cosine(own, reference.values.subarray(at, at + width))).toBeGreaterThanOrEqual(0.9999);
    }
  },
);

test("answers about padded pictures equal the reference's", async () => {
  const different: string[] = [];
  for (const each of padded.answers) {
    const golden = goldens[each.golden];
    if (!golden) throw new Error(`There is no golden ${each.golden}.`);
    const given = await answer(engine, await messagesOf(golden, shown), { maxTokens: 160, logprobs: 1 });
    // The end of the turn is no part of the reference's ids.
    const ids = given.tokens.map(({ id }) => id).slice(0, each.answer_ids.length);
    expect(Math.abs((given.tokens[0]?.logprob ?? 0) - each.first), nameOf(golden)).toBeLessThanOrEqual(0.01);
    if (ids.join() !== each.answer_ids.join()) different.push(nameOf(golden));
  }
  console.log(
    `parity: ${padded.answers.length - different.length} of ${padded.answers.length} answers equal`,
  );
  expect(padded.answers).toHaveLength(32);
  expect(different.length / padded.answers.length, different.join("; ")).toBeLessThanOrEqual(0.02);
});

test("a padded picture is not what the stretched one is", async () => {
  for (const [index, name] of padded.pictures.entries()) {
    const { values } = await engine.encode(await picture(name));
    const at = index * tokens * width;
    const likeness = Array.from({ length: tokens }, (_, token) =>
      cosine(
        values.subarray(token * width, (token + 1) * width),
        reference.values.subarray(at + token * width, at + (token + 1) * width),
      ),
    );
    expect(Math.min(...likeness), name).toBeLessThan(0.99);
  }
});
