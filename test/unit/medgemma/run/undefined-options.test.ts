import { expect, it } from "vitest";
import { FakeEngine, MedGemma } from "../../../../src/index.js";
import { resolveLoadOptions } from "../../../../src/medgemma/load/load-options.js";
import { rejection } from "../../../support/ask.js";

/** Every option that a call knows, by what it says to a wrong one, with no value. */
async function allUndefined(call: (options: object) => Promise<unknown>): Promise<object> {
  const { remedy } = await rejection(call({ "no such option": 1 }));
  const names = remedy
    .replace(/^Known options: /, "")
    .replace(/\.$/, "")
    .split(", ");
  expect(names.length).toBeGreaterThan(3);
  return Object.fromEntries(names.map((name) => [name, undefined]));
}

const raw = { data: new Uint8Array(12), width: 2, height: 2, channels: 3 as const };

it("an option whose value is undefined is one that was not given", async () => {
  const engine = new FakeEngine({ answer: "No." });
  const model = MedGemma.fromEngine(engine);
  const calls: Record<string, (options: object) => Promise<unknown>> = {
    ask: (options) => model.ask(raw, "Is there an effusion?", options),
    report: (options) => model.report(raw, options),
    classify: (options) => model.classify(raw, ["nodule", "effusion"], options),
    compare: (options) => model.compare(raw, raw, options),
    explain: (options) => model.explain("No effusion.", options),
    embed: (options) => model.embed(raw, options),
    prepare: (options) => model.prepare(raw, options),
    chat: (options) => (async () => model.chat(options).ask("Is there an effusion?"))(),
    turn: (options) => model.chat({ system: "Be brief." }).ask("Is there an effusion?", options),
  };
  for (const [name, call] of Object.entries(calls)) {
    await call({});
    const plain = engine.prompts.at(-1);
    await call(await allUndefined(call));
    expect(engine.prompts.at(-1), name).toEqual(plain);
  }
});

it("and so it is with those of loading", async () => {
  const load = async (options: object) => resolveLoadOptions(options);
  const options = await allUndefined(load);
  const plain = await load({});
  const { engine, ...rest } = await load(options);
  expect(rest).toEqual({ ...plain, engine: undefined, ...rest });
  expect(JSON.stringify(engine)).toBe(JSON.stringify(plain.engine));
});
