import { writeFileSync } from "node:fs";
import path from "node:path";
import { inspectPath, readDicom, toModelPictures } from "../../../../src/dicom/index.js";
import type { Random } from "../../../unit/dicom/support/mutate.js";
import { HOSTILE_FILES, type Hostile } from "../index.js";
import { oneOf } from "../kinds.js";
import { type Application, type Attack, type AttackMakers, SHORT } from "./attack.js";

type Reader = (input: Uint8Array | string, application: Application) => Promise<unknown>;

const ask: Reader = (input, { model, signal }) =>
  model.ask(input, "Is there a nodule?", { ...SHORT, signal });

const READERS: Readonly<Record<Hostile["call"], Readonly<Record<string, Reader>>>> = {
  picture: {
    ask,
    embed: (input, { model, signal }) => model.embed(input, { signal }),
    classify: (input, { model, signal }) => model.classify(input, ["nodule", "opacity"], { signal }),
  },
  study: {
    ask,
    readDicom: (input, { signal }) => readDicom(input, { signal }),
    toModelPictures: (input, { signal }) => toModelPictures(input, { signal }),
  },
};

/** Of the file, by its bytes or by its path, read by one of those who read such. */
function attackOf({ name, file, bytes, call }: Hostile, random: Random, folder: string): Attack {
  const readers = READERS[call];
  const reader = oneOf(random, Object.keys(readers));
  const read = readers[reader];
  if (!read) throw new Error(`no ${reader}`);
  if (random() < 0.5)
    return { name: `${name}; ${reader}, bytes`, run: (application) => read(bytes, application) };
  const whole = path.join(folder, file);
  writeFileSync(whole, bytes);
  if (call === "study" && random() < 0.3)
    return { name: `${name}; inspectPath`, run: ({ signal }) => inspectPath(whole, { signal }) };
  return { name: `${name}; ${reader}, path`, run: (application) => read(whole, application) };
}

/** Every hostile file's kind. */
export const FILE_ATTACKS: AttackMakers = Object.fromEntries(
  Object.entries(HOSTILE_FILES).map(([kind, make]) => [
    kind,
    (random: Random, folder: string) => attackOf(make(random), random, folder),
  ]),
);
