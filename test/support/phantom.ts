import { readFileSync } from "node:fs";
import path from "node:path";
import { packageRoot } from "../../src/base/package.js";
import type { GpuOption } from "../../src/engine/native/gpu.js";
import { NativeEngine, type NativeEngineOptions } from "../../src/engine/native/native-engine.js";
import { readPicture } from "../../src/image/read-picture.js";
import type { RgbImage } from "../../src/image/rgb.js";
import type { Message } from "../../src/prompt/message.js";

const fixtures = path.join(packageRoot, "test/fixtures/phantom");
const models = path.join(packageRoot, "models/phantom");

export const PHANTOM = {
  model: path.join(models, "phantom-f16.gguf"),
  projector: path.join(models, "mmproj-phantom-f16.gguf"),
} as const;

/** Of the phantom's vocabulary. */
export const SOFT_TOKEN = 8;

/** One question as the reference answered it; see test/fixtures/phantom/README.md. */
export interface Golden {
  readonly messages: readonly {
    readonly role: "system" | "user" | "assistant";
    readonly content: string | readonly ({ type: "image" } | { type: "text"; text: string })[];
  }[];
  readonly images: readonly string[];
  readonly prompt_ids: readonly number[];
  /** [id, text, log-probability] of the five best first tokens. */
  readonly first: readonly (readonly [number, string, number])[];
  readonly answer: string;
  readonly answer_ids: readonly number[];
  readonly kind: string;
}

export interface Truth {
  readonly file: string;
  readonly rgb224_sha256: string;
}

const readJson = (name: string): unknown => JSON.parse(readFileSync(path.join(fixtures, name), "utf8"));

export const goldens = readJson("goldens.json") as readonly Golden[];
export const truth = readJson("truth.json") as readonly Truth[];

/** Path of a case's picture. */
export const picturePath = (name: string): string => path.join(fixtures, "cases", name);

const pictures = new Map<string, Promise<RgbImage>>();

/** A case's picture, decoded once. */
export function picture(name: string): Promise<RgbImage> {
  const known = pictures.get(name) ?? readPicture(picturePath(name));
  pictures.set(name, known);
  return known;
}

/** One uniform grey, as large as the model's square. */
export const greyPicture: RgbImage = {
  width: 224,
  height: 224,
  data: new Uint8Array(224 * 224 * 3).fill(128),
  origin: { format: "raw", storedWidth: 224, storedHeight: 224, steps: [] },
};

/** The messages with pictures in the places of theirs; `show` picks another picture than the case's. */
export async function messagesOf(
  golden: Golden,
  show: (name: string) => RgbImage | Promise<RgbImage> = picture,
): Promise<Message<RgbImage>[]> {
  const shown = await Promise.all(golden.images.map(show));
  let next = 0;
  return golden.messages.map(({ role, content }) => ({
    role,
    content:
      typeof content === "string"
        ? content
        : content.map((part) =>
            part.type === "text" ? part : { type: "image" as const, image: shown[next++] ?? greyPicture },
          ),
  }));
}

/** How a case is named in the output of a test. */
export const nameOf = (golden: Golden): string =>
  [golden.kind, ...golden.images, golden.images.length === 0 ? `"${golden.messages[0]?.content}"` : ""]
    .filter(Boolean)
    .join(" ");

export const kinds = [...new Set(goldens.map((golden) => golden.kind))];

/** One thread: ggml's threads wait for each other by spinning, which on a busy machine costs more than they gain here. */
export const THREADS = 1;

/** The backend that the parity tests are repeated on: `MEDGEMMA_TEST_GPU=vulkan`. */
const GPU = process.env.MEDGEMMA_TEST_GPU ? { gpu: process.env.MEDGEMMA_TEST_GPU as GpuOption } : {};

export function loadPhantom(options: Partial<NativeEngineOptions> = {}): Promise<NativeEngine> {
  return NativeEngine.load({ ...PHANTOM, threads: THREADS, ...GPU, ...options });
}

/** What an array file of NumPy holds: float32, C order. */
export function readNpy(name: string): { shape: number[]; values: Float32Array } {
  const bytes = readFileSync(path.join(fixtures, name));
  if (bytes.toString("latin1", 0, 6) !== "\x93NUMPY") throw new Error(`${name} is no .npy file`);
  const start = 10 + bytes.readUInt16LE(8);
  const header = bytes.toString("latin1", 10, start);
  if (!header.includes("'descr': '<f4'") || !header.includes("'fortran_order': False")) {
    throw new Error(`${name} is not of float32 in C order`);
  }
  const shape = [...(/'shape': \(([^)]*)\)/.exec(header)?.[1] ?? "").matchAll(/\d+/g)].map(Number);
  const values = new Float32Array(
    bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + bytes.length),
  );
  return { shape, values };
}

/** Cosine of the angle between two vectors. */
export function cosine(a: Float32Array, b: Float32Array): number {
  let dot = 0;
  let squaresA = 0;
  let squaresB = 0;
  for (const [i, x] of a.entries()) {
    const y = b[i] ?? 0;
    dot += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  return dot / Math.sqrt(squaresA * squaresB);
}
