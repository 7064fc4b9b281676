import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packageRoot } from "../../src/base/package.js";
import { readPicture } from "../../src/image/read-picture.js";
import { MedGemma, type RgbImage } from "../../src/index.js";

const image = (name: string) => path.join(packageRoot, "examples/images", name);
const QUESTION = "Is there pleural effusion in this image? Answer with yes or no.";

const cosine = (a: Float32Array, b: Float32Array): number => {
  let [ab, aa, bb] = [0, 0, 0];
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? 0;
    ab += value * other;
    aa += value * value;
    bb += other * other;
  }
  return ab / Math.sqrt(aa * bb);
};

describe.each(["none", "process"] as const)("a buffer that the caller reuses, isolation %s", (isolation) => {
  let dir: string;
  let model: MedGemma;
  let first: RgbImage;
  let second: RgbImage;

  beforeAll(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), "medgemma-reuse-"));
    model = await MedGemma.load({ isolation, embeddingCacheDir: dir });
    const shrink = async (name: string) => {
      const { default: sharp } = await import("sharp");
      return readPicture(sharp(image(name)).resize(224, 224, { fit: "fill" }));
    };
    first = await shrink("chest-001.png");
    second = await shrink("junk-004.png");
  });
  afterAll(async () => {
    await model.dispose();
    await rm(dir, { recursive: true });
  });

  test("never gives one picture's embedding under the other's key", async () => {
    const truth = await Promise.all([first, second].map((image) => model.engine.encode(image)));
    // The picture that fills the encoder's square goes to it as it is: the one case without a resized copy.
    const shared: RgbImage = { ...first, data: new Uint8Array(first.data) };
    const encoding = model.engine.encode(shared);
    shared.data.set(second.data);
    const got = await encoding;
    const named = truth.find(({ key }) => key === got.key);
    expect(named && cosine(named.values, got.values)).toBeGreaterThan(0.9999);
  });

  test("is answered about as it was at the call", async () => {
    const asked: RgbImage = { ...first, data: new Uint8Array(first.data) };
    const answer = model.ask(asked, QUESTION);
    asked.data.set(second.data);
    expect((await answer).text).toBe((await model.ask(first, QUESTION)).text);
    const raw = { data: new Uint8Array(first.data), width: 224, height: 224, channels: 3 as const };
    const answerToRaw = model.ask(raw, QUESTION);
    raw.data.set(second.data);
    expect((await answerToRaw).text).toBe((await answer).text);
  });

  test("the phantom says that it is one, by whatever path it was loaded", async () => {
    const dirOfModels = path.join(packageRoot, "models/phantom");
    const byPath = await MedGemma.load({
      isolation,
      model: path.join(dirOfModels, "phantom-f16.gguf"),
      projector: path.join(dirOfModels, "mmproj-phantom-f16.gguf"),
    });
    try {
      expect(byPath.info.phantom).toBe(true);
      expect((await byPath.ask([], "What is the impression?", { maxTokens: 4 })).notice).toMatch(
        /not for patients/i,
      );
    } finally {
      await byPath.dispose();
    }
  });

  test("llama.cpp's log reaches the listener that was asked for", async () => {
    const lines: string[] = [];
    const logged = await MedGemma.load({ isolation, onLog: (_, line) => lines.push(line) });
    await logged.dispose();
    expect(lines.some((line) => /llama|load/.test(line))).toBe(true);
  });
});

test("a file address of another host is refused with a code", async () => {
  const model = await MedGemma.load({ isolation: "none" });
  try {
    await expect(model.ask("file://host/x.png", "Q")).rejects.toMatchObject({ code: "bad_option" });
  } finally {
    await model.dispose();
  }
});
