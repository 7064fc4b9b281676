import { createHash } from "node:crypto";
import { untilAborted } from "../../base/abort.js";
import { ByteLru } from "../../base/byte-lru.js";
import { Callback } from "../../base/callback.js";
import { MedGemmaError, throwIfAborted } from "../../base/errors.js";
import type { RgbImage } from "../../image/rgb.js";
import type { EmbeddingShape, EmbeddingStore } from "../embeddings/embedding-store.js";
import type { EngineStats, ProjectorInfo } from "../engine.js";
import { type Addon, fromNative, type NativeEmbedding, type NativeEngineHandle } from "./addon.js";

/** Part of every embedding's key: raise it when the pixels that reach the encoder, or its arithmetic, change. */
const PREPROCESSING_VERSION = 1;

export interface EncodedImage {
  /** sha256 over pixels, projector and preprocessing version, hex. */
  readonly key: string;
  readonly embedding: NativeEmbedding;
}

interface Job {
  readonly result: Promise<EncodedImage>;
  readonly watchers: Set<(share: number) => void>;
  cancel(): void;
  /** Callers that still want it. */
  waiting: number;
}

/** Pictures to embeddings: stretch to the square, look up in memory and on disk, encode once. */
export class ImageEncoder {
  readonly #cache: ByteLru<EncodedImage>;
  readonly #shape: EmbeddingShape;
  readonly #jobs = new Map<string, Job>();
  readonly #writes = new Set<Promise<void>>();
  #encoded = 0;
  #memoryHits = 0;
  #diskHits = 0;

  constructor(
    private readonly addon: Addon,
    private readonly handle: NativeEngineHandle,
    private readonly projector: ProjectorInfo,
    /** Numbers in one vector: the model's width. */
    width: number,
    cacheBytes: number,
    private readonly store: EmbeddingStore | undefined,
  ) {
    this.#cache = new ByteLru(cacheBytes);
    this.#shape = { tokens: projector.imageTokens, width };
  }

  /** @throws MedGemmaError `aborted`, `disposed`, `encode_failed`; and what `onProgress` throws, as it is. */
  async encode(
    image: RgbImage,
    signal: AbortSignal | undefined,
    onProgress?: (share: number) => void,
  ): Promise<EncodedImage> {
    throwIfAborted(signal);
    const square = await untilAborted(signal, () => this.#stretch(image));
    const key = this.#key(square);
    const known = this.#cache.get(key);
    if (known) {
      this.#memoryHits++;
      return known;
    }
    const job = this.#jobs.get(key) ?? this.#start(key, square);
    job.waiting++;
    const progress = new Callback(onProgress);
    job.watchers.add(progress.call);
    try {
      return await untilAborted(signal, () => Promise.race([job.result, progress.failed]));
    } finally {
      job.watchers.delete(progress.call);
      // Several may wait for one picture; it is given up when the last of them has gone.
      if (--job.waiting === 0) job.cancel();
    }
  }

  counts(): EngineStats["images"] {
    return {
      encoded: this.#encoded,
      memoryHits: this.#memoryHits,
      diskHits: this.#diskHits,
      bytes: this.#cache.bytes,
    };
  }

  #start(key: string, square: Uint8Array): Job {
    const watchers = new Set<(share: number) => void>();
    let cancelled = false;
    let stop: () => void = () => undefined;
    const run = async (): Promise<EncodedImage> => {
      const stored = await this.store?.get(key, this.#shape);
      if (stored) {
        this.#diskHits++;
        return { key, embedding: new this.addon.Embedding(stored.values, stored.tokens, stored.width, key) };
      }
      if (cancelled) throw new MedGemmaError("aborted");
      const work = this.handle.encode(square, key, (share) => {
        for (const watcher of watchers) watcher(share);
      });
      stop = work.cancel;
      const embedding = await work.promise;
      this.#encoded++;
      this.#keep(key, embedding);
      return { key, embedding };
    };
    const result = run()
      .then((encoded) => {
        this.#cache.set(key, encoded, encoded.embedding.tokens * encoded.embedding.width * 4);
        return encoded;
      })
      .catch((error) => Promise.reject(fromNative(error)))
      .finally(() => leave());
    result.catch(() => undefined);
    const job: Job = {
      result,
      watchers,
      waiting: 0,
      cancel: () => {
        cancelled = true;
        leave();
        stop();
      },
    };
    // Nobody may join a job that is being given up; by its end another one may have taken its place.
    const leave = () => {
      if (this.#jobs.get(key) === job) this.#jobs.delete(key);
    };
    this.#jobs.set(key, job);
    return job;
  }

  /** Resolves when the disk has what it shall have: a process that ended now would leave a half-written file. */
  async settle(): Promise<void> {
    await Promise.all(this.#writes);
  }

  #keep(key: string, embedding: NativeEmbedding): void {
    if (!this.store) return;
    const { tokens, width } = embedding;
    const write = this.store.set(key, { tokens, width, values: embedding.values() });
    this.#writes.add(write);
    write.finally(() => this.#writes.delete(write));
  }

  /** The reference stretches to the square without keeping the aspect; mtmd copies a picture of that size unchanged. */
  async #stretch(image: RgbImage): Promise<Uint8Array> {
    const { imageSize } = this.projector;
    // A copy, like the resized: the caller may reuse the buffer between the key and the encoding.
    if (image.width === imageSize && image.height === imageSize) return new Uint8Array(image.data);
    try {
      return await this.addon.resize(image.data, image.width, image.height, imageSize, imageSize);
    } catch (error) {
      throw new MedGemmaError("encode_failed", "The picture could not be resized.", { cause: error });
    }
  }

  #key(square: Uint8Array): string {
    const { file, imageSize, encoder } = this.projector;
    return createHash("sha256")
      .update(`medgemma ${PREPROCESSING_VERSION} ${file.sha256} ${imageSize} ${encoder}\n`)
      .update(square)
      .digest("hex");
  }
}
