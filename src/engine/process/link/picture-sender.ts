import { untilAborted } from "../../../base/abort.js";
import { throwIfAborted } from "../../../base/errors.js";
import type { RgbImage } from "../../../image/rgb.js";
import type { Channel } from "./channel.js";
import type { ToChild, ToParent } from "./messages.js";
import { keyedCopy } from "./picture-key.js";

/** More keys than the other side keeps pictures; a forgotten one costs only a transfer. */
const MAX_KNOWN = 4096;

/** Sends each picture to the engine's process once, one after the other: at most one is under way. */
export class PictureSender {
  readonly #known = new Map<string, Promise<void>>();
  readonly #underWay = new Set<string>();
  #last: Promise<void> = Promise.resolve();
  #streams = 0;

  constructor(private readonly channel: Channel<ToParent, ToChild>) {}

  /**
   * The key by which the other side now knows the picture.
   * @throws MedGemmaError `encode_failed`, `aborted`.
   */
  async send(image: RgbImage, signal: AbortSignal | undefined): Promise<string> {
    const { key, image: own } = await keyedCopy(image, signal);
    throwIfAborted(signal);
    await untilAborted(signal, () => this.#known.get(key) ?? this.#start(key, own));
    return key;
  }

  /** Sends a picture that the other side has dropped, unless it is on its way. */
  again(key: string, image: RgbImage): void {
    if (!this.#underWay.has(key)) this.#start(key, image);
  }

  #start(key: string, image: RgbImage): Promise<void> {
    this.#underWay.add(key);
    const { width, height, data } = image;
    const sent = this.#last.then(async () => {
      const stream = ++this.#streams;
      this.channel.send({ type: "picture", stream, key, width, height });
      await this.channel.sendBytes(stream, data);
      this.#underWay.delete(key);
    });
    this.#last = sent;
    this.#known.delete(key);
    this.#known.set(key, sent);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MAX_KNOWN) break;
      this.#known.delete(oldest);
    }
    return sent;
  }
}
