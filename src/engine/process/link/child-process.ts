import type { ChildProcess } from "node:child_process";
import type { Duplex, Readable } from "node:stream";
import type { MedGemmaError } from "../../../base/errors.js";
import { Channel } from "./channel.js";
import { crashError, StderrTail } from "./crash.js";
import type { ToChild, ToParent } from "./messages.js";
import { notStarted, PIPE_FD, type SpawnOptions, spawnChild } from "./spawn-child.js";

/** After the process has gone, what it wrote may still be on its way, or its stderr be held open by another process. */
const LAST_WORDS_MS = 500;

export interface ChildListener {
  onMessage(message: ToParent): void;
  onBytes(stream: number, piece: Uint8Array): void;
  /** Once, after the last message. */
  onEnd(error: MedGemmaError): void;
}

/** Ended with the application, for one that is stopped sees no pipe close. Where the application is killed, only Linux does it. */
const alive = new Set<ChildProcess>();
let watching = false;

function endWithApplication(child: ChildProcess): void {
  alive.add(child);
  child.once("exit", () => alive.delete(child));
  if (watching) return;
  watching = true;
  process.once("exit", () => {
    for (const one of alive) one.kill("SIGKILL");
  });
}

/** The engine's process as the application sees it: messages, and how it ended. */
export class EngineProcess {
  readonly channel: Channel<ToParent, ToChild>;
  readonly #process: ChildProcess;
  readonly #pipe: Duplex;
  readonly #stderr = new StderrTail();
  readonly #listener: ChildListener;
  /** Once true, its stderr may hold anything a user wrote. */
  loaded = false;
  #holds = 0;
  #ended = false;

  constructor(options: SpawnOptions, cwd: string, listener: ChildListener) {
    this.#listener = listener;
    this.#process = spawnChild(options, cwd);
    endWithApplication(this.#process);
    this.#pipe = this.#process.stdio[PIPE_FD] as Duplex;
    this.channel = new Channel<ToParent, ToChild>(this.#pipe, {
      onMessage: (message) => listener.onMessage(message),
      onBytes: (stream, piece) => listener.onBytes(stream, piece),
      // It ends itself when its side closes; noise on the pipe means that nothing it says can be trusted.
      onClose: () => this.kill(),
    });
    const stderr = this.#process.stderr as Readable;
    stderr.setEncoding("utf8").on("data", (text: string) => this.#stderr.push(text));
    stderr.on("error", () => undefined);
    this.#process.on("error", (error) => {
      if (this.#process.pid === undefined) this.#end(notStarted(error));
    });
    this.#process.on("exit", () => {
      const timer = setTimeout(() => this.#onGone(), LAST_WORDS_MS);
      this.#process.on("close", () => clearTimeout(timer));
    });
    this.#process.on("close", () => this.#onGone());
    this.#setRef(false);
  }

  get pid(): number | undefined {
    return this.#ended ? undefined : this.#process.pid;
  }

  kill(): void {
    if (!this.#ended) this.#process.kill("SIGKILL");
  }

  /** The application's event loop stays alive while anything holds the process. */
  hold(): void {
    if (this.#holds++ === 0) this.#setRef(true);
  }

  release(): void {
    if (--this.#holds === 0) this.#setRef(false);
  }

  #onGone(): void {
    const { exitCode, signalCode } = this.#process;
    const reason = this.#stderr.reason(this.loaded);
    this.#end(crashError({ exitCode: exitCode ?? undefined, signal: signalCode ?? undefined, reason }));
  }

  #end(error: MedGemmaError): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#pipe?.destroy();
    this.#process.stderr?.destroy();
    this.#listener.onEnd(error);
  }

  #setRef(on: boolean): void {
    const handles = [this.#process, this.#pipe, this.#process.stderr] as unknown as {
      ref?(): void;
      unref?(): void;
    }[];
    for (const handle of handles) on ? handle?.ref?.() : handle?.unref?.();
  }
}
