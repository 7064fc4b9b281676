import { setTimeout as sleep } from "node:timers/promises";
import sharp from "sharp";
import { afterAll, describe, expect, it } from "vitest";
import { closeDecoders, inspectPath, readDicom, toModelPictures } from "../../../src/dicom/index.js";
import { readPicture } from "../../../src/image/read-picture.js";
import { axialSlice } from "../dicom/support/write-dicom.js";

afterAll(closeDecoders);

type Given = Parameters<typeof readPicture>[0] & Parameters<typeof readDicom>[0];
type Options = { limits?: { maxSilence: number }; signal?: AbortSignal };

const never = () => new Promise<never>(() => undefined);
const stream = (next: () => Promise<IteratorResult<Uint8Array>>) =>
  ({ [Symbol.asyncIterator]: () => ({ next }) }) as unknown as Given;

const SILENT: Readonly<Record<string, () => Given>> = {
  "a Blob": () => ({ size: 10, arrayBuffer: never }) as unknown as Given,
  "a stream": () => stream(never),
  "a stream that begins": () => {
    let begun = false;
    return stream(() => {
      if (begun) return never();
      begun = true;
      return Promise.resolve({ done: false, value: Uint8Array.of(1) });
    });
  },
  "a stream of nothing, without end": () =>
    stream(() => Promise.resolve({ done: false, value: new Uint8Array() })),
};
const DOORS: Readonly<
  Record<string, readonly [code: string, open: (given: Given, options: Options) => Promise<unknown>]>
> = {
  readPicture: ["image_timeout", readPicture],
  readDicom: ["dicom_timeout", readDicom],
  inspectPath: ["dicom_timeout", inspectPath],
  toModelPictures: ["dicom_timeout", toModelPictures],
};

describe.each(Object.keys(DOORS))("%s", (door) => {
  const [code, open] = DOORS[door] as (typeof DOORS)[string];

  it.each(Object.keys(SILENT))("does not wait for %s that is silent", async (name) => {
    const limits = { maxSilence: 30 };
    await expect(open(SILENT[name]?.() as Given, { limits })).rejects.toMatchObject({
      code,
      message: "The source gave nothing for 0.03 s.",
      facts: { milliseconds: 30 },
    });
  });

  it.each(Object.keys(SILENT))("stops waiting for %s when the signal fires", async (name) => {
    const controller = new AbortController();
    const opening = open(SILENT[name]?.() as Given, { signal: controller.signal });
    setTimeout(() => controller.abort(), 10);
    await expect(opening).rejects.toMatchObject({ code: "aborted" });
  });
});

it("a pipeline into which nothing is written is not waited for", async () => {
  await expect(readPicture(sharp(), { limits: { maxSilence: 30 } })).rejects.toMatchObject({
    code: "image_timeout",
  });
});

describe("a stream", () => {
  it("may be slow", async () => {
    const bytes = axialSlice(1, 1);
    async function* slow() {
      for (let from = 0; from < bytes.length; from += 100) {
        await sleep(20);
        yield bytes.subarray(from, from + 100);
      }
    }
    expect(await readDicom(slow(), { limits: { maxSilence: 100 } })).toMatchObject({ rows: 8 });
  });

  it("may come in pieces of any size", async () => {
    const picture = await sharp({ create: { width: 300, height: 300, channels: 3, background: "#123456" } })
      .tiff({ compression: "none" })
      .toBuffer();
    async function* mixed() {
      yield new Uint8Array();
      for (const byte of picture.subarray(0, 30_000)) yield Uint8Array.of(byte);
      yield picture.subarray(30_000, 150_000);
      for (let from = 150_000; from < picture.length; from += 777) yield picture.subarray(from, from + 777);
    }
    const { data } = await readPicture(mixed());
    expect(data).toEqual((await readPicture(picture)).data);
  });

  it.each([1000, 100_000])("may use its memory again for the next piece of %i bytes", async (size) => {
    const picture = await sharp({ create: { width: 300, height: 300, channels: 3, background: "#123456" } })
      .composite([{ input: Buffer.alloc(300 * 100 * 3, 7), raw: { width: 300, height: 100, channels: 3 } }])
      .tiff({ compression: "none" })
      .toBuffer();
    async function* reusing() {
      const memory = new Uint8Array(size);
      for (let from = 0; from < picture.length; from += size) {
        const piece = picture.subarray(from, from + size);
        memory.set(piece);
        yield memory.subarray(0, piece.length);
      }
    }
    const { data } = await readPicture(reusing());
    expect(data).toEqual((await readPicture(picture)).data);
  });

  it("that goes on byte by byte is not read for ever", async () => {
    async function* dribble() {
      for (;;) yield Uint8Array.of(0);
    }
    for (const [, open] of Object.values(DOORS))
      await expect(open(dribble() as unknown as Given, {})).rejects.toMatchObject({
        code: "bad_option",
        message: expect.stringContaining("larger pieces"),
      });
  });

  it.each([undefined, null, 7, "text"])("whose step is %s is refused", async (step) => {
    const odd = () => stream(() => Promise.resolve(step as unknown as IteratorResult<Uint8Array>));
    for (const [, open] of Object.values(DOORS))
      await expect(open(odd(), {})).rejects.toMatchObject({ code: "bad_option" });
  });
});

it.each([undefined, null, 1e9, { length: 1e9 }, "text"])("a Blob that gives %o is refused", async (given) => {
  const blob = { size: 10, arrayBuffer: () => Promise.resolve(given) } as unknown as Given;
  for (const [, open] of Object.values(DOORS))
    await expect(open(blob, {})).rejects.toMatchObject({ code: "bad_option" });
});

it("a limit of time may be without end", async () => {
  const limits = { timeout: Number.POSITIVE_INFINITY, maxSilence: Number.POSITIVE_INFINITY };
  expect(await readDicom(new Blob([axialSlice(1, 1)]), { limits })).toMatchObject({ rows: 8 });
});
