import { abortedBy, onAbort } from "../../../base/abort.js";
import { MedGemmaError } from "../../../base/errors.js";
import { PACKAGE_VERSION } from "../../../base/package.js";
import type { RgbImage } from "../../../image/rgb.js";
import { type Answer, type CallListener, CallTable, type PendingCall } from "./calls.js";
import { EngineProcess } from "./child-process.js";
import { stuckError } from "./crash.js";
import type { CallMessage, CallName, Calls, LogLevel, ToParent } from "./messages.js";
import { PictureSender } from "./picture-sender.js";
import type { SpawnOptions } from "./spawn-child.js";
import { Watchdog, type WatchSettings } from "./watchdog.js";
import { fromWire } from "./wire-error.js";

/** For the program to start and to say its version; loading comes after. */
const HELLO_MS = 60_000;

export interface LinkOptions {
  readonly spawn: SpawnOptions;
  readonly cwd: string;
  /** Must not throw. */
  readonly onLog?: ((level: LogLevel, line: string) => void) | undefined;
  /** Once, when the process has gone. */
  readonly onEnd: (error: MedGemmaError) => void;
}

/** Calls into one child process, from its start to its end. */
export class ChildLink {
  /** Resolves when the process has gone. */
  readonly ended: Promise<void>;
  readonly #process: EngineProcess;
  readonly #pictures: PictureSender;
  readonly #calls: CallTable;
  readonly #options: LinkOptions;
  readonly #helloTimer: NodeJS.Timeout;
  #watchdog: Watchdog | undefined;
  /** Pictures on their way. */
  #sending = 0;
  /** Why this side ended the process. */
  #verdict: MedGemmaError | undefined;

  /** @throws MedGemmaError `engine_crashed` when no process can be started. */
  constructor(options: LinkOptions) {
    this.#options = options;
    let onEnded: () => void = () => undefined;
    this.ended = new Promise((resolve) => {
      onEnded = resolve;
    });
    this.#process = new EngineProcess(options.spawn, options.cwd, {
      onMessage: (message) => this.#onMessage(message),
      onBytes: (id, piece) => this.#calls.get(id)?.pushBytes(piece),
      onEnd: (error) => {
        clearTimeout(this.#helloTimer);
        this.#watchdog?.stop();
        this.#calls.failAll(error);
        if (!this.#verdict) options.onEnd(error);
        onEnded();
      },
    });
    this.#calls = new CallTable(
      () => this.#process.hold(),
      () => this.#process.release(),
    );
    this.#pictures = new PictureSender(this.#process.channel);
    this.#helloTimer = setTimeout(() => this.#refuse("it did not answer"), HELLO_MS).unref();
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** @throws MedGemmaError as the call, `aborted` as soon as the signal fires, `engine_crashed`. */
  async call<Name extends CallName>(
    name: Name,
    params: Calls[Name]["params"],
    listener: CallListener = {},
    signal?: AbortSignal,
  ): Promise<{ result: Calls[Name]["result"]; bytes: Uint8Array }> {
    const { answer } = this.start(name, params, listener, signal);
    return answer as Promise<Answer & { result: Calls[Name]["result"] }>;
  }

  /** The same without waiting: for calls with events. */
  start<Name extends CallName>(
    name: Name,
    params: Calls[Name]["params"],
    listener: CallListener,
    signal: AbortSignal | undefined,
  ): { answer: Promise<Answer>; cancel: () => void } {
    if (signal?.aborted) throw abortedBy(signal);
    const call = this.#calls.open(listener, (thrown, error) => this.#giveUp(thrown, error));
    try {
      this.#process.channel.send({ type: "call", id: call.id, name, params } as CallMessage);
    } catch (error) {
      this.#calls.settle(call.id);
      throw new MedGemmaError("bad_option", "An option cannot be sent to the engine's process.", {
        cause: error,
      });
    }
    const cancel = () => this.#cancel(call, signal);
    const stopListening = onAbort(signal, cancel);
    call.answer.then(stopListening, stopListening);
    return { answer: call.answer, cancel };
  }

  /** Makes the pictures known on the other side; returns them by key, in order. */
  async send(images: readonly RgbImage[], signal: AbortSignal | undefined): Promise<string[]> {
    this.#process.hold();
    this.#sending++;
    try {
      return await Promise.all(images.map((image) => this.#pictures.send(image, signal)));
    } finally {
      this.#sending--;
      this.#process.release();
    }
  }

  /** From now on a process that is stuck is ended, and its calls reject with `engine_crashed`. */
  watch(settings: WatchSettings): void {
    if (settings.stuckAfter === 0) return;
    this.#watchdog = new Watchdog(
      settings,
      () => this.#calls.size + this.#sending > 0,
      () => this.#process.channel.send({ type: "probe" }),
      (stuck) => {
        this.#verdict = stuckError(stuck);
        this.#calls.failAll(this.#verdict);
        // At once: until it has gone, nobody may be sent there any more.
        this.#options.onEnd(this.#verdict);
        this.#process.kill();
      },
    );
  }

  /** What waits and what comes rejects with this. */
  fail(error: MedGemmaError): void {
    this.#calls.failAll(error);
  }

  /** Ends the process at once; resolves when it has gone. */
  async kill(): Promise<void> {
    this.#process.hold();
    this.#process.kill();
    await this.ended;
    this.#process.release();
  }

  /** Asks the process to end, and ends it after the deadline. */
  async stop(deadlineMs: number): Promise<void> {
    const timer = setTimeout(() => this.#process.kill(), deadlineMs);
    this.#process.hold();
    this.#process.channel.send({ type: "call", id: 0, name: "dispose", params: undefined });
    await this.ended;
    this.#process.release();
    clearTimeout(timer);
  }

  #cancel(call: PendingCall, signal: AbortSignal | undefined): void {
    this.#giveUp(call, signal?.aborted ? abortedBy(signal) : new MedGemmaError("aborted"));
  }

  /** Rejects the call and stops its work, unless it has been settled. */
  #giveUp(call: PendingCall, error: unknown): void {
    if (!this.#calls.settle(call.id)) return;
    this.#process.channel.send({ type: "cancel", id: call.id });
    call.fail(error);
  }

  /** A process that is not what it should be. */
  #refuse(what: string): void {
    this.#calls.failAll(
      new MedGemmaError("engine_crashed", `The engine's process cannot be used: ${what}.`, {
        facts: { reason: what },
        remedy: "Check `execPath`; after an update of the package, start the application again.",
      }),
    );
    this.#process.kill();
  }

  #onMessage(message: ToParent): void {
    switch (message.type) {
      case "hello":
        clearTimeout(this.#helloTimer);
        if (message.version !== PACKAGE_VERSION) {
          this.#refuse(`it is of version ${message.version}, the application of ${PACKAGE_VERSION}`);
        }
        break;
      case "steps":
        this.#watchdog?.answered(message.steps);
        break;
      case "event":
        this.#calls.get(message.id)?.listener.onEvent?.(message.event);
        break;
      case "result":
        this.#process.loaded = true;
        this.#calls.settle(message.id)?.finish(message.result);
        break;
      case "error":
        this.#calls.settle(message.id)?.fail(fromWire(message.error));
        break;
      case "bytes":
        this.#calls.get(message.id)?.expectBytes(message.length);
        break;
      case "need": {
        const image = this.#calls.get(message.id)?.listener.images?.get(message.picture);
        if (image) this.#pictures.again(message.picture, image);
        break;
      }
      case "progress":
        this.#calls.get(message.id)?.progress.call(message.share);
        break;
      case "log":
        this.#options.onLog?.(message.level, message.line);
    }
  }
}
