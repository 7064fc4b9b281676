import { createReadStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { inspect } from "node:util";
import sharp from "sharp";
import { afterAll, expect, test } from "vitest";
import {
  FakeEngine,
  Head,
  ImageIndex,
  inspectPath,
  MedGemma,
  MedGemmaError,
  prepareTuning,
  quantize,
  readCases,
  readDicom,
  readTuneCases,
  toModelPictures,
} from "../../src/index.js";
import { PHANTOM } from "../support/phantom.js";

const top = mkdtempSync(path.join(os.tmpdir(), "medgemma-no-folders-"));
const folder = path.join(top, "Mueller Anna");
mkdirSync(folder);
afterAll(() => rmSync(top, { recursive: true }));
const file = path.join(folder, "junk.png");
writeFileSync(file, "junk");
/** What may stand where a file is needed; all but the file itself are mistakes that everybody makes. */
const PLACES = {
  "a folder": folder,
  "a folder with a slash": `${folder}/`,
  "a file of junk": file,
  "no file": path.join(folder, "none.png"),
  "no folder": path.join(folder, "none", "x.png"),
  "a file as folder": path.join(file, "x.png"),
};

const grey = { data: new Uint8Array(12), width: 2, height: 2, channels: 3 } as const;
const model = MedGemma.fromEngine(new FakeEngine());
const tune = [{ images: [], question: "Q", truth: "a" }];
const out = path.join(top, "out.gguf");
const DOORS: Readonly<Record<string, (place: string) => unknown>> = {
  "a picture": (place) => model.ask(place, "Q"),
  "a stream of the caller's": (place) => model.ask(createReadStream(place), "Q"),
  "a sharp instance": (place) => model.ask(sharp(place), "Q"),
  readDicom,
  toModelPictures,
  inspectPath,
  "a model": (place) => MedGemma.load({ model: place }),
  "a projector": (place) => MedGemma.load({ model: PHANTOM.model, projector: place }),
  "a LoRA": (place) => MedGemma.load({ adapters: [{ file: place }] }),
  "a program": (place) => MedGemma.load({ execPath: place }),
  "an embedding cache": (place) => MedGemma.load({ embeddingCacheDir: place }),
  "a calibration": (place) => model.classify(grey, ["nodule"], { calibration: place }),
  readCases,
  readTuneCases,
  "a head": (place) => Head.load(place),
  "an index": (place) => ImageIndex.open(place),
  "quantize's input": (place) => quantize(place, "Q8_0", { output: out }),
  "quantize's output": (place) => quantize(PHANTOM.model, "Q8_0", { output: place }),
  "a set to tune on": (place) => prepareTuning(tune, { output: place }),
};

test.each(Object.entries(DOORS))("no folder is in what is thrown for %s", async (_, open) => {
  const errors: unknown[] = [];
  for (const place of Object.values(PLACES)) {
    try {
      const opened = (await open(place)) as
        | { dispose?(): Promise<void>; close?(): Promise<void> }
        | undefined;
      await (opened?.dispose?.() ?? opened?.close?.());
    } catch (error) {
      errors.push(error);
    }
  }
  expect(errors.length).toBeGreaterThan(0);
  for (const error of errors) {
    expect(error).toBeInstanceOf(MedGemmaError);
    // The stack is of this process; its lines are places in code.
    const words = inspect(error, { depth: 9 }).replaceAll(/^\s+at .*$/gm, "");
    expect(words).not.toMatch(/Mueller|medgemma-no-folders/);
  }
});
