import { writeFileSync } from "node:fs";
import path from "node:path";
import { deflateRawSync } from "node:zlib";
import sharp from "sharp";
import { Head, ImageIndex, inspectPath, readDicom, toModelPictures } from "../../../../src/index.js";
import { greyPicture, writeDicom } from "../../../unit/dicom/support/write-dicom.js";
import { magnitude, oneOf } from "../kinds.js";
import { multiFrame } from "../multi-frame.js";
import { type Application, type AttackMakers, SHORT } from "./attack.js";

/** Files of very many small things, sources that say nothing, and the files that are no pictures. */

type Reader = (input: Uint8Array | string, application: Application) => Promise<unknown>;

const STUDY: Readonly<Record<string, Reader>> = {
  readDicom: (input, { signal }) => readDicom(input, { signal }),
  inspectPath: (input, { signal }) => inspectPath(input, { signal }),
  toModelPictures: (input, { signal }) => toModelPictures(input, { signal }),
};

const JPEG_LS = "1.2.840.10008.1.2.4.80";
const RLE = "1.2.840.10008.1.2.5";

const silent = () => new Promise<never>(() => undefined);
const SOURCES: Readonly<Record<string, () => unknown>> = {
  "a Blob": () => ({ size: 100, arrayBuffer: silent }),
  "a stream": () => ({ [Symbol.asyncIterator]: () => ({ next: silent }) }),
  "a stream of empty pieces": () => ({
    [Symbol.asyncIterator]: () => ({ next: async () => ({ done: false, value: new Uint8Array() }) }),
  }),
  "a pipeline": () => sharp(),
};

export const CROWD_ATTACKS: AttackMakers = {
  /** Functional groups of each frame, in every way of writing them. */
  "many-frames": (random, folder) => {
    const frames = magnitude(random, 100, 60_000);
    const coding = { explicit: random() < 0.5, closed: random() < 0.5, deflated: random() < 0.3 };
    const modality = oneOf(random, ["CT", "MR"]);
    const bytes = multiFrame(frames, coding, {
      modality,
      side: oneOf(random, [1, 2]),
      bits: oneOf(random, [8, 16]),
    });
    const reader = oneOf(random, Object.keys(STUDY));
    const name = `${frames} frames of ${modality}, ${JSON.stringify(coding)}; ${reader}`;
    const read = STUDY[reader] as Reader;
    if (random() < 0.5) return { name: `${name}, bytes`, run: (application) => read(bytes, application) };
    const file = path.join(folder, "frames.dcm");
    writeFileSync(file, bytes);
    return { name: `${name}, path`, run: (application) => read(file, application) };
  },

  /** Fragments of a byte or two, by the hundred thousand, of few frames or many. */
  "small-fragments": (random) => {
    const count = magnitude(random, 1000, 1_100_000);
    const frames = oneOf(random, [1, 2, Math.min(200_000, count), Math.ceil(count / 100)]);
    const items = Buffer.alloc(8 + count * 10 + 8);
    items.writeUInt32LE(0xe000fffe, 0);
    for (let at = 8; at < items.length - 8; at += 10) {
      items.writeUInt32LE(0xe000fffe, at);
      items.writeUInt32LE(2, at + 4);
    }
    items.writeUInt32LE(0xe0ddfffe, items.length - 8);
    const { "7fe00010 OW": _, ...rest } = greyPicture(4, 4, []);
    const head = writeDicom(
      { ...rest, "00080060 CS": oneOf(random, ["DX", "CT"]), "00280008 IS": String(frames) },
      oneOf(random, [JPEG_LS, RLE]),
    );
    const start = Buffer.from("e07f1000" + "4f420000" + "ffffffff", "hex");
    const bytes = new Uint8Array(Buffer.concat([head, start, items]));
    const reader = oneOf(random, Object.keys(STUDY));
    const read = STUDY[reader] as Reader;
    return {
      name: `${count} fragments of ${frames} frames; ${reader}`,
      run: (application) => read(bytes, application),
    };
  },

  /** Pictures whose format holds many, or is decoded all at once. */
  "moving-pictures": async (random) => {
    const format = oneOf(random, ["webp", "gif", "avif"] as const);
    const side = magnitude(random, 16, format === "avif" ? 1000 : 3000);
    const pages = format === "avif" ? 1 : Math.max(1, Math.min(400, Math.floor(4e6 / (side * side))));
    const background = { r: 10, g: Math.floor(random() * 255), b: 90 };
    const still = sharp({ create: { width: side, height: side * pages, channels: 3, background } });
    const raw = await still.raw().toBuffer();
    const made = sharp(raw, { raw: { width: side, height: side * pages, channels: 3, pageHeight: side } });
    const bytes = await made.toFormat(format, { effort: 1 }).toBuffer();
    // As it is, cut off, or with a byte changed.
    const harm = oneOf(random, ["whole", "cut", "changed"] as const);
    const at = Math.floor(random() * bytes.length);
    if (harm === "changed") bytes[at] = Math.floor(random() * 256);
    const given = new Uint8Array(harm === "cut" ? bytes.subarray(0, at) : bytes);
    return {
      name: `${pages} pages of ${side} pixels a side as ${format}, ${harm}`,
      run: ({ model, signal }) => model.embed(given, { signal }),
    };
  },

  /** A source that gives nothing, given up by the application's own signal or by the limit. */
  "silent-source": (random) => {
    const source = oneOf(random, Object.keys(SOURCES));
    const door = oneOf(random, ["ask", "readDicom", "inspectPath", "toModelPictures"]);
    const after = random() < 0.5 ? magnitude(random, 1, 200) : undefined;
    const limits = { maxSilence: magnitude(random, 1, 300) };
    return {
      name: `${source} that gives nothing; ${door}, ${after === undefined ? "the limit" : `a signal after ${after} ms`}`,
      run: ({ model }) => {
        const signal = after === undefined ? undefined : AbortSignal.timeout(after);
        const given = SOURCES[source]?.() as never;
        if (door === "ask") return model.ask(given, "Is there a nodule?", { ...SHORT, limits, signal });
        const open = { readDicom, inspectPath, toModelPictures }[door] as typeof inspectPath;
        return open(given, { limits, signal });
      },
    };
  },

  /** Options and inputs of more names and values than are meant. */
  "many-names": (random) => {
    const count = magnitude(random, 1000, 100_000);
    const names = Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index]));
    let lists: unknown = [1, 2, 3];
    for (let depth = 0; depth < 5; depth++) lists = Array.from({ length: 100 }, () => lists);
    const value = oneOf(random, [names, lists, new Proxy(names, {})]) as never;
    const place = oneOf(random, ["picture", "options", "limits", "stop", "labels"]);
    return {
      name: `an object of ${count} names or a list of lists as ${place}`,
      run: ({ model, signal }) => {
        if (place === "picture") return model.ask(value, "Is there a nodule?", { ...SHORT, signal });
        if (place === "labels") return model.classify([], value, { signal });
        const options = place === "options" ? value : { ...SHORT, signal, [place]: value };
        return model.ask([], "Is there a nodule?", options);
      },
    };
  },

  /** Files of the package's own kinds, of anybody's making: heads, indexes, calibrations. */
  "own-files": (random, folder) => {
    const count = magnitude(random, 10, 1_000_000);
    const door = oneOf(random, ["head", "index", "calibration"]);
    const contents: Readonly<Record<string, () => string | Uint8Array>> = {
      "a deep list": () => "[".repeat(count) + "]".repeat(count),
      "many numbers": () => `{"format":"medgemma-head","version":1,"weights":[${"0.5,".repeat(count)}1]}`,
      "many names": () =>
        `{${Array.from({ length: Math.min(count, 100_000) }, (_, i) => `"k${i}":1`).join(",")}}`,
      "great numbers": () =>
        `{"dimensions":${"9".repeat(Math.min(count, 5000))},"temperature":1e400,"bias":-1e400}`,
      "zero bytes": () => new Uint8Array(count),
      "a database's beginning": () =>
        Buffer.concat([Buffer.alloc(8), Buffer.from("DUCK"), Buffer.alloc(count, 0xff)]),
      "a packed text": () => deflateRawSync(Buffer.alloc(count)),
    };
    const content = oneOf(random, Object.keys(contents));
    const file = path.join(folder, door === "index" ? "cases.medgemma" : `${door}.json`);
    writeFileSync(file, contents[content]?.() ?? "");
    const picture = { data: new Uint8Array(64 * 64 * 3), width: 64, height: 64, channels: 3 } as const;
    return {
      name: `${content} (${count}) as ${door}`,
      run: async ({ model, signal }) => {
        if (door === "head") return Head.load(file);
        if (door === "calibration")
          return model.classify(picture, ["nodule", "opacity"], { calibration: file, signal });
        return (await ImageIndex.open(file)).close();
      },
    };
  },
};
