import sharp from "sharp";
import { expect, onTestFinished, test } from "vitest";
import { FakeEngine, MedGemma } from "../../../../src/index.js";
import { readContent } from "../../../../src/medgemma/run/pictures.js";

const profile = { version: "1.5", fit: "stretch" } as const;
const SIDE = 64;
const BYTES = SIDE * SIDE * 3;
const png = await sharp({ create: { width: SIDE, height: SIDE, channels: 3, background: "#678" } })
  .png()
  .toBuffer();
const pictures = (count: number) =>
  Array.from({ length: count }, () => ({ type: "image" as const, image: png }));
const read = (count: number, maxMemory?: number) =>
  readContent(pictures(count), profile, { limits: { maxMemory } });

test("the pictures of one call are held to the memory of all together", async () => {
  expect((await read(4, 4 * BYTES)).content).toHaveLength(4);
  await expect(read(5, 4 * BYTES)).rejects.toMatchObject({
    code: "image_too_large",
    facts: { memory: 5 * BYTES, limit: 4 * BYTES },
  });
});

test("many pictures beside each other are no leak of listeners", async () => {
  const warnings: string[] = [];
  const hear = ({ name }: Error) => warnings.push(name);
  process.on("warning", hear);
  onTestFinished(() => void process.off("warning", hear));
  const stop = new AbortController();
  await readContent(pictures(40), profile, { signal: stop.signal });
  await read(40);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(warnings).toEqual([]);
});

test("more pictures than the context has room for are refused before one is decoded, unless they are only prepared", async () => {
  const engine = new FakeEngine();
  const { contextSize, projector } = engine.info;
  const most = Math.floor(contextSize / (projector?.imageTokens ?? Number.NaN));
  const damaged = Array.from({ length: most + 1 }, () => png.subarray(0, 60));
  const model = MedGemma.fromEngine(engine);
  await expect(model.ask(damaged, "Is it?")).rejects.toMatchObject({ code: "context_full" });
  await expect(model.ask(damaged.slice(1), "Is it?")).rejects.toMatchObject({ code: "image_unreadable" });
  await expect(model.prepare(damaged)).rejects.toMatchObject({ code: "image_unreadable" });
});

test("what the caller stopped is no file's fault", async () => {
  const model = MedGemma.fromEngine(new FakeEngine());
  const stop = new AbortController();
  const asking = model.ask(["test/fixtures/image/first.tif"], "Is it?", { signal: stop.signal });
  stop.abort();
  const error = await asking.catch((thrown) => thrown);
  expect(error).toMatchObject({ code: "aborted", message: expect.not.stringContaining("first.tif") });
  expect(error.facts).not.toHaveProperty("file");
});
