import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { NativeEngine } from "../../src/engine/native/native-engine.js";
import { padImage } from "../../src/image/pad-image.js";
import type { RgbImage } from "../../src/image/rgb.js";
import { answer } from "../support/ask.js";
import { type Golden, goldens, greyPicture, loadPhantom, messagesOf, picture } from "../support/phantom.js";

/** Kinds whose answers say much about the picture; a yes or no is the same for half of all pictures. */
const TELLING = ["report", "json", "boxes"];

let engine: NativeEngine;
beforeAll(async () => {
  engine = await loadPhantom();
});
afterAll(() => engine.dispose());

/** How many of the cases are answered otherwise than by the reference when `show` is shown. */
async function changed(
  cases: readonly Golden[],
  show: (name: string) => RgbImage | Promise<RgbImage>,
): Promise<number> {
  let count = 0;
  for (const golden of cases) {
    const { text } = await answer(engine, await messagesOf(golden, show));
    if (text !== golden.answer) count++;
  }
  return count;
}

const every = (step: number, kind: string) =>
  goldens.filter((golden) => golden.kind === kind).filter((_, index) => index % step === 0);

describe("what is in the picture decides the answer", () => {
  test.each(TELLING)("%s: a uniform grey in its place changes it", async (kind) => {
    const cases = every(4, kind);
    expect(await changed(cases, () => greyPicture)).toBeGreaterThanOrEqual(cases.length * 0.75);
  });

  test.each(TELLING)("%s: the next case's picture in its place changes it", async (kind) => {
    const cases = every(4, kind);
    const next = (name: string) =>
      picture(`${String((Number.parseInt(name, 10) + 1) % 32).padStart(3, "0")}.png`);
    expect(await changed(cases, next)).toBeGreaterThanOrEqual(cases.length * 0.75);
  });

  test("the order of two pictures changes what a comparison says", async () => {
    const cases = goldens.filter((golden) => golden.kind === "compare");
    const swap = (golden: Golden): Golden => ({ ...golden, images: [...golden.images].reverse() });
    let count = 0;
    for (const golden of cases) {
      const { text } = await answer(engine, await messagesOf(swap(golden)));
      if (text !== golden.answer) count++;
    }
    expect(count).toBeGreaterThanOrEqual(cases.length / 2);
  });

  test("letterboxing pictures that are not square, which the reference does not, changes answers", async () => {
    const oblong: Golden[] = [];
    for (const golden of goldens.filter(({ kind }) => TELLING.includes(kind))) {
      const { width, height } = await picture(golden.images[0] ?? "");
      if (width !== height) oblong.push(golden);
    }
    expect(oblong).toHaveLength(24);
    expect(await changed(oblong, async (name) => padImage(await picture(name)))).toBeGreaterThanOrEqual(6);
  });
});
