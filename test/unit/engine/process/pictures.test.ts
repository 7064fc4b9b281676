import { describe, expect, test } from "vitest";
import { PictureStore } from "../../../../src/engine/process/child/picture-store.js";
import { keyedCopy } from "../../../../src/engine/process/link/picture-key.js";
import type { RgbImage } from "../../../../src/image/rgb.js";
import { rejection } from "../../../support/ask.js";

function picture(width: number, height: number, fill = 0): RgbImage {
  const origin = { format: "raw", storedWidth: width, storedHeight: height, steps: [] };
  return { width, height, data: new Uint8Array(width * height * 3).fill(fill), origin };
}

const never = new AbortController().signal;

describe("a picture's key", () => {
  test("depends on every pixel and on the shape", async () => {
    const keys = new Set<string>();
    for (const image of [picture(700, 600), picture(600, 700), picture(700, 600, 1)]) {
      keys.add((await keyedCopy(image)).key);
    }
    const last = picture(700, 600);
    last.data[last.data.length - 1] = 1;
    keys.add((await keyedCopy(last)).key);
    expect(keys.size).toBe(4);
    expect((await keyedCopy(picture(700, 600))).key).toBe([...keys][0]);
  });

  test("a buffer of another length is refused", async () => {
    const short = { ...picture(4, 4), data: new Uint8Array(47) };
    expect((await rejection(keyedCopy(short))).code).toBe("encode_failed");
  });

  test("is that of the copy, whoever draws into the original meanwhile", async () => {
    const original = picture(1000, 1000);
    const copying = keyedCopy(original);
    original.data.fill(255);
    const { key, image } = await copying;
    expect((await keyedCopy(image)).key).toBe(key);
    image.data.fill(0);
    expect(original.data[0]).toBe(255);
  });

  test("stops for a signal", async () => {
    const controller = new AbortController();
    const key = rejection(keyedCopy(picture(2000, 1000), controller.signal));
    controller.abort();
    expect((await key).code).toBe("aborted");
  });
});

describe("the store of pictures", () => {
  const send = (store: PictureStore, stream: number, key: string, image: RgbImage, pieces = 3) => {
    store.open({ type: "picture", stream, key, width: image.width, height: image.height });
    const size = Math.ceil(image.data.length / pieces);
    for (let at = 0; at < image.data.length; at += size)
      store.push(stream, image.data.subarray(at, at + size));
  };

  test("gives what has come, also while it is coming", async () => {
    const store = new PictureStore();
    const image = picture(3, 2, 5);
    store.open({ type: "picture", stream: 1, key: "a", width: 3, height: 2 });
    const early = store.get("a", never, () => expect.unreachable());
    store.push(1, image.data.subarray(0, 7));
    store.push(1, image.data.subarray(7));
    expect((await early).data).toEqual(image.data);
    expect((await store.get("a", never, () => expect.unreachable())).data).toEqual(image.data);
  });

  test("asks for what it has not, each time, and gives it to all who wait", async () => {
    const store = new PictureStore();
    let asked = 0;
    const waiting = [store.get("a", never, () => asked++), store.get("a", never, () => asked++)];
    expect(asked).toBe(2);
    send(store, 1, "a", picture(2, 2, 9));
    for (const got of waiting) expect((await got).data[0]).toBe(9);
  });

  test("a call that is cancelled stops waiting", async () => {
    const store = new PictureStore();
    const controller = new AbortController();
    const waiting = rejection(store.get("a", controller.signal, () => undefined));
    controller.abort();
    expect((await waiting).code).toBe("aborted");
  });

  test("drops what was not used for longest", async () => {
    const store = new PictureStore(30);
    for (const [index, key] of ["a", "b", "c"].entries()) {
      send(store, index, key, picture(2, 2, index));
      await store.get(key, never, () => expect.unreachable());
      await new Promise(setImmediate);
    }
    let missing = 0;
    store.get("a", never, () => missing++);
    await store.get("c", never, () => expect.unreachable());
    expect(missing).toBe(1);
  });
});
