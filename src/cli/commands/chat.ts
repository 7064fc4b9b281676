import readline from "node:readline";
import type { Command } from "commander";
import { MedGemmaError } from "../../base/errors.js";
import type { ImageInput } from "../../image/input.js";
import type { MedGemma } from "../../medgemma/medgemma.js";
import type { ChatSession } from "../../medgemma/tasks/chat/chat.js";
import { showAnswer } from "../answer.js";
import { describeFailure, reportFailure } from "../failure.js";
import { readPictureFiles, refuseStdin } from "../files.js";
import { type AnswerFlags, addAnswerFlags } from "../flags.js";
import type { Interrupt } from "../interrupt.js";
import { loadModel, toAskOptions } from "../load.js";
import { clearStatus, note, status } from "../terminal.js";

const COMMANDS = `  /image PATH   add a picture to the next question
  /reset        forget the conversation and its pictures
  /help         show this
  /exit         leave (also Ctrl-D, or Ctrl-C at an empty prompt)`;

const NOTES = `
In the conversation:
${COMMANDS}
Ctrl-C stops a running answer. When stdin is no terminal, each line is a question; the first error ends the
command. With --json each answer is one line of JSON.
`;

export function addChat(program: Command, interrupt: Interrupt): void {
  const command = program
    .command("chat")
    .description("talk about pictures, turn by turn")
    .usage("[options] [IMAGE...]")
    .argument("[images...]", "pictures for the first question")
    .addHelpText("after", NOTES);
  addAnswerFlags(command).action(async (images: string[], flags: AnswerFlags) => {
    const options = toAskOptions(flags);
    for (const image of images) refuseStdin("images", image);
    const pictures = await readPictureFiles(images, interrupt.signal);
    const model = await loadModel(flags, interrupt.signal);
    try {
      const open = () => model.chat(options);
      await new Conversation(model, open, pictures, flags, interrupt).run();
    } finally {
      clearStatus();
      await model.dispose();
    }
  });
}

class Conversation {
  readonly #interactive = process.stdin.isTTY === true;
  #session: ChatSession;
  #answering = false;

  constructor(
    private readonly model: MedGemma,
    private readonly open: () => ChatSession,
    private pictures: ImageInput[],
    private readonly flags: AnswerFlags,
    private readonly interrupt: Interrupt,
  ) {
    this.#session = open();
  }

  async run(): Promise<void> {
    const input = readline.createInterface({
      input: process.stdin,
      ...(this.#interactive && { output: process.stderr }),
      prompt: "> ",
    });
    // On a terminal readline itself gets the key.
    input.on("SIGINT", () => this.#onKey(input));
    this.interrupt.onStop = () => {
      if (!this.#answering) input.close();
    };
    if (this.#interactive) note("Ask a question. /help lists the commands.");
    try {
      if (this.#interactive) input.prompt();
      for await (const line of input) {
        if (!(await this.#take(line.trim()))) break;
        if (this.#interactive) input.prompt();
      }
      // A signal while nothing was being answered.
      if (this.interrupt.cause) throw new MedGemmaError("aborted");
    } finally {
      this.interrupt.onStop = undefined;
      input.close();
    }
  }

  #onKey(input: readline.Interface): void {
    if (this.#answering) this.interrupt.stop("SIGINT");
    else if (input.line !== "") input.write(null, { ctrl: true, name: "u" });
    else {
      note("");
      input.close();
    }
  }

  /** Takes one line. False ends the conversation. */
  async #take(line: string): Promise<boolean> {
    const [name = "", ...rest] = line.split(/\s+/);
    if (line === "") return true;
    if (name === "/exit" || name === "/quit") return false;
    if (name === "/help") note(COMMANDS);
    else if (name === "/reset") this.#reset();
    else if (name === "/image") await this.#guard(() => this.#addPicture(line.slice(name.length).trim()));
    else if (name.startsWith("/") && rest.length === 0)
      note(`There is no command ${name}; /help lists them.`);
    else await this.#guard(() => this.#answer(line));
    return true;
  }

  #reset(): void {
    this.#session = this.open();
    this.pictures = [];
    note("Forgotten.");
  }

  async #addPicture(path: string): Promise<void> {
    if (path === "") {
      throw new MedGemmaError("bad_option", "/image needs a path.", { remedy: "Example: /image chest.png" });
    }
    this.pictures.push(...(await readPictureFiles([path], this.interrupt.signal)));
    if (this.#interactive) note("The next question is about this picture too.");
  }

  async #answer(question: string): Promise<void> {
    const { json = false, quiet = false, showThought = false } = this.flags;
    const images = this.pictures;
    if (images.length > 0 && !quiet) status("Looking at the pictures ...");
    this.#answering = true;
    try {
      const { signal } = this.interrupt;
      const stream = this.#session.stream(question, { images, signal });
      await showAnswer(this.model, stream, { json, compact: true, quiet, showThought });
      this.pictures = [];
    } catch (error) {
      // A picture that cannot be read would spoil every question that follows.
      if (!(MedGemmaError.isInstance(error) && error.code === "aborted")) this.pictures = [];
      throw error;
    } finally {
      this.#answering = false;
    }
  }

  /** At a prompt an error is told and the conversation goes on; a script must not go on unaware. */
  async #guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const { cause } = this.interrupt;
      if (!this.#interactive || cause === "SIGTERM" || cause === "EPIPE") throw error;
      clearStatus();
      reportFailure(describeFailure(error, cause), error, false);
      if (cause) this.interrupt.renew();
    }
  }
}
