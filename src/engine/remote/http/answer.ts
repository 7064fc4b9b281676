import type { Response } from "undici";
import { MedGemmaError } from "../../../base/errors.js";
import { parseLongBounded } from "../../../base/files/bounded-json.js";
import type { TimeLimit } from "./time-limit.js";

/** Lists and objects within each other: what is read of an answer lies in six or seven. */
export const DEEPEST = 64;

/** An answer that has begun. It is read once, or ended: until then the time limit of its request runs. */
export class Answer {
  readonly #response: Response;
  readonly #limit: TimeLimit;
  readonly #most: number;

  /** @param most Bytes that the body may have. */
  constructor(response: Response, limit: TimeLimit, most: number) {
    this.#response = response;
    this.#limit = limit;
    this.#most = most;
  }

  get status(): number {
    return this.#response.status;
  }

  header(name: string): string {
    return this.#response.headers.get(name) ?? "";
  }

  /**
   * The body's bytes as they come.
   * @throws MedGemmaError `endpoint_failed` for more than may be; the signal's reason; what the network did.
   */
  async *chunks(): AsyncGenerator<Uint8Array, void, void> {
    const reader = this.#response.body?.getReader();
    let bytes = 0;
    try {
      while (reader) {
        const { value } = await this.#limit.race(reader.read());
        if (value === undefined) return;
        bytes += value.byteLength;
        if (bytes > this.#most) throw tooLong(this.#most);
        yield value;
      }
    } finally {
      // What is not read to its end holds a connection.
      reader?.cancel().catch(() => undefined);
      this.#limit.end();
    }
  }

  async text(): Promise<string> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.chunks()) chunks.push(chunk);
    return new TextDecoder().decode(Buffer.concat(chunks));
  }

  /**
   * @param items As in {@link JsonBounds}.
   * @throws SyntaxError, to be translated without its message, which quotes the answer; UnboundedJson; as {@link chunks}.
   */
  async json(items: number): Promise<unknown> {
    return await parseLongBounded(await this.text(), { depth: DEEPEST, items });
  }

  /** Nobody reads it. */
  end(): void {
    this.#response.body?.cancel().catch(() => undefined);
    this.#limit.end();
  }
}

/** @param most Bytes or characters. */
export function tooLong(most: number): MedGemmaError {
  return new MedGemmaError(
    "endpoint_failed",
    "The endpoint's answer is longer than any that was asked for.",
    {
      facts: { reason: "too_long", most },
      remedy:
        "Check what answers at the address: it does not keep to `maxTokens`, or sends something else without end.",
    },
  );
}
