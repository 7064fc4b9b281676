import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import {
  Head,
  ImageIndex,
  inspectPath,
  MedGemma,
  quantize,
  readCases,
  readDicom,
  readTuneCases,
  toModelPictures,
} from "../../../../src/index.js";
import { oneOf } from "../kinds.js";
import { type Application, type AttackMakers, SHORT } from "./attack.js";

type Door = (file: string, application: Application) => Promise<unknown>;

/** Every door through which a path comes. */
const DOORS: Readonly<Record<string, Door>> = {
  "a picture": (file, { model, signal }) => model.ask(file, "Is there a nodule?", { ...SHORT, signal }),
  "a picture to embed": (file, { model, signal }) => model.embed(file, { signal }),
  readDicom: (file, { signal }) => readDicom(file, { signal }),
  toModelPictures: (file, { signal }) => toModelPictures(file, { signal }),
  inspectPath: (file, { signal }) => inspectPath(file, { signal }),
  "a model": (file, { signal }) => loaded(MedGemma.load({ model: file, signal })),
  "a projector": (file, { signal }) =>
    loaded(MedGemma.load({ model: "models/phantom/phantom-f16.gguf", projector: file, signal })),
  "a LoRA": (file, { signal }) => loaded(MedGemma.load({ adapters: [{ file }], signal })),
  "a calibration": (file, { model, signal }) =>
    model.classify(grey, ["nodule"], { calibration: file, signal }),
  cases: (file) => readCases(file),
  "cases to tune on": (file) => readTuneCases(file),
  "a head": (file) => Head.load(file),
  "an index": (file) => ImageIndex.open(file),
  quantize: (file, { folder, signal }) =>
    quantize(file, "Q4_K_M", { output: path.join(folder, "out.gguf"), signal }),
};
const grey = { data: new Uint8Array(64 * 64 * 3).fill(90), width: 64, height: 64, channels: 3 } as const;

async function loaded(loading: Promise<MedGemma>): Promise<void> {
  await using _model = await loading;
}

/** What lies at a path and is no file. */
const THINGS: Readonly<Record<string, (file: string) => string>> = {
  "a named pipe": (file) => {
    execFileSync("mkfifo", [file]);
    return file;
  },
  "a link to a named pipe": (file) => {
    execFileSync("mkfifo", [`${file}.pipe`]);
    symlinkSync(`${file}.pipe`, file);
    return file;
  },
  "a socket": (file) => {
    createServer().listen(file).unref();
    return file;
  },
  "a device without end": () => "/dev/zero",
  "a device of noise": () => "/dev/urandom",
  "a terminal": () => "/dev/tty",
  "a folder": (file) => {
    mkdirSync(file);
    return file;
  },
  "a link to itself": (file) => {
    symlinkSync(file, file);
    return file;
  },
  "a way through a file": () => path.resolve("package.json/x.png"),
  "a name of 5000 letters": (file) => path.join(path.dirname(file), "x".repeat(5000)),
  "a name with a zero byte": (file) => `${file}\0.png`,
  "memory of the kernel": () => "/proc/self/mem",
  "an endless file of the kernel": () => "/proc/kmsg",
};
const ENDINGS = [".png", ".dcm", ".gguf", ".json", ".jsonl", ".nii.gz", ".svs", ".zip", ""];

export const PATH_ATTACKS: AttackMakers = {
  "no-file": (random, folder) => {
    const [thing, door] = [oneOf(random, Object.keys(THINGS)), oneOf(random, Object.keys(DOORS))];
    const ending = oneOf(random, ENDINGS);
    const [make, open] = [THINGS[thing], DOORS[door]];
    if (!make || !open) throw new Error("no such");
    const file = make(path.join(folder, `hostile${ending}`));
    return { name: `${thing} (${ending}) as ${door}`, run: (application) => open(file, application) };
  },
};
