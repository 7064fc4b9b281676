import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { pathToFileURL } from "node:url";
import { strToU8, type Zippable, zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type DicomInput,
  inspectPath,
  isDicom,
  readDicom,
  toModelPictures,
} from "../../../src/dicom/index.js";
import { readContent } from "../../../src/medgemma/run/pictures.js";
import { axialSlice, greyPicture, writeDicom } from "./support/write-dicom.js";

const bytes = writeDicom(greyPicture(2, 2, [1, 2, 3, 4]));
const PROFILE = { version: "1.5", fit: "pad" } as const;
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "medgemma-inputs-"));
  await writeFile(path.join(folder, "a.dcm"), bytes);
});
afterAll(() => rm(folder, { recursive: true }));

const INPUTS: Readonly<Record<string, () => DicomInput>> = {
  Blob: () => new Blob([bytes]),
  File: () => new File([bytes], "a.dcm", { type: "application/dicom" }),
  ArrayBuffer: () => bytes.slice().buffer,
  "a web stream": () => new Blob([bytes]).stream(),
  "a Node stream": () => Readable.from([bytes.subarray(0, 100), bytes.subarray(100)]),
  "a file: URL": () => pathToFileURL(path.join(folder, "a.dcm")),
};

describe("a DICOM file as", () => {
  it.each(Object.keys(INPUTS))("%s is read", async (name) => {
    const input = () => (INPUTS[name] as () => DicomInput)();
    expect(Array.from((await readDicom(input())).values)).toEqual([1, 2, 3, 4]);
    expect((await toModelPictures([input()])).facts.modality).toBe("CT");
    expect((await inspectPath(input())).series).toHaveLength(1);
    const { studies } = await readContent([{ type: "image", image: input() }], PROFILE, {});
    expect(studies[0]?.facts.modality).toBe("CT");
  });

  it("a data URL or base64 is read by a task", async () => {
    const base64 = Buffer.from(bytes).toString("base64");
    for (const image of [`data:application/dicom;base64,${base64}`, base64]) {
      const { studies } = await readContent([{ type: "image", image }], PROFILE, {});
      expect(studies[0]?.facts.modality).toBe("CT");
    }
  });

  it("a stream without end is refused at its limit and closed", async () => {
    let closed = false;
    async function* endless() {
      try {
        for (;;) yield new Uint8Array(1000);
      } finally {
        closed = true;
      }
    }
    const limits = { maxBytes: 50_000 };
    await expect(readDicom(endless(), { limits })).rejects.toMatchObject({ code: "image_too_large" });
    expect(closed).toBe(true);
    const texts = Readable.from(["no bytes"]) as unknown as DicomInput;
    await expect(readDicom(texts)).rejects.toMatchObject({ code: "bad_option" });
    const hanging = new ReadableStream<Uint8Array>({ pull: () => new Promise(() => undefined) });
    const stop = AbortSignal.abort();
    await expect(readDicom(hanging, { signal: stop })).rejects.toMatchObject({ code: "aborted" });
  });
});

describe("a ZIP archive", () => {
  const study: Zippable = {
    "DISC/": new Uint8Array(),
    "DISC/IM10.dcm": axialSlice(10, 3),
    "DISC/IM2.dcm": axialSlice(0, 1),
    "DISC/IM9.dcm": [axialSlice(5, 2), { level: 0 }],
    "DISC/readme.txt": strToU8("see the viewer"),
    "__MACOSX/._IM2.dcm": new Uint8Array(40),
  };

  it("is read as a folder, from a file and from memory", async () => {
    const zipped = zipSync(study);
    await writeFile(path.join(folder, "study.zip"), zipped);
    for (const input of [path.join(folder, "study.zip"), zipped, new Blob([zipped.slice()])]) {
      const { places, took } = await toModelPictures(input);
      expect(places.map(({ position }) => position?.[2])).toEqual([0, 5, 10]);
      expect(took).toContain("1 files not DICOM left out");
    }
    const { content } = await readContent([{ type: "image", image: zipped }], PROFILE, {});
    expect(content).toHaveLength(6);
  });

  it("with a damaged entry names it", async () => {
    const zipped = zipSync({ ...study, "DISC/bad.dcm": axialSlice(15, 4).subarray(0, -9) });
    const { warnings } = await toModelPictures(zipped);
    expect(warnings.join()).toContain("Left out: bad.dcm");
  });

  it("is held to the limits before it is unpacked", async () => {
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`f${index}`, bytes]));
    await expect(inspectPath(zipSync(many), { limits: { maxFiles: 10 } })).rejects.toMatchObject({
      code: "image_too_large",
    });
    const zeros = zipSync({ bomb: new Uint8Array(160 * 1024 * 1024) }, { level: 1 });
    await expect(inspectPath(zeros)).rejects.toMatchObject({ code: "image_too_large" });
    // A size of 4 GB in the directory, where the entry has few bytes.
    const lying = zipSync({ a: bytes });
    const directory = Buffer.from(lying.buffer).indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    new DataView(lying.buffer).setUint32(directory + 24, 0xfffffff0, true);
    await expect(inspectPath(lying)).rejects.toMatchObject({ code: "image_too_large" });
  });

  it("that is cut off is refused", async () => {
    const zipped = zipSync(study);
    await expect(toModelPictures(zipped.subarray(0, zipped.length - 40))).rejects.toMatchObject({
      code: "dicom_unreadable",
    });
  });
});

it.runIf(process.platform === "linux")(
  "a file of the kernel that cannot be read is refused by name",
  async () => {
    for (const look of [isDicom, inspectPath, toModelPictures])
      await expect(look("/proc/self/mem")).rejects.toMatchObject({ code: "file_not_found" });
  },
);

describe("an option that nobody knows is refused by its name", () => {
  const file = axialSlice(0, 1);
  const refusal = (near: string) => ({ code: "bad_option", message: expect.stringContaining(near) });

  it.each([
    ["toModelPictures", () => toModelPictures(file, { windw: "file" } as object), "window"],
    ["inspectPath", () => inspectPath(file, { identiy: true } as object), "identity"],
    ["readDicom", () => readDicom(file, { fram: 1 } as object), "frame"],
    [
      "study of a question",
      () =>
        readContent(
          [{ type: "image", image: file }],
          { version: "1.5", fit: "pad" },
          {
            study: { maxPatchs: 3 } as object,
          },
        ),
      "maxPatches",
    ],
  ] as const)("%s", async (_, call, near) => {
    await expect(call()).rejects.toMatchObject(refusal(near));
  });

  it.each([
    ["modality", { modality: "XX" }],
    ["frame", { frame: "x" }],
    ["frame", { frame: [] }],
    ["frame", { frame: [0, -1] }],
  ])("and so is a %s that is none: %j", async (name, options) => {
    await expect(toModelPictures(file, options as object)).rejects.toMatchObject(refusal(name));
  });
});

it("an input that cannot even be looked at is refused by name", async () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  for (const open of [readDicom, toModelPictures, inspectPath] as ((input: never) => Promise<unknown>)[])
    await expect(open(proxy as never)).rejects.toMatchObject({ code: "bad_option" });
});
