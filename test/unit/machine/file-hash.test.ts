import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { open } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { cachePlace } from "../../../src/machine/cache-place.js";
import { hashFile } from "../../../src/machine/file-hash.js";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

let folder: string;
let file: string;
const content = randomBytes(3 * 2 ** 20 + 17);
const records = () => path.join(cachePlace(), "hashes");

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "hash-"));
  file = path.join(folder, "model.gguf");
  writeFileSync(file, content);
  for (const name of ["XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"]) vi.stubEnv(name, folder);
  // The file has lain there for a while.
  vi.spyOn(Date, "now").mockReturnValue(statSync(file).ctimeMs + 60_000);
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

/** Bytes read of any file while `work` runs. */
async function bytesRead(work: () => Promise<unknown>): Promise<number> {
  const handle = await open(file);
  const prototype = Object.getPrototypeOf(handle);
  await handle.close();
  let read = 0;
  const original = prototype.read;
  const spy = vi.spyOn(prototype, "read").mockImplementation(async function (this: unknown, ...args) {
    const result = await original.apply(this, args);
    read += result.bytesRead;
    return result;
  });
  try {
    await work();
  } finally {
    spy.mockRestore();
  }
  return read;
}

describe("a file's hash", () => {
  it("is its sha256, and is not computed again while the file stays as it is", async () => {
    const expected = { bytes: content.length, sha256: sha256(content) };
    expect(await bytesRead(async () => expect(await hashFile(file)).toEqual(expected))).toBe(content.length);
    expect(await bytesRead(async () => expect(await hashFile(file)).toEqual(expected))).toBe(0);
  });

  it("is computed again when the content changed, though size and mtime are the same", async () => {
    const { atime, mtime } = statSync(file);
    await hashFile(file);
    const changed = Buffer.from(content);
    changed[5] = (changed[5] ?? 0) ^ 1;
    writeFileSync(file, changed);
    utimesSync(file, atime, mtime);
    expect((await hashFile(file)).sha256).toBe(sha256(changed));
  });

  it("is not remembered of a file that was changed a moment ago", async () => {
    vi.mocked(Date.now).mockReturnValue(statSync(file).ctimeMs + 10);
    await hashFile(file);
    expect(existsSync(records())).toBe(false);
  });

  it("is remembered without the file's name, for this user only", async () => {
    await hashFile(file);
    const [name = ""] = readdirSync(records());
    const record = path.join(records(), name);
    expect(`${name} ${readFileSync(record, "utf8")}`).not.toContain("model");
    if (process.platform === "win32") return;
    expect(statSync(record).mode & 0o777).toBe(0o600);
    expect(statSync(path.dirname(record)).mode & 0o777).toBe(0o700);
  });

  it("is not believed where the record is damaged, or where others can write it", async () => {
    await hashFile(file);
    const [name = ""] = readdirSync(records());
    const record = path.join(records(), name);
    const { state } = JSON.parse(readFileSync(record, "utf8"));
    const lie = JSON.stringify({ state, sha256: "0".repeat(64) });
    writeFileSync(record, lie);
    if (process.platform !== "win32") {
      chmodSync(path.dirname(record), 0o777);
      expect((await hashFile(file)).sha256).toBe(sha256(content));
      chmodSync(path.dirname(record), 0o700);
    }
    for (const damage of ["", "{", "null", JSON.stringify({ state, sha256: "short" })]) {
      writeFileSync(record, damage);
      expect((await hashFile(file)).sha256, damage).toBe(sha256(content));
    }
  });

  it("comes without a folder to remember it in", async () => {
    for (const name of ["XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"]) vi.stubEnv(name, file);
    expect((await hashFile(file)).sha256).toBe(sha256(content));
  });

  it("stops when the signal fires", async () => {
    const reason = new Error("enough");
    await expect(hashFile(file, AbortSignal.abort(reason))).rejects.toMatchObject({
      code: "aborted",
      cause: reason,
    });
  });
});
