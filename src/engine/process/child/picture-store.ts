import { untilAborted } from "../../../base/abort.js";
import { ByteLru } from "../../../base/byte-lru.js";
import { MedGemmaError } from "../../../base/errors.js";
import type { RgbImage } from "../../../image/rgb.js";
import { loadAddon } from "../../native/addon.js";
import type { PictureMessage } from "../link/messages.js";

/** Bytes of squares kept in the engine's process: 55 pictures of MedGemma. */
const DEFAULT_LIMIT = 128 << 20;

interface Arrival {
  readonly data: Uint8Array;
  received: number;
  onComplete(): void;
}

/**
 * The pictures that the application has sent, as squares of the encoder's size: that is all the engine needs, and a
 * fraction of a radiograph's bytes. Least recently used first to go; a call that misses one asks for it again.
 */
export class PictureStore {
  readonly #squares: ByteLru<RgbImage>;
  readonly #arrivals = new Map<number, Arrival>();
  /** By key, until they are squares. */
  readonly #coming = new Map<string, Promise<RgbImage>>();
  /** Calls that asked for a picture again. */
  readonly #waiting = new Map<string, Set<(picture: Promise<RgbImage>) => void>>();
  #side: number | undefined;

  constructor(limit = DEFAULT_LIMIT) {
    this.#squares = new ByteLru(limit);
  }

  /** The encoder's square, known after loading. */
  stretchTo(side: number | undefined): void {
    this.#side = side;
  }

  /** A picture's bytes come next, under this stream. */
  open({ stream, key, width, height }: PictureMessage): void {
    const data = new Uint8Array(width * height * 3);
    const arrived = new Promise<void>((resolve) => {
      this.#arrivals.set(stream, { data, received: 0, onComplete: resolve });
    });
    const picture = arrived.then(() => this.#stretch(data, width, height));
    this.#coming.set(key, picture);
    picture
      .then((square) => this.#squares.set(key, square, square.data.length))
      .catch(() => undefined)
      .finally(() => {
        if (this.#coming.get(key) === picture) this.#coming.delete(key);
      });
    for (const wake of this.#waiting.get(key) ?? []) wake(picture);
    this.#waiting.delete(key);
    if (data.length === 0) this.push(stream, data);
  }

  push(stream: number, piece: Uint8Array): void {
    const arrival = this.#arrivals.get(stream);
    if (!arrival) return;
    arrival.data.set(piece, arrival.received);
    arrival.received += piece.length;
    if (arrival.received < arrival.data.length) return;
    this.#arrivals.delete(stream);
    arrival.onComplete();
  }

  /**
   * The picture as a square, here or once it has come. `onMissing` has to ask for it.
   * @throws MedGemmaError `encode_failed`, `aborted`.
   */
  async get(key: string, signal: AbortSignal, onMissing: () => void): Promise<RgbImage> {
    const square = this.#squares.get(key);
    if (square) return square;
    const onTheWay = this.#coming.get(key);
    if (onTheWay) return untilAborted(signal, () => onTheWay);
    const coming = new Promise<RgbImage>((resolve) => {
      const waiting = this.#waiting.get(key) ?? new Set();
      this.#waiting.set(key, waiting.add(resolve));
    });
    onMissing();
    return untilAborted(signal, () => coming);
  }

  async #stretch(data: Uint8Array, width: number, height: number): Promise<RgbImage> {
    const side = this.#side ?? 0;
    const origin = { format: "raw", storedWidth: width, storedHeight: height, steps: [] };
    if (side === 0 || (width === side && height === side)) return { width, height, data, origin };
    try {
      const square = await loadAddon().resize(data, width, height, side, side);
      return { width: side, height: side, data: square, origin };
    } catch (error) {
      throw new MedGemmaError("encode_failed", "The picture could not be resized.", { cause: error });
    }
  }
}
