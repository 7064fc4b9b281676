import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { deserialize } from "node:v8";
import { afterAll, describe, expect, it, vi } from "vitest";
import { ElementReader } from "../../../src/dicom/file/elements.js";
import { DEFAULT_LIMITS as limits } from "../../../src/dicom/file/limits.js";
import { closeDecoders, inspectPath, toModelPictures } from "../../../src/dicom/index.js";
import type { GroupedFile } from "../../../src/dicom/series/packed-series.js";
import { runJob } from "../../../src/dicom/worker/jobs.js";
import { type Coding, multiFrame } from "../../support/hostile/multi-frame.js";

const folder = mkdtempSync(path.join(tmpdir(), "medgemma-frames-"));
afterAll(async () => {
  await closeDecoders();
  rmSync(folder, { recursive: true });
});

const CODINGS: readonly Coding[] = [true, false].flatMap((explicit) =>
  [true, false].flatMap((closed) => [false, true].map((deflated) => ({ explicit, closed, deflated }))),
);

const header = (bytes: Uint8Array) =>
  runJob({ kind: "header", source: { bytes }, limits, identity: false } as const);
const show = (bytes: Uint8Array, frames: readonly number[], of: number, key?: number) =>
  runJob({
    kind: "show",
    source: { bytes, key },
    limits,
    frames,
    of,
    options: { model: "1.5", rule: "auto", window: undefined, range: undefined },
  });

/** How many items are opened meanwhile. */
async function itemsOpened(run: () => Promise<unknown>): Promise<number> {
  const spy = vi.spyOn(ElementReader.prototype, "item");
  await run();
  const opened = spy.mock.calls.length;
  spy.mockRestore();
  return opened;
}

describe.each(CODINGS)("functional groups of each frame (%o)", (coding) => {
  it("give each frame its place", async () => {
    const { pictures, places } = await toModelPictures(multiFrame(40, coding));
    expect(pictures).toHaveLength(40);
    expect(places.map(({ frame, position }) => [frame, position])).toEqual(
      Array.from({ length: 40 }, (_, frame) => [frame, [0, 0, frame / 2]]),
    );
    expect(places[7]).toMatchObject({ orientation: [1, 0, 0, 0, 1, 0], spacing: [0.5, 0.5] });
  });

  it("are found in a file as in memory, beyond its beginning too", async () => {
    const file = path.join(folder, "many.dcm");
    writeFileSync(file, multiFrame(3000, coding));
    expect((await inspectPath(file)).series[0]).toMatchObject({ pictures: 3000 });
  });

  it("are each opened once for the header", async () => {
    const opened = (frames: number) => itemsOpened(() => header(multiFrame(frames, coding)));
    const [few, more] = [await opened(50), await opened(150)];
    const ofAFrame = (more - few) / 100;
    // The group, and its macros of content, measures, plane and place.
    expect(ofAFrame).toBe(5);
  });

  it("of other frames stay shut where one is shown", async () => {
    const opened = (frames: number) => itemsOpened(() => show(multiFrame(frames, coding), [20], frames));
    expect(await opened(150)).toBe(await opened(50));
  });
});

it("describe what differs by frame in columns", async () => {
  const result = (await header(multiFrame(100))) as { packed: Uint8Array };
  const { described } = deserialize(result.packed) as GroupedFile;
  expect(described.count).toBe(100);
  expect(described.planes).toHaveLength(1);
  expect(Object.keys(described.numbers).sort()).toEqual(["acquisition", "phase", "time"]);
  expect([...(described.numbers.acquisition?.subarray(0, 4) ?? [])]).toEqual([1, 2, 3, 1]);
});

describe("a file in memory", () => {
  it("is opened once for several jobs", async () => {
    const bytes = multiFrame(20);
    const first = await show(bytes, [1], 20, 77);
    expect(await show(new Uint8Array(), [1], 20, 77)).toEqual(first);
    await expect(show(new Uint8Array(), [1], 20, 78)).rejects.toMatchObject({ code: "not_dicom" });
  });

  it("that cannot be opened is tried once", async () => {
    await expect(show(new Uint8Array(), [1], 20, 79)).rejects.toMatchObject({ code: "not_dicom" });
    await expect(show(multiFrame(20), [1], 20, 79)).rejects.toMatchObject({ code: "not_dicom" });
  });

  it("is opened again for other limits", async () => {
    const bytes = multiFrame(20);
    const stored = (maxFrames: number) =>
      runJob({
        kind: "stored",
        source: { bytes, key: 80 },
        limits: { ...limits, maxFrames },
        frame: 0,
        identity: false,
      });
    await expect(stored(19)).rejects.toMatchObject({ code: "image_too_large" });
    expect(await stored(20)).toMatchObject({ frames: 20 });
    await expect(stored(19)).rejects.toMatchObject({ code: "image_too_large" });
  });
});

it("a group that is damaged is told, and the pixels after it are found", async () => {
  const bytes = multiFrame(3, { explicit: true, closed: true, deflated: false });
  const at = Buffer.from(bytes).indexOf("0\\0\\0.5 ", 0, "latin1");
  // The length of Image Position, which now ends beyond its item.
  bytes[at - 2] = 0xff;
  const { pictures, warnings } = await toModelPictures(bytes);
  expect(pictures).toHaveLength(3);
  expect(warnings.join()).toContain("has a damaged item");
});
