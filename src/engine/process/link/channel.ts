import type { Duplex } from "node:stream";
import { bytesHeader, FrameReader, messageFrame } from "./frames.js";
import { fromJson, toJson } from "./json.js";

/** Bulk bytes go in pieces of this size, so that messages get in between and neither side's event loop is held. */
const PIECE = 256 << 10;

export interface ChannelListener<In> {
  onMessage(message: In): void;
  onBytes(stream: number, piece: Uint8Array): void;
  /** Nothing comes any more. `noise` when the pipe carried something that is no message. */
  onClose(noise: boolean): void;
}

/** Typed messages and bulk bytes over one pipe. */
export class Channel<In, Out> {
  #closed = false;
  #flushing = false;
  readonly #wakeOnClose = new Set<() => void>();

  constructor(
    private readonly pipe: Duplex,
    private readonly listener: ChannelListener<In>,
    /** Messages of one turn of the event loop go out together: for a side that sends many small ones. */
    private readonly batched = false,
  ) {
    const reader = new FrameReader({
      onMessage: (text) => listener.onMessage(fromJson(text) as In),
      onBytes: (stream, piece) => listener.onBytes(stream, piece),
    });
    pipe.on("data", (chunk: Buffer) => {
      if (this.#closed) return;
      try {
        reader.push(chunk);
      } catch {
        this.#close(true);
      }
    });
    // Each upload under way waits with a listener of its own.
    pipe.setMaxListeners(0);
    // The other side is gone: "close" says so too, but not always and not first.
    pipe.on("error", () => this.#close(false));
    pipe.on("end", () => this.#close(false));
    pipe.on("close", () => this.#close(false));
  }

  send(message: Out): void {
    if (this.#closed) return;
    const frame = messageFrame(toJson(message));
    if (this.batched && !this.#flushing) {
      this.#flushing = true;
      this.pipe.cork();
      setImmediate(() => {
        this.#flushing = false;
        this.pipe.uncork();
      });
    }
    this.pipe.write(frame);
  }

  /** Sends bulk bytes no faster than they are taken. They must not change until this settles. */
  async sendBytes(stream: number, bytes: Uint8Array): Promise<void> {
    for (let from = 0; from < bytes.length && !this.#closed; from += PIECE) {
      const piece = bytes.subarray(from, from + PIECE);
      this.pipe.cork();
      this.pipe.write(bytesHeader(stream, piece.length));
      this.pipe.write(piece);
      this.pipe.uncork();
      if (this.pipe.writableNeedDrain) await this.#drained();
    }
  }

  #drained(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        this.pipe.off("drain", done);
        this.#wakeOnClose.delete(done);
        resolve();
      };
      this.pipe.on("drain", done);
      this.#wakeOnClose.add(done);
    });
  }

  #close(noise: boolean): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const wake of [...this.#wakeOnClose]) wake();
    this.listener.onClose(noise);
  }
}
