import type { RgbImage } from "../../image/rgb.js";

/** Pictures by key, least recently used first to go, bounded by bytes. */
export class SquareCache {
  readonly #squares = new Map<string, RgbImage>();
  #bytes = 0;

  constructor(private readonly limit: number) {}

  get(key: string): RgbImage | undefined {
    const square = this.#squares.get(key);
    if (square) {
      this.#squares.delete(key);
      this.#squares.set(key, square);
    }
    return square;
  }

  set(key: string, square: RgbImage): void {
    this.#delete(key);
    this.#squares.set(key, square);
    this.#bytes += square.data.length;
    for (const oldest of this.#squares.keys()) {
      if (this.#bytes <= this.limit || oldest === key) break;
      this.#delete(oldest);
    }
  }

  #delete(key: string): void {
    const square = this.#squares.get(key);
    if (!square) return;
    this.#squares.delete(key);
    this.#bytes -= square.data.length;
  }
}
