/**
 * The framing of the pipe between the two processes: a header of 9 bytes, then the body.
 *
 *   u8 kind (1 message as JSON, 2 bulk bytes), u32 stream (bulk bytes only), u32 length of the body; little-endian
 */
const FRAME = { message: 1, bytes: 2 } as const;

const HEADER = 9;
/** No message is near this; a length above it is noise on the pipe. */
const MAX_BODY = 1 << 30;

export interface FrameListener {
  onMessage(text: string): void;
  /** A piece of a frame's body, as it comes; valid during the call only. */
  onBytes(stream: number, piece: Uint8Array): void;
}

export function bytesHeader(stream: number, length: number): Buffer {
  const header = Buffer.allocUnsafe(HEADER);
  writeHeader(header, FRAME.bytes, stream, length);
  return header;
}

function writeHeader(target: Buffer, kind: number, stream: number, length: number): void {
  target.writeUInt8(kind, 0);
  target.writeUInt32LE(stream, 1);
  target.writeUInt32LE(length, 5);
}

/** A message with its header, in one piece. */
export function messageFrame(text: string): Buffer {
  const length = Buffer.byteLength(text, "utf8");
  const frame = Buffer.allocUnsafe(HEADER + length);
  writeHeader(frame, FRAME.message, 0, length);
  frame.write(text, HEADER, "utf8");
  return frame;
}

/** Cuts what comes through the pipe into frames. Bulk bytes are handed on without being collected. */
export class FrameReader {
  #pieces: Buffer[] = [];
  #held = 0;
  #kind = 0;
  #stream = 0;
  /** Bytes of the body still to come; undefined between frames. */
  #left: number | undefined;

  constructor(private readonly listener: FrameListener) {}

  /** @throws Error when this is no frame of ours. */
  push(chunk: Buffer): void {
    let rest = chunk;
    for (;;) {
      if (this.#left === undefined) {
        const header = this.#take(rest, HEADER);
        if (!header) return;
        rest = rest.subarray(header.used);
        this.#open(header.whole);
      }
      if (this.#kind === FRAME.bytes) {
        const piece = rest.subarray(0, this.#left);
        if (piece.length > 0) this.listener.onBytes(this.#stream, piece);
        rest = rest.subarray(piece.length);
        this.#left = (this.#left ?? 0) - piece.length;
        if (this.#left > 0) return;
      } else {
        const body = this.#take(rest, this.#left ?? 0);
        if (!body) return;
        rest = rest.subarray(body.used);
        this.#left = undefined;
        this.listener.onMessage(body.whole.toString("utf8"));
      }
      if (this.#left === 0) this.#left = undefined;
      if (rest.length === 0) return;
    }
  }

  #open(header: Buffer): void {
    this.#kind = header.readUInt8(0);
    this.#stream = header.readUInt32LE(1);
    this.#left = header.readUInt32LE(5);
    const known = this.#kind === FRAME.message || this.#kind === FRAME.bytes;
    if (!known || this.#left > MAX_BODY) throw new Error("The pipe carries something that is no message.");
  }

  /** `size` bytes out of what is held and `chunk`; nothing, and `chunk` is held, when they have not all come. */
  #take(chunk: Buffer, size: number): { whole: Buffer; used: number } | undefined {
    const used = size - this.#held;
    if (chunk.length < used) {
      this.#pieces.push(chunk);
      this.#held += chunk.length;
      return undefined;
    }
    const last = chunk.subarray(0, used);
    const whole = this.#pieces.length === 0 ? last : Buffer.concat([...this.#pieces, last], size);
    this.#pieces = [];
    this.#held = 0;
    return { whole, used };
  }
}
