import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { EmbeddingStore } from "../../../src/engine/embeddings/embedding-store.js";
import type { NativeEngineOptions } from "../../../src/engine/native/native-engine.js";
import { ProcessEngine } from "../../../src/engine/process/process-engine.js";
import { goldens, greyPicture, loadPhantom, PHANTOM, picture, THREADS } from "../../support/phantom.js";
import { askGolden, golden } from "../scheduler/support.js";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), "medgemma-embeddings-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const cacheDir = () => path.join(dir, "cache");
const files = () => readdirSync(cacheDir()).filter((name) => name.endsWith(".embedding"));
const asked = golden("report");

/** One golden question to a new engine on the folder: its answer and what became of the picture. */
async function once(options: Partial<NativeEngineOptions> = {}) {
  const engine = await loadPhantom({ contextSize: 2048, embeddingCacheDir: cacheDir(), ...options });
  try {
    const { text } = await askGolden(engine, asked);
    const image = await picture(asked.images[0] ?? "");
    const { values } = await engine.encode(image);
    const { images } = await engine.stats();
    return { text, values, encoded: images.encoded, diskHits: images.diskHits };
  } finally {
    await engine.dispose();
  }
}

async function untilStored(count = 1): Promise<void> {
  while (files().length < count) await new Promise((wake) => setTimeout(wake, 5));
}

test("a picture encoded once is read by the next engine, bit by bit the same", async () => {
  const first = await once();
  await untilStored();
  const second = await once();
  expect([first.encoded, first.diskHits]).toEqual([1, 0]);
  expect([second.encoded, second.diskHits]).toEqual([0, 1]);
  expect(first.text).toBe(asked.answer);
  expect(second.text).toBe(asked.answer);
  expect(second.values).toEqual(first.values);
});

test("a damaged file is computed anew and replaced", async () => {
  await once();
  await untilStored();
  const file = path.join(cacheDir(), files()[0] ?? "");
  const good = readFileSync(file);
  const bad = Buffer.from(good);
  bad.writeUInt8(bad.readUInt8(5000) ^ 1, 5000);
  for (const damaged of [bad, good.subarray(0, 9000), Buffer.alloc(0)]) {
    writeFileSync(file, damaged);
    const end = await once();
    expect([end.text, end.encoded, end.diskHits]).toEqual([asked.answer, 1, 0]);
    while (!readFileSync(file).equals(good)) await new Promise((wake) => setTimeout(wake, 5));
  }
});

test("a file that bears another picture's name, or is of another shape, is computed anew and replaced", async () => {
  await once();
  await untilStored();
  const file = path.join(cacheDir(), files()[0] ?? "");
  const good = readFileSync(file);
  const other = await loadPhantom({ embeddingCacheDir: cacheDir() });
  await other.encode(greyPicture);
  await other.dispose();
  const others = path.join(cacheDir(), files().find((name) => !file.endsWith(name)) ?? "");
  const store = await EmbeddingStore.open(cacheDir(), 1e9);
  const key = path.basename(file, ".embedding");
  const spoils = [
    async () => copyFileSync(others, file),
    () => store.set(key, { tokens: 1, width: 1, values: new Float32Array(1) }),
    () => store.set(key, { tokens: 16, width: 256, values: new Float32Array(4096).fill(Number.NaN) }),
  ];
  for (const spoil of spoils) {
    await spoil();
    expect(readFileSync(file).equals(good)).toBe(false);
    const end = await once();
    expect([end.text, end.encoded, end.diskHits]).toEqual([asked.answer, 1, 0]);
    expect(readFileSync(file).equals(good)).toBe(true);
  }
});

test("another projector never reads what this one wrote", async () => {
  const plain = await once();
  await untilStored();
  // One bit of the last weights' mantissa: the same shape, name and size.
  const projector = path.join(dir, "mmproj-other.gguf");
  copyFileSync(PHANTOM.projector, projector);
  const bytes = readFileSync(projector);
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1000) ^ 0x02, bytes.length - 1000);
  writeFileSync(projector, bytes);
  const other = await once({ projector });
  expect([other.encoded, other.diskHits]).toEqual([1, 0]);
  await untilStored(2);
  expect((await once()).values).toEqual(plain.values);
  expect((await once({ projector })).values).toEqual(other.values);
});

test("several processes share the folder", async () => {
  const about = goldens.filter(({ kind }) => kind === "report").slice(0, 12);
  const load = () =>
    ProcessEngine.load({
      ...PHANTOM,
      threads: THREADS,
      contextSize: 2048,
      embeddingCacheDir: cacheDir(),
      // Room for six of the twelve: files come and go under everybody's hands.
      embeddingCacheDirBytes: 6 * (16 * 256 * 4 + 88),
    });
  const engines = await Promise.all([load(), load(), load()]);
  try {
    await Promise.all(
      engines.map(async (engine, offset) => {
        for (let index = 0; index < about.length; index++) {
          const each = about[(index * 5 + offset * 4) % about.length] ?? asked;
          expect((await askGolden(engine, each)).text).toBe(each.answer);
        }
      }),
    );
  } finally {
    await Promise.all(engines.map((engine) => engine.dispose()));
  }
  expect(readdirSync(cacheDir()).filter((name) => !name.endsWith(".embedding"))).toEqual([]);
  expect(files().length).toBeLessThanOrEqual(6 + 3);
  expect(files().length).toBeGreaterThan(0);
});
