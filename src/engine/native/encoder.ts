import { createHash } from "node:crypto";
import { MedGemmaError, throwIfAborted } from "../../errors.js";
import type { RgbImage } from "../../image/rgb.js";
import { untilAborted } from "../abort.js";
import { EmbeddingCache } from "../embedding-cache.js";
import {
  type Addon,
  type Cancellable,
  fromNative,
  type NativeEmbedding,
  type NativeEngineHandle,
} from "./addon.js";

/** Part of every embedding's key: raise it when the pixels that reach the encoder change. */
const PREPROCESSING_VERSION = 1;

export interface EncodedImage {
  readonly key: string;
  readonly embedding: NativeEmbedding;
}

interface Job {
  readonly result: Promise<EncodedImage>;
  cancel(): void;
  /** Callers that still want it. */
  waiting: number;
}

/** Pictures to embeddings: stretch to the square, look up, encode once. */
export class ImageEncoder {
  readonly #cache: EmbeddingCache<EncodedImage>;
  readonly #jobs = new Map<string, Job>();

  constructor(
    private readonly addon: Addon,
    private readonly handle: NativeEngineHandle,
    private readonly imageSize: number,
    private readonly projectorHash: string,
    cacheBytes: number,
  ) {
    this.#cache = new EmbeddingCache(cacheBytes);
  }

  /** @throws MedGemmaError `aborted`, `disposed`, `encode_failed`. */
  async encode(image: RgbImage, signal: AbortSignal | undefined): Promise<EncodedImage> {
    throwIfAborted(signal);
    const square = await untilAborted(signal, this.#stretch(image));
    const key = this.#key(square);
    const known = this.#cache.get(key);
    if (known) return untilAborted(signal, known);
    const job = this.#jobs.get(key) ?? this.#start(key, square);
    job.waiting++;
    try {
      return await untilAborted(signal, job.result);
    } finally {
      // Several may wait for one picture; it is given up when the last of them has gone.
      if (--job.waiting === 0) job.cancel();
    }
  }

  #start(key: string, square: Uint8Array): Job {
    let work: Cancellable<NativeEmbedding>;
    try {
      work = this.handle.encode(square);
    } catch (error) {
      throw fromNative(error);
    }
    const result = work.promise
      .then(
        (embedding) => ({ key, embedding }),
        (error) => Promise.reject(fromNative(error)),
      )
      .finally(() => this.#jobs.delete(key));
    const job: Job = { result, cancel: work.cancel, waiting: 0 };
    this.#jobs.set(key, job);
    result.then(
      (encoded) =>
        this.#cache.set(
          key,
          Promise.resolve(encoded),
          encoded.embedding.tokens * encoded.embedding.width * 4,
        ),
      () => undefined,
    );
    return job;
  }

  /** The reference stretches to the square without keeping the aspect; mtmd copies a picture of that size unchanged. */
  async #stretch(image: RgbImage): Promise<Uint8Array> {
    if (image.width === this.imageSize && image.height === this.imageSize) return image.data;
    try {
      return await this.addon.resize(image.data, image.width, image.height, this.imageSize, this.imageSize);
    } catch (error) {
      throw new MedGemmaError("encode_failed", "The picture could not be resized.", { cause: error });
    }
  }

  #key(square: Uint8Array): string {
    return createHash("sha256")
      .update(`medgemma ${PREPROCESSING_VERSION} ${this.projectorHash} ${this.imageSize}\n`)
      .update(square)
      .digest("hex");
  }
}
