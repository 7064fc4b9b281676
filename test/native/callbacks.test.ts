import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import {
  evaluate,
  FakeEngine,
  MedGemma,
  MedGemmaError,
  prepareTuning,
  pullModel,
  quantizationLoss,
  quantize,
  readDicom,
  toModelPictures,
  verifyModels,
} from "../../src/index.js";
import { callbacksOfTheApi } from "../support/api-callbacks.js";
import { PHANTOM, picturePath, THREADS } from "../support/phantom.js";
import { greyPicture, writeDicom } from "../unit/dicom/support/write-dicom.js";
import { startHub } from "../unit/models/hub.js";
import { phantomHub } from "./models-support.js";

/** What the caller's function throws. */
const THROWN = new Error("thrown by the caller's own function");
type Thrower = (...args: readonly unknown[]) => never;

interface Case {
  /** `rejects`: with what was thrown; `typed`: with an error of ours; `goes on`: as if nothing were. */
  readonly outcome: "rejects" | "typed" | "goes on";
  readonly call: (thrower: Thrower) => Promise<unknown>;
}

const folder = mkdtempSync(path.join(os.tmpdir(), "medgemma-callbacks-"));
const hub = await startHub();
const chest = picturePath("000.png");
let model: MedGemma;
let count = 0;
beforeAll(async () => {
  model = await MedGemma.load({ threads: THREADS });
});
afterAll(async () => {
  await model.dispose();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const fake = (script: ConstructorParameters<typeof FakeEngine>[0] = {}) =>
  MedGemma.fromEngine(new FakeEngine(script));
const load = async (options: object) => {
  const loaded = await MedGemma.load({ threads: THREADS, ...options });
  await loaded.ask([], "Is it?", { maxTokens: 2 });
  await loaded.dispose();
};
/** A folder of models in which nothing is yet. */
const models = () => {
  const env = phantomHub(hub, path.join(folder, `models-${++count}`));
  return { catalogue: env.MEDGEMMA_CATALOGUE, hub: env.MEDGEMMA_HUB, folder: env.MEDGEMMA_MODELS, env };
};
const pull = async (onProgress?: Thrower) => {
  const { env: _, ...settings } = models();
  await pullModel("drawn-chests", { ...settings, acceptLicense: true, onProgress });
  return settings;
};
const cases = [{ images: chest, question: "Is it?", truth: "No." }];
const dicom = () => writeDicom(greyPicture(2, 2, [1, 2, 3, 4]));
const schema = (throwing: object) => ({
  "~standard": {
    version: 1,
    vendor: "own",
    validate: (value: unknown) => ({ value }),
    jsonSchema: { input: () => ({ type: "boolean" }) },
    ...throwing,
  },
});
const structured = (throwing: object) =>
  fake({ answer: "true" }).ask([], "Is it?", { schema: schema(throwing) } as never);

const CASES: Readonly<Record<string, Case>> = {
  "BlobLike.arrayBuffer": {
    outcome: "typed",
    call: (arrayBuffer) => model.ask({ size: 3, arrayBuffer }, "Is it?"),
  },
  "DecideOptions.onStep": {
    outcome: "rejects",
    call: (onStep) => model.decide("Asthma since 2010.", "What now?", { onStep, maxTokens: 32 }),
  },
  "EmbedOptions.onProgress": {
    outcome: "rejects",
    call: (onProgress) => model.embed(picturePath("001.png"), { onProgress }),
  },
  "EncodeOptions.onProgress": {
    outcome: "rejects",
    call: async (onProgress) => {
      const width = 8 + ++count;
      const data = new Uint8Array(width * width * 3).fill(count);
      const origin = { format: "raw", storedWidth: width, storedHeight: width, steps: [] } as const;
      await model.engine.encode({ width, height: width, data, origin }, { onProgress });
    },
  },
  "EvaluateOptions.onProgress": {
    outcome: "rejects",
    call: (onProgress) => evaluate(fake(), "ask", [...cases, ...cases], { onProgress }),
  },
  // A function of these is to give its value at once: a promise is refused.
  "FakeScript.answer": { outcome: "rejects", call: (answer) => fake({ answer }).ask([], "Is it?") },
  "FakeScript.score": {
    outcome: "rejects",
    call: (score) => fake({ score }).classify(chest, ["effusion", "nodule"]),
  },
  "LoadOptions.onDownload": {
    outcome: "rejects",
    call: async (onDownload) => {
      for (const [name, value] of Object.entries(models().env)) vi.stubEnv(name, value);
      await load({ model: "drawn-chests", acceptLicense: true, onDownload }).finally(() =>
        vi.unstubAllEnvs(),
      );
    },
  },
  "LoadOptions.onLog": { outcome: "goes on", call: (onLog) => load({ onLog }) },
  "LoadOptions.onProgress": { outcome: "rejects", call: (onProgress) => load({ onProgress }) },
  "LossInput.onProgress": {
    outcome: "rejects",
    call: (onProgress) => {
      const both = async () => fake();
      return quantizationLoss(both, both, { cases, onProgress });
    },
  },
  "PictureOptions.onProgress": {
    outcome: "rejects",
    call: (onProgress) => toModelPictures(dicom(), { onProgress }),
  },
  "PrepareOptions.onProgress": {
    outcome: "rejects",
    call: (onProgress) => model.prepare([picturePath("002.png"), picturePath("003.png")], { onProgress }),
  },
  "PrepareTuningOptions.onProgress": {
    outcome: "rejects",
    call: (onProgress) => {
      const tune = { images: chest, question: "Is it?", truth: "No." };
      return prepareTuning([tune, tune, tune], {
        output: path.join(folder, `tune-${++count}`),
        onProgress,
      } as never);
    },
  },
  "PullOptions.onProgress": { outcome: "rejects", call: pull },
  "QuantizeOptions.onProgress": {
    outcome: "rejects",
    call: (onProgress) =>
      quantize(PHANTOM.model, "Q8_0", { output: path.join(folder, `q-${++count}.gguf`), onProgress }),
  },
  "StandardProps.jsonSchema.input": {
    outcome: "typed",
    call: (input) => structured({ jsonSchema: { input } }),
  },
  "StandardProps.validate": { outcome: "typed", call: (validate) => structured({ validate }) },
  "quantizationLoss.loadAfter": {
    outcome: "rejects",
    call: (loadAfter) => quantizationLoss(async () => fake(), loadAfter, { cases }),
  },
  "quantizationLoss.loadBefore": {
    outcome: "rejects",
    call: (loadBefore) => quantizationLoss(loadBefore, async () => fake(), { cases }),
  },
  "verifyModels.options.onProgress": {
    outcome: "rejects",
    call: async (onProgress) => verifyModels("drawn-chests", { ...(await pull()), onProgress }),
  },
};

test("all functions that a caller may hand over are tried here", () => {
  expect(Object.keys(CASES)).toEqual(callbacksOfTheApi());
});

// An async function's error comes later: some calls have ended by then, and it is nobody's.
const LATE: ReadonlySet<string> = new Set([
  "DecideOptions.onStep",
  "EmbedOptions.onProgress",
  "EncodeOptions.onProgress",
]);

describe.each(Object.entries(CASES))("%s", (name, { outcome, call }) => {
  test.each([
    [
      "throws",
      () => {
        throw THROWN;
      },
    ],
    [
      "rejects",
      async () => {
        throw THROWN;
      },
    ],
  ])("that %s ends its own call at most", async (how, thrower) => {
    const uncaught = vi.fn();
    process.on("unhandledRejection", uncaught).on("uncaughtException", uncaught);
    const error = await call(thrower as unknown as Thrower).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    await sleep(20);
    process.off("unhandledRejection", uncaught).off("uncaughtException", uncaught);
    expect(uncaught).not.toHaveBeenCalled();
    if (how === "rejects" && LATE.has(name) && error === undefined) return;
    if (outcome === "goes on") expect(error).toBeUndefined();
    else if (outcome === "rejects" && !(how === "rejects" && name.startsWith("FakeScript")))
      expect(error).toBe(THROWN);
    else expect(MedGemmaError.isInstance(error), String(error)).toBe(true);
  });
});

test("the engine has outlived them all", async () => {
  expect((await model.ask([], "Is it?", { maxTokens: 4 })).text).not.toBe("");
});

test("what cannot be sent to a worker or the engine's process is refused by name", async () => {
  const bytes = new Uint8Array(dicom());
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  const typed = expect.objectContaining({ code: expect.any(String), remedy: expect.any(String) });
  await expect(readDicom(bytes)).rejects.toEqual(typed);
  await expect(toModelPictures(bytes)).rejects.toEqual(typed);
  const uncloneable = { limits: { timeout: 1000, maxFrames: () => 1 } } as never;
  await expect(readDicom(dicom(), uncloneable)).rejects.toEqual(typed);
  await expect(
    toModelPictures(dicom(), { window: { center: 1, width: 2, why: () => 1 } } as never),
  ).rejects.toEqual(typed);
  // The workers are none the worse.
  expect((await readDicom(dicom())).frames).toBe(1);
});
