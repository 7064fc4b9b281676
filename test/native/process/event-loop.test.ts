import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ProcessEngine } from "../../../src/engine/process/process-engine.js";
import { loadProcess } from "./support.js";

let engine: ProcessEngine;
beforeAll(async () => {
  engine = await loadProcess();
});
afterAll(() => engine.dispose());

/** A radiograph of 40 megapixels: 120 MB. */
const WIDTH = 8000;
const HEIGHT = 5000;

describe("neither side's event loop is held", () => {
  test("by a picture of 40 megapixels", async () => {
    const data = new Uint8Array(WIDTH * HEIGHT * 3);
    for (let i = 0; i < data.length; i += 97) data[i] = i & 255;
    const origin = { format: "raw", storedWidth: WIDTH, storedHeight: HEIGHT, steps: [] };
    const image = { width: WIDTH, height: HEIGHT, data, origin };

    // Turns of this side's loop, and small calls that the other side's loop answers, while the picture is on its way.
    let turns = 0;
    let answered = 0;
    let over = false;
    const turning = (async () => {
      for (; !over; turns++) await delay(1);
    })();
    const calling = (async () => {
      for (; !over; answered++) await engine.tokenize("a", { special: false });
    })();
    await engine.encode(image);
    over = true;
    await Promise.all([turning, calling]);
    // A side that stood still all the while would count one. How long each wait is: bench/engine/footprint.ts.
    expect(turns).toBeGreaterThan(5);
    expect(answered).toBeGreaterThan(5);

    await engine.encode(image);
    expect((await engine.stats()).images).toMatchObject({ encoded: 1, memoryHits: 1 });
  });
});
