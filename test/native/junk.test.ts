import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import * as api from "../../src/index.js";
import { optionsOfTheApi } from "../support/api-options.js";
import { randomFrom } from "../support/corrupt.js";
import { JUNK, OWN_ERROR } from "../support/hostile/junk.js";
import { picturePath } from "../support/phantom.js";

/** Junk makes files of whatever name, and asks for whatever model. */
const folder = mkdtempSync(path.join(os.tmpdir(), "medgemma-junk-"));
const home = process.cwd();
const uncaught: unknown[] = [];
const note = (error: unknown) => void uncaught.push(error);
beforeAll(() => {
  process.chdir(folder);
  vi.stubEnv("MEDGEMMA_MODELS", path.join(folder, "models"));
  vi.stubEnv("MEDGEMMA_HUB", "http://127.0.0.1:9");
  process.on("unhandledRejection", note).on("uncaughtException", note);
});
afterAll(() => {
  process.off("unhandledRejection", note).off("uncaughtException", note);
  process.chdir(home);
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const chest = picturePath("000.png");
const fake = () => api.MedGemma.fromEngine(new api.FakeEngine());
const part = [{ type: "text", text: "Is it?", special: false }];
const raw = { width: 2, height: 2, channels: 3, data: new Uint8Array(12) };

/** Arguments that are right, so that junk in one place is all that is wrong. Of others, none are passed. */
const RIGHT: Readonly<Record<string, () => unknown[]>> = {
  "MedGemma.ask": () => [[], "Is it?", {}],
  "MedGemma.stream": () => [[], "Is it?", {}],
  "MedGemma.extract": () => [{ text: "Is it?" }, { type: "boolean" }, {}],
  "MedGemma.report": () => [raw, {}],
  "MedGemma.streamReport": () => [raw, {}],
  "MedGemma.classify": () => [raw, ["a", "b"], {}],
  "MedGemma.locate": () => [raw, "heart", {}],
  "MedGemma.compare": () => [raw, raw, {}],
  "MedGemma.streamCompare": () => [raw, raw, {}],
  "MedGemma.explain": () => ["It is.", {}],
  "MedGemma.streamExplain": () => ["It is.", {}],
  "MedGemma.prepare": () => [raw, {}],
  "MedGemma.chat": () => [{}],
  "MedGemma.embed": () => [raw, {}],
  "MedGemma.triage": () => [{ complaint: "cough", age: 40 }, {}],
  "MedGemma.decide": () => ["Asthma.", "What now?", {}],
  "MedGemma.streamDecide": () => ["Asthma.", "What now?", {}],
  "MedGemma.interview": () => [{}],
  "ChatSession.ask": () => ["Is it?", {}],
  "ChatSession.stream": () => ["Is it?", {}],
  "InterviewSession.answer": () => ["Yes."],
  "FakeEngine.tokenize": () => ["a", { special: true }],
  "FakeEngine.encode": () => [{ ...raw, origin: {} }, {}],
  "FakeEngine.generate": () => [part, { maxTokens: 2 }],
  "FakeEngine.score": () => [part, ["a"], {}],
  evaluate: () => [fake(), "ask", [{ images: raw, question: "Is it?", truth: "No." }], {}],
  quantizationLoss: () => [async () => fake(), async () => fake(), { text: "It is." }],
  prepareTuning: () => [
    [{ images: raw, question: "Is it?", truth: "No." }],
    { output: `tune-${Math.random()}` },
  ],
  readRecord: () => ["Asthma.", {}],
  toModelPictures: () => [chest, {}],
  inspectPath: () => [chest, {}],
  drawBoxes: () => [raw, [], {}],
  fitHead: () => [[], {}],
  fitCalibration: () => [[], {}],
};

/** Objects whose methods are walked too. */
const INSTANCES: Readonly<Record<string, () => object | Promise<object>>> = {
  MedGemma: fake,
  ChatSession: () => fake().chat(),
  InterviewSession: () => fake().interview(),
  FakeEngine: () => new api.FakeEngine(),
};

interface Call {
  readonly name: string;
  readonly of: () => Promise<(...args: unknown[]) => unknown>;
  readonly args: () => unknown[];
}

function calls(): Call[] {
  const found: Call[] = [];
  for (const [name, places] of Object.entries(optionsOfTheApi())) {
    const right = RIGHT[name] ?? (() => places.map(() => undefined));
    const of = () => functionOf(name);
    for (const [kind, make] of Object.entries(JUNK)) {
      for (const [at, options] of places.entries()) {
        const put = (value: () => unknown) => () => Object.assign(right(), { [at]: value() });
        found.push({ name: `${name}(${at}: ${kind})`, of, args: put(make) });
        for (const option of options) {
          const value = () => ({ ...(right()[at] as object), [option]: make() });
          found.push({ name: `${name}(${at}.${option}: ${kind})`, of, args: put(value) });
        }
      }
    }
  }
  return found;
}

/** `ask`, `MedGemma.ask`; a class's own name makes one. */
async function functionOf(name: string): Promise<(...args: unknown[]) => unknown> {
  const [first = "", method] = name.split(".");
  const exported = (api as Record<string, unknown>)[first] as Record<string, never>;
  if (method === undefined) {
    const isClass = /^class\b/.test(Function.prototype.toString.call(exported));
    const Made = exported as unknown as new (...args: unknown[]) => unknown;
    return isClass ? (...args) => new Made(...args) : (exported as never);
  }
  const owner = typeof exported[method] === "function" ? exported : ((await INSTANCES[first]?.()) as never);
  if (owner === undefined) return () => undefined;
  return (...args) => (owner[method] as unknown as (...all: unknown[]) => unknown).apply(owner, args);
}

/** Waits for what comes, to its end. */
async function outcome(result: unknown): Promise<void> {
  const value = await result;
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return;
  if (Symbol.asyncIterator in value && "next" in value)
    for await (const _ of value as AsyncIterable<unknown>);
  if (value instanceof api.MedGemma) await value.dispose();
}

/** Of all the calls as many as take some seconds: the same ones each time. Of a place without options more. */
function sample(all: readonly Call[]): Call[] {
  const random = randomFrom(20_261_128);
  return all.filter(({ name }) => random(name.includes(".", name.indexOf("(")) ? 12 : 3) === 0);
}

test("junk in every argument and option of every export is refused by name, or taken", async () => {
  const all = calls();
  expect(all.length).toBeGreaterThan(20_000);
  const wrong: string[] = [];
  for (const { name, of, args } of sample(all)) {
    // Before the call: making it may throw, of a proxy for one.
    const passed = args();
    const call = of().then((run) => outcome(run(...passed)));
    const error = await Promise.race([call, hang()]).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (error !== undefined && !isExpected(error)) wrong.push(`${name}: ${String(error).slice(0, 200)}`);
  }
  expect(wrong).toEqual([]);
  await sleep(100);
  expect(uncaught).toEqual([]);
});

/** An error of ours, or what the caller's own function threw. */
function isExpected(error: unknown): boolean {
  if (api.MedGemmaError.isInstance(error) || error === OWN_ERROR) return true;
  return error instanceof TypeError && error.message.startsWith("Class constructor");
}

/** Far longer than any of it takes. */
async function hang(): Promise<never> {
  await sleep(60_000, undefined, { ref: false });
  throw new Error("It hangs.");
}
