import { JoinedAbort } from "../../base/abort.js";
import { type HubRequest, Interruption, MUCH, rangeOf, requestFile } from "./hub-request.js";
import { IdleSignal } from "./idle-signal.js";

export interface PiecesOptions extends Omit<HubRequest, "signal" | "to"> {
  /** Behind the last byte that is wanted. */
  readonly to: number;
  readonly pieceBytes: number;
  /** Milliseconds without a byte after which a connection is given up. */
  readonly idle: number;
  readonly signal: AbortSignal | undefined;
  /** The first piece's answer, and what watches its connection. */
  readonly first: { readonly response: Response; readonly watch: IdleSignal };
}

/** At once. A hub's single connection is often slower than the line. */
const CONNECTIONS = 4;

/**
 * A file's bytes in their order, over several connections: while one piece is read, the next ones come into memory, so
 * that what is written is always the beginning of the file.
 * @throws Interruption, MedGemmaError: what ended a piece for good, after all that came before it.
 */
export async function* readInPieces(options: PiecesOptions): AsyncGenerator<Uint8Array, void, undefined> {
  const { to, pieceBytes, first, signal } = options;
  const stop = new JoinedAbort(signal);
  const pieces: Piece[] = [];
  let next = options.from;
  try {
    for (;;) {
      while (pieces.length < CONNECTIONS && next < to) {
        const range = { from: next, to: Math.min(next + pieceBytes, to) };
        pieces.push(
          new Piece({ ...options, ...range, signal: stop.signal }, next === options.from ? first : undefined),
        );
        next = range.to;
      }
      const [piece] = pieces;
      if (piece === undefined) return;
      yield* piece.chunks();
      pieces.shift();
    }
  } finally {
    stop.end();
    stop.abort();
  }
}

/** One range of the file, fetched into memory until its turn comes. A connection that is cut is gone on from. */
class Piece {
  readonly #options: Omit<PiecesOptions, "first">;
  readonly #chunks: Uint8Array[] = [];
  #received: number;
  #end: { readonly error?: unknown } | undefined;
  #wake: () => void = () => undefined;

  constructor(options: Omit<PiecesOptions, "first">, first?: PiecesOptions["first"]) {
    this.#options = options;
    this.#received = options.from;
    const ended = (end: { readonly error?: unknown }) => {
      this.#end = end;
      this.#wake();
    };
    this.#fetch(first).then(
      () => ended({}),
      (error: unknown) => ended({ error }),
    );
  }

  /** What has come, and what comes. */
  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      if (this.#options.signal?.aborted) throw new Interruption("stopped");
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) yield chunk;
      else if (this.#end === undefined) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      } else if ("error" in this.#end) throw this.#end.error;
      else return;
    }
  }

  async #fetch(first: PiecesOptions["first"] | undefined): Promise<void> {
    const { to, signal, idle } = this.#options;
    let connection = first;
    while (this.#received < to) {
      const before = this.#received;
      const watch = connection?.watch ?? new IdleSignal(idle, signal);
      try {
        await this.#take(watch.read(connection?.response ?? (await this.#request(watch))));
        if (this.#received < to) throw new Interruption("connection cut");
      } catch (error) {
        const reason = watch.explain(error);
        const progress = this.#received - before >= MUCH && reason instanceof Interruption;
        if (!progress || signal?.aborted) throw reason;
      } finally {
        watch.end();
      }
      connection = undefined;
    }
  }

  async #request(watch: IdleSignal): Promise<Response> {
    const range = { from: this.#received, signal: watch.signal };
    const { response } = await watch.race(requestFile({ ...this.#options, ...range }));
    if (rangeOf(response)?.from === this.#received) return response;
    throw new Interruption(`unusable range (HTTP ${response.status})`);
  }

  async #take(chunks: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const chunk of chunks) {
      const wanted = chunk.subarray(0, this.#options.to - this.#received);
      this.#received += wanted.byteLength;
      this.#chunks.push(wanted);
      this.#wake();
      if (this.#received >= this.#options.to) return;
    }
  }
}
