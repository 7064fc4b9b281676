import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { DEFAULT_LIMITS as limits } from "../../../src/dicom/file/limits.js";
import { SharedBytes, WORTH_SHARING } from "../../../src/dicom/file/shared-bytes.js";
import { closeDecoders, inspectPath } from "../../../src/dicom/index.js";
import { whileHeld } from "../../../src/dicom/study/hold.js";
import { axialSlice } from "./support/write-dicom.js";

afterAll(closeDecoders);

/** What was let in has come to its work by then. */
const soon = () => sleep(50);

/** A Blob that says it is as large. */
const said = (size: number) => ({ size, arrayBuffer: async () => new ArrayBuffer(8) });

describe("calls side by side", () => {
  /** Names of those that are at work. */
  function atWork() {
    const inside: string[] = [];
    const ends = new Map<string, () => void>();
    const call = (name: string, given: Parameters<typeof whileHeld>[0], signal?: AbortSignal) =>
      whileHeld(given, limits, signal, async () => {
        inside.push(name);
        await new Promise<void>((resolve) => ends.set(name, resolve));
        inside.splice(inside.indexOf(name), 1);
      });
    return { inside, call, end: (name: string) => ends.get(name)?.() };
  }

  it("wait where their inputs take much memory together", async () => {
    const { inside, call, end } = atWork();
    const first = call("first", said(150e6));
    const second = call("second", [said(60e6), said(60e6)]);
    const file = call("file", "a.dcm");
    const small = call("small", new Uint8Array(2e6));
    await soon();
    expect(inside.sort()).toEqual(["file", "first", "small"]);
    end("first");
    await first;
    await soon();
    expect(inside.sort()).toEqual(["file", "second", "small"]);
    for (const name of ["file", "second", "small"]) end(name);
    await Promise.all([second, file, small]);
  });

  it("stop waiting when their signal fires", async () => {
    const { call, end } = atWork();
    const first = call("first", said(150e6));
    const stop = new AbortController();
    const second = call("second", said(150e6), stop.signal);
    stop.abort();
    await expect(second).rejects.toMatchObject({ code: "aborted" });
    await soon();
    end("first");
    await first;
  });

  it("begin where one before them failed", async () => {
    const blob = { size: 190e6, arrayBuffer: () => Promise.reject(new Error("gone")) };
    for (let time = 0; time < 3; time++)
      await expect(inspectPath(blob)).rejects.toMatchObject({ code: "bad_option" });
    expect((await inspectPath(new Blob([axialSlice(1, 1)]))).series).toHaveLength(1);
  });
});

describe("memory that workers share", () => {
  const filled = (value: number, length = 2 * WORTH_SHARING) => new Uint8Array(length).fill(value);

  it("is used again by the next call", async () => {
    const first = new SharedBytes(undefined);
    const bytes = await first.share(filled(1));
    first.end();
    const second = new SharedBytes(undefined);
    const shorter = await second.share(filled(2, 2 * WORTH_SHARING - 5));
    expect(shorter.buffer).toBe(bytes.buffer);
    expect(Buffer.compare(shorter, filled(2, 2 * WORTH_SHARING - 5))).toBe(0);
    second.end();
  });

  it("is not given to two calls at once", async () => {
    const calls = [new SharedBytes(undefined), new SharedBytes(undefined)] as const;
    const [a, b] = [await calls[0].share(filled(1)), await calls[1].share(filled(2))];
    expect(a.buffer).not.toBe(b.buffer);
    expect(Buffer.compare(a, filled(1))).toBe(0);
    for (const call of calls) call.end();
  });
});
