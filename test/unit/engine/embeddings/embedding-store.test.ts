import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { EmbeddingStore, type StoredEmbedding } from "../../../../src/engine/embeddings/embedding-store.js";
import { rejection } from "../../../support/ask.js";

const keyOf = (name: string): string => createHash("sha256").update(name).digest("hex");

const SHAPE = { tokens: 4, width: 8 };
const embedding = (seed: number): StoredEmbedding => ({
  ...SHAPE,
  values: Float32Array.from({ length: 32 }, (_, index) => Math.sin(seed * 100 + index)),
});
/** Of such a file: header and numbers. */
const FILE_BYTES = 88 + 32 * 4;

let parent: string;
let dir: string;
const fileOf = (name: string): string => path.join(dir, `${keyOf(name)}.embedding`);

beforeEach(() => {
  parent = mkdtempSync(path.join(os.tmpdir(), "medgemma-store-"));
  dir = path.join(parent, "cache");
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

describe("the embedding cache on disk", () => {
  test("gives back what was written, also to another process's store", async () => {
    const store = await EmbeddingStore.open(dir, 1e6);
    expect(await store.get(keyOf("a"), SHAPE)).toBeUndefined();
    await store.set(keyOf("a"), embedding(1));
    expect(await store.get(keyOf("a"), SHAPE)).toEqual(embedding(1));
    expect(await store.get(keyOf("b"), SHAPE)).toBeUndefined();
    const later = await EmbeddingStore.open(dir, 1e6);
    expect(await later.get(keyOf("a"), SHAPE)).toEqual(embedding(1));
  });

  test("keeps numbers that are a part of a larger buffer", async () => {
    const store = await EmbeddingStore.open(dir, 1e6);
    const values = new Float32Array(64).map((_, index) => index).subarray(16, 48);
    await store.set(keyOf("a"), { tokens: 4, width: 8, values });
    expect((await store.get(keyOf("a"), SHAPE))?.values).toEqual(values);
  });

  test("is for the user's eyes only", async () => {
    if (process.platform === "win32") return; // modes mean nothing there
    const store = await EmbeddingStore.open(dir, 1e6);
    await store.set(keyOf("a"), embedding(1));
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    expect(statSync(fileOf("a")).mode & 0o777).toBe(0o600);
  });

  test("drops a damaged file, wherever the damage is, and takes a new one", async () => {
    const store = await EmbeddingStore.open(dir, 1e6);
    await store.set(keyOf("a"), embedding(1));
    const good = readFileSync(fileOf("a"));
    expect(good.length).toBe(FILE_BYTES);
    const damages = [
      ...Array.from({ length: good.length }, (_, at) => {
        const bad = Buffer.from(good);
        bad.writeUInt8(bad.readUInt8(at) ^ 0x10, at);
        return bad;
      }),
      ...[0, 1, 16, 55, 56, 87, 88, FILE_BYTES - 1].map((length) => good.subarray(0, length)),
      Buffer.concat([good, Buffer.from([0])]),
      Buffer.from("not an embedding at all"),
    ];
    for (const bad of damages) {
      writeFileSync(fileOf("a"), bad);
      expect(await store.get(keyOf("a"), SHAPE)).toBeUndefined();
      expect(existsSync(fileOf("a"))).toBe(false);
    }
    await store.set(keyOf("a"), embedding(2));
    expect(await store.get(keyOf("a"), SHAPE)).toEqual(embedding(2));
  });

  test("does not wait for a pipe that has a file's name", async () => {
    const store = await EmbeddingStore.open(dir, 1e6);
    execFileSync("mkfifo", [fileOf("a")]);
    expect(await store.get(keyOf("a"), SHAPE)).toBeUndefined();
    await store.set(keyOf("a"), embedding(1));
    expect(await store.get(keyOf("a"), SHAPE)).toEqual(embedding(1));
  });

  test("does not answer for another picture, whatever a file is called", async () => {
    const store = await EmbeddingStore.open(dir, 1e6);
    await store.set(keyOf("a"), embedding(1));
    copyFileSync(fileOf("a"), fileOf("b"));
    expect(await store.get(keyOf("b"), SHAPE)).toBeUndefined();
    expect(existsSync(fileOf("b"))).toBe(false);
    expect(await store.get(keyOf("a"), SHAPE)).toEqual(embedding(1));
  });

  test("drops a well-formed file of another shape, or with what is no number", async () => {
    const store = await EmbeddingStore.open(dir, 1e6);
    const withNumber = (number: number) => {
      const { values } = embedding(1);
      values[17] = number;
      return { ...SHAPE, values };
    };
    const wrong = [
      { tokens: 1, width: 1, values: new Float32Array(1) },
      { tokens: 0, width: 0, values: new Float32Array(0) },
      { tokens: 8, width: 4, values: embedding(1).values },
      withNumber(Number.NaN),
      withNumber(Number.POSITIVE_INFINITY),
    ];
    for (const each of wrong) {
      await store.set(keyOf("a"), each);
      expect(existsSync(fileOf("a"))).toBe(true);
      expect(await store.get(keyOf("a"), SHAPE)).toBeUndefined();
      expect(existsSync(fileOf("a"))).toBe(false);
    }
  });

  test("removes what was used longest ago when it is full", async () => {
    const store = await EmbeddingStore.open(dir, FILE_BYTES * 10);
    for (let i = 0; i < 10; i++) {
      await store.set(keyOf(`${i}`), embedding(i));
      utimesSync(fileOf(`${i}`), 1000 + i, 1000 + i);
    }
    expect(await store.get(keyOf("0"), SHAPE)).toEqual(embedding(0));
    await store.set(keyOf("new"), embedding(99));
    expect(readdirSync(dir)).toHaveLength(9);
    expect(await store.get(keyOf("0"), SHAPE)).toEqual(embedding(0));
    expect(await store.get(keyOf("new"), SHAPE)).toEqual(embedding(99));
    expect(await store.get(keyOf("1"), SHAPE)).toBeUndefined();
    expect(await store.get(keyOf("2"), SHAPE)).toBeUndefined();
    expect(await store.get(keyOf("3"), SHAPE)).toEqual(embedding(3));
  });

  test("keeps its limit beside a folder and a file that are named like its own", async () => {
    mkdirSync(dir);
    mkdirSync(path.join(dir, "x.embedding"));
    writeFileSync(path.join(dir, "notes.embedding"), Buffer.alloc(FILE_BYTES * 20));
    mkdirSync(fileOf("in the way"));
    writeFileSync(path.join(fileOf("in the way"), "a"), "x");
    utimesSync(fileOf("in the way"), 1, 1);
    const store = await EmbeddingStore.open(dir, FILE_BYTES * 5);
    for (let i = 0; i < 12; i++) await store.set(keyOf(`${i}`), embedding(i));
    const own = readdirSync(dir).filter((name) => /^[0-9a-f]{64}\.embedding$/.test(name));
    expect(own.length).toBeLessThanOrEqual(5 + 1);
    expect(own.length).toBeGreaterThan(1);
    expect(readdirSync(dir)).toContain("notes.embedding");
    expect(await store.get(keyOf("11"), SHAPE)).toEqual(embedding(11));
  });

  test("counts what an earlier process left", async () => {
    const first = await EmbeddingStore.open(dir, 1e6);
    for (let i = 0; i < 10; i++) await first.set(keyOf(`${i}`), embedding(i));
    const second = await EmbeddingStore.open(dir, FILE_BYTES * 5);
    await second.set(keyOf("new"), embedding(99));
    expect(readdirSync(dir).length).toBeLessThanOrEqual(5);
    expect(await second.get(keyOf("new"), SHAPE)).toEqual(embedding(99));
  });

  test("counts what other processes write meanwhile", async () => {
    const limit = FILE_BYTES * 40;
    const stores = await Promise.all(Array.from({ length: 4 }, () => EmbeddingStore.open(dir, limit)));
    for (let i = 0; i < 120; i++) await stores[i % 4]?.set(keyOf(`${i}`), embedding(i));
    // Each may write a twentieth of the limit, two of these files, before it looks.
    expect(readdirSync(dir).length).toBeLessThanOrEqual(40 + 4 * 3);
    expect(await stores[0]?.get(keyOf("119"), SHAPE)).toEqual(embedding(119));
  });

  test("removes the half-written files of processes that are gone, and no others", async () => {
    mkdirSync(dir);
    const { pid: gone } = spawnSync(process.execPath, ["-e", ""]);
    const orphan = `${keyOf("a")}.${gone}.0123456789ab.tmp`;
    const own = `${keyOf("b")}.${process.pid}.0123456789ab.tmp`;
    for (const name of [orphan, own, "notes.tmp", "notes.txt"]) writeFileSync(path.join(dir, name), "x");
    await EmbeddingStore.open(dir, 1e6);
    expect(readdirSync(dir).sort()).toEqual([own, "notes.tmp", "notes.txt"].sort());
  });

  test("leaves no half-written file when it cannot write", async () => {
    const store = await EmbeddingStore.open(dir, 1e6);
    mkdirSync(fileOf("a"));
    writeFileSync(path.join(fileOf("a"), "in the way"), "x");
    await store.set(keyOf("a"), embedding(1));
    expect(await store.get(keyOf("a"), SHAPE)).toBeUndefined();
    expect(readdirSync(dir)).toEqual([`${keyOf("a")}.embedding`]);
  });

  test("does without a folder that has vanished", async () => {
    const store = await EmbeddingStore.open(dir, 1e6);
    rmSync(dir, { recursive: true });
    await store.set(keyOf("a"), embedding(1));
    expect(await store.get(keyOf("a"), SHAPE)).toBeUndefined();
  });

  test("says so when the folder cannot be used", async () => {
    writeFileSync(dir, "a file");
    const error = await rejection(EmbeddingStore.open(dir, 1e6));
    expect(error.code).toBe("embedding_cache");
    expect(error.facts).toEqual({ reason: "EEXIST" });
  });

  test.runIf(process.platform === "linux")("says so at once where the system makes no folder", async () => {
    expect(await rejection(EmbeddingStore.open("/proc/none", 1e6))).toMatchObject({
      code: "embedding_cache",
      facts: { reason: "ENOENT" },
    });
  });
});
