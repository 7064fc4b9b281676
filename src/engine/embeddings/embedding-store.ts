import { createHash, randomBytes } from "node:crypto";
import { lstat, open, readdir, rename, rm, utimes } from "node:fs/promises";
import path from "node:path";
import { MedGemmaError } from "../../base/errors.js";
import { readBytes } from "../../base/files/read-bytes.js";
import { openCacheFolder } from "./cache-folder.js";

export interface EmbeddingShape {
  readonly tokens: number;
  readonly width: number;
}

export interface StoredEmbedding extends EmbeddingShape {
  readonly values: Float32Array;
}

const MAGIC = "medgemma-emb-2\n\0";
// Magic, tokens and width, the key, and the sha256 of all but itself. The key is in the file, for a name is no proof of
// what a file holds: a copy or a restored backup under another name would answer for another picture.
const KEY_AT = 24;
const DIGEST_AT = KEY_AT + 32;
const HEADER = DIGEST_AT + 32;
const SUFFIX = ".embedding";
/** What this store wrote: a folder or somebody's file of that ending is none of it. */
const OWN = /^[0-9a-f]{64}\.embedding$/;
const TEMPORARY = /^[0-9a-f]{64}\.(\d+)\.[0-9a-f]+\.tmp$/;
// After a prune there is room again, so that not every write prunes.
const PRUNE_TO = 0.9;
/** Share of the limit that a process writes before it looks at what others wrote. */
const UNSEEN = 0.05;

/**
 * Picture embeddings on disk, for several processes at once. Each file appears whole or not at all (written aside and
 * renamed), carries its checksum, and is readable by the user only: an embedding tells much about its picture.
 */
export class EmbeddingStore {
  readonly #dir: string;
  readonly #limit: number;
  /** When the folder was looked at last. */
  #bytes: number;
  /** Since then, by this process. */
  #written = 0;

  private constructor(dir: string, limit: number, bytes: number) {
    this.#dir = dir;
    this.#limit = limit;
    this.#bytes = bytes;
  }

  /**
   * Opens or makes the folder, and removes what killed processes left half-written.
   * @throws MedGemmaError `embedding_cache` when the folder cannot be used.
   */
  static async open(dir: string, limit: number): Promise<EmbeddingStore> {
    const names = await openCacheFolder(dir);
    // What cannot be removed is in nobody's way.
    const remove = (name: string) => rm(path.join(dir, name), { force: true }).catch(() => undefined);
    await Promise.all(names.filter(isOrphan).map(remove));
    const store = new EmbeddingStore(dir, limit, 0);
    store.#bytes = (await store.#list()).reduce((sum, file) => sum + file.bytes, 0);
    return store;
  }

  /**
   * Undefined when there is none, or when it is damaged, another picture's, of another shape, or holds what is no number;
   * then it is removed.
   */
  async get(key: string, shape: EmbeddingShape): Promise<StoredEmbedding | undefined> {
    const file = this.#file(key);
    let bytes: Buffer;
    try {
      bytes = await readBytes(file, {
        most: this.#limit,
        tooLarge: () => new MedGemmaError("embedding_cache"),
      });
    } catch {
      return undefined;
    }
    const embedding = decode(bytes, key, shape);
    if (!embedding) {
      await rm(file, { force: true }).catch(() => undefined);
      return undefined;
    }
    // The time of use decides which file goes first when the folder is full.
    const now = new Date();
    await utimes(file, now, now).catch(() => undefined);
    return embedding;
  }

  /** A full disk or a vanished folder costs the next process an encoding, and nobody an answer. */
  async set(key: string, embedding: StoredEmbedding): Promise<void> {
    const temporary = path.join(this.#dir, `${key}.${process.pid}.${randomBytes(6).toString("hex")}.tmp`);
    try {
      const bytes = encode(key, embedding);
      const handle = await open(temporary, "wx", 0o600);
      try {
        await handle.writeFile(bytes);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(temporary, this.#file(key));
      this.#written += bytes.length;
      // Other processes write too, so that now and then the folder is looked at though this one has room.
      if (this.#bytes + this.#written > this.#limit || this.#written > this.#limit * UNSEEN) {
        await this.#prune();
      }
    } catch {
      await rm(temporary, { force: true }).catch(() => undefined);
    }
  }

  async #prune(): Promise<void> {
    const files = (await this.#list()).sort((a, b) => a.used - b.used);
    let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    this.#written = 0;
    const most = bytes > this.#limit ? this.#limit * PRUNE_TO : this.#limit;
    for (const file of files) {
      if (bytes <= most) break;
      // One that cannot be removed is still there, and keeps none of the others.
      const gone = await rm(file.path, { force: true }).then(
        () => true,
        () => false,
      );
      if (gone) bytes -= file.bytes;
    }
    this.#bytes = bytes;
  }

  async #list(): Promise<{ path: string; bytes: number; used: number }[]> {
    const names = (await readdir(this.#dir)).filter((name) => OWN.test(name));
    const files = await Promise.all(
      names.map(async (name) => {
        const file = path.join(this.#dir, name);
        // Another process may have removed it meanwhile.
        const info = await lstat(file).catch(() => undefined);
        return info?.isFile() ? [{ path: file, bytes: info.size, used: info.mtimeMs }] : [];
      }),
    );
    return files.flat();
  }

  #file(key: string): string {
    return path.join(this.#dir, key + SUFFIX);
  }
}

function encode(key: string, { tokens, width, values }: StoredEmbedding): Buffer {
  const bytes = Buffer.alloc(HEADER + values.byteLength);
  bytes.write(MAGIC, 0, "latin1");
  bytes.writeUInt32LE(tokens, 16);
  bytes.writeUInt32LE(width, 20);
  bytes.write(key, KEY_AT, "hex");
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), HEADER);
  digest(bytes).copy(bytes, DIGEST_AT);
  return bytes;
}

function decode(bytes: Buffer, key: string, shape: EmbeddingShape): StoredEmbedding | undefined {
  if (bytes.length < HEADER || bytes.toString("latin1", 0, 16) !== MAGIC) return undefined;
  const tokens = bytes.readUInt32LE(16);
  const width = bytes.readUInt32LE(20);
  if (tokens !== shape.tokens || width !== shape.width) return undefined;
  if (bytes.length !== HEADER + tokens * width * 4) return undefined;
  if (bytes.toString("hex", KEY_AT, DIGEST_AT) !== key) return undefined;
  if (!digest(bytes).equals(bytes.subarray(DIGEST_AT, HEADER))) return undefined;
  const values = new Float32Array(tokens * width);
  new Uint8Array(values.buffer).set(bytes.subarray(HEADER));
  if (!values.every(Number.isFinite)) return undefined;
  return { tokens, width, values };
}

/** Over everything but the checksum itself. */
function digest(bytes: Buffer): Buffer {
  return createHash("sha256").update(bytes.subarray(0, DIGEST_AT)).update(bytes.subarray(HEADER)).digest();
}

function isOrphan(name: string): boolean {
  const pid = TEMPORARY.exec(name)?.[1];
  if (pid === undefined) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as { code?: string }).code === "ESRCH";
  }
}
