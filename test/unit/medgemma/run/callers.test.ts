import { expect, test } from "vitest";
import { FakeEngine } from "../../../../src/engine/fake-engine.js";
import { MedGemma } from "../../../../src/medgemma/medgemma.js";

const PIXELS = { data: new Uint8Array(12), width: 2, height: 2, channels: 3 } as const;
const LABELS = Array.from({ length: 40 }, (_, index) => `finding ${index}`);

/** Tells how many questions it has at once, and takes some turns of the event loop for each. */
class SlowEngine extends FakeEngine {
  most = 0;
  #now = 0;
  readonly order: string[] = [];

  override async score(...call: Parameters<FakeEngine["score"]>) {
    this.order.push("score");
    this.most = Math.max(this.most, ++this.#now);
    for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
    this.#now--;
    return super.score(...call);
  }

  override async *generate(...call: Parameters<FakeEngine["generate"]>) {
    for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
    this.order.push("answer");
    yield* super.generate(...call);
  }
}

const classify = (model: MedGemma) => model.classify(PIXELS, LABELS, { multiLabel: true });

test("alone, a call has eight questions at the engine", async () => {
  const engine = new SlowEngine();
  const { labels } = await classify(MedGemma.fromEngine(engine));
  expect(engine.most).toBe(8);
  expect(labels.map(({ label }) => label)).toEqual(LABELS);
  expect(engine.prompts.map(({ text }) => /finding \d+/.exec(text)?.[0]).sort()).toEqual([...LABELS].sort());
});

test("beside others it has one", async () => {
  const engine = new SlowEngine();
  const model = MedGemma.fromEngine(engine);
  let ended = false;
  const others = (async () => {
    while (!ended) await model.ask([], "Is it?");
  })();
  const { labels } = await classify(model);
  ended = true;
  await others;
  expect(engine.most).toBe(1);
  expect(labels.map(({ label }) => label)).toEqual(LABELS);
  // In between: neither waits for the other to end.
  const middle = engine.order.slice(engine.order.indexOf("score"), engine.order.lastIndexOf("score"));
  expect(middle.filter((kind) => kind === "answer").length).toBeGreaterThan(20);
});

test("two such calls have one each", async () => {
  let arrived = 0;
  /** The first question of each waits for the other's, whichever picture was read first. */
  class Meeting extends SlowEngine {
    override async score(...call: Parameters<FakeEngine["score"]>) {
      if (++arrived <= 2) while (arrived < 2) await new Promise(setImmediate);
      return super.score(...call);
    }
  }
  const engine = new Meeting();
  const model = MedGemma.fromEngine(engine);
  await Promise.all([classify(model), classify(model)]);
  expect(engine.most).toBe(2);
});

test("a call that fails stops its other questions", async () => {
  /** Heeds no signal, as an engine of an application's own may not. */
  class Heedless extends SlowEngine {
    override score(...[parts, texts]: Parameters<FakeEngine["score"]>) {
      return super.score(parts, texts);
    }
  }
  // Once: the others go on well.
  const engine: SlowEngine = new Heedless({
    score: (_, text) => {
      if (engine.prompts.length === 12) throw new Error("no more");
      return -text.length;
    },
  });
  await expect(classify(MedGemma.fromEngine(engine))).rejects.toThrow("no more");
  for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate);
  expect(engine.prompts.length).toBeLessThan(LABELS.length / 2);
});
