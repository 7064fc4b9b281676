import type { Duplex } from "node:stream";
import { MedGemmaError } from "../../../base/errors.js";
import { PACKAGE_VERSION } from "../../../base/package.js";
import type { RgbImage } from "../../../image/rgb.js";
import type { Engine, PromptPart } from "../../engine.js";
import { loadAddon } from "../../native/addon.js";
import { NativeEngine } from "../../native/native-engine.js";
import { quantizeNatively } from "../../native/quantize.js";
import { Channel } from "../link/channel.js";
import type { CallMessage, Calls, ToChild, ToParent, WirePart } from "../link/messages.js";
import { toWire } from "../link/wire-error.js";
import { PictureStore } from "./picture-store.js";

/** Answers the application's calls with a NativeEngine. Ends when the application's side of the pipe closes. */
export class ChildServer {
  readonly #channel: Channel<ToChild, ToParent>;
  readonly #pictures = new PictureStore();
  readonly #running = new Map<number, AbortController>();
  #engine: NativeEngine | undefined;

  constructor(pipe: Duplex) {
    const listener = {
      onMessage: (message: ToChild) => this.#onMessage(message),
      onBytes: (stream: number, piece: Uint8Array) => this.#pictures.push(stream, piece),
      // The application is gone. Not process.exit: that waits for the threads that compute.
      onClose: () => process.kill(process.pid, "SIGKILL"),
    };
    this.#channel = new Channel<ToChild, ToParent>(pipe, listener, true);
    this.#channel.send({ type: "hello", version: PACKAGE_VERSION });
  }

  #onMessage(message: ToChild): void {
    if (message.type === "call") this.#run(message);
    else if (message.type === "probe")
      this.#channel.send({ type: "steps", steps: this.#engine?.steps() ?? [] });
    else if (message.type === "cancel") this.#running.get(message.id)?.abort();
    else this.#pictures.open(message);
  }

  async #run(call: CallMessage): Promise<void> {
    const { id } = call;
    const controller = new AbortController();
    this.#running.set(id, controller);
    try {
      const result = await this.#answer(call, controller.signal);
      this.#channel.send({ type: "result", id, result });
    } catch (error) {
      this.#channel.send({ type: "error", id, error: toWire(error) });
    } finally {
      this.#running.delete(id);
    }
  }

  async #answer(call: CallMessage, signal: AbortSignal): Promise<Calls[CallMessage["name"]]["result"]> {
    const { id, name, params } = call;
    if (name === "load" || name === "quantize") loadAddon().dieWithParent();
    switch (name) {
      case "load":
        return this.#load(id, params, signal);
      case "dispose":
        await this.#engine?.dispose();
        return process.exit(0);
      case "quantize":
        return quantizeNatively(
          params,
          (share) => this.#channel.send({ type: "progress", id, share }),
          signal,
        );
      case "stats":
        return this.#loaded.stats();
      case "tokenize":
        return this.#tokenize(id, params, signal);
      case "encode":
        return this.#encode(id, params.picture, signal);
      case "score": {
        const parts = await this.#parts(id, params.parts, signal);
        return this.#loaded.score(parts, params.continuations, { ...params.options, signal });
      }
      case "generate": {
        const parts = await this.#parts(id, params.parts, signal);
        const events = this.#loaded.generate(parts, { ...params.options, signal });
        for await (const event of events) this.#channel.send({ type: "event", id, event });
        return undefined;
      }
    }
  }

  async #load(
    id: number,
    { settings, log }: Calls["load"]["params"],
    signal: AbortSignal,
  ): Promise<Calls["load"]["result"]> {
    const onProgress = (share: number) => this.#channel.send({ type: "progress", id, share });
    if (log) loadAddon().setLogger((level, line) => this.#channel.send({ type: "log", level, line }));
    const engine = await NativeEngine.load({ ...settings, onProgress, signal });
    this.#engine = engine;
    this.#pictures.stretchTo(engine.info.projector?.imageSize);
    return engine.info;
  }

  async #encode(id: number, picture: string, signal: AbortSignal): Promise<Calls["encode"]["result"]> {
    const image = await this.#picture(id, picture, signal);
    const onProgress = (share: number) => this.#channel.send({ type: "progress", id, share });
    const { values, ...rest } = await this.#loaded.encode(image, { signal, onProgress });
    await this.#sendNumbers(id, values);
    return rest;
  }

  async #tokenize(id: number, params: Calls["tokenize"]["params"], signal: AbortSignal): Promise<undefined> {
    const { text, special } = params;
    await this.#sendNumbers(id, await this.#loaded.tokenize(text, { special, signal }));
  }

  async #sendNumbers(
    id: number,
    { buffer, byteOffset, byteLength }: Float32Array | Int32Array,
  ): Promise<void> {
    this.#channel.send({ type: "bytes", id, length: byteLength });
    await this.#channel.sendBytes(id, new Uint8Array(buffer, byteOffset, byteLength));
  }

  #parts(id: number, parts: readonly WirePart[], signal: AbortSignal): Promise<PromptPart[]> {
    return Promise.all(
      parts.map(async (part): Promise<PromptPart> => {
        if (part.type === "text") return part;
        return { type: "image", image: await this.#picture(id, part.picture, signal) };
      }),
    );
  }

  #picture(id: number, picture: string, signal: AbortSignal): Promise<RgbImage> {
    return this.#pictures.get(picture, signal, () => this.#channel.send({ type: "need", id, picture }));
  }

  get #loaded(): Engine {
    if (!this.#engine) throw new MedGemmaError("disposed", "The model is not loaded.");
    return this.#engine;
  }
}
