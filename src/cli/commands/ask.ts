import { existsSync } from "node:fs";
import type { Command } from "commander";
import { MedGemmaError } from "../../base/errors.js";
import { showAnswer } from "../answer.js";
import { readPictureFiles } from "../files.js";
import { type AnswerFlags, addAnswerFlags } from "../flags.js";
import type { Interrupt } from "../interrupt.js";
import { loadModel, toAskOptions } from "../load.js";
import { clearStatus, status } from "../terminal.js";

const EXAMPLES = `
Examples:
  medgemma ask chest.png "Is there a pleural effusion?"
  medgemma ask prior.png current.png "What has changed since the prior image?"
  medgemma ask - "Is there a pleural effusion?" < chest.png
  medgemma ask "What is a pneumothorax?"
  medgemma ask --json --model medgemma-1.5-4b-it-Q4_K_M.gguf --mmproj mmproj-F16.gguf chest.png "Describe this X-ray"
`;

export function addAsk(program: Command, interrupt: Interrupt): void {
  const command = program
    .command("ask")
    .description("answer a question about pictures, or about none")
    .usage("[options] [IMAGE...] QUESTION")
    .argument("<question...>", "pictures, then the question as the last argument")
    .addHelpText("after", EXAMPLES);
  addAnswerFlags(command).action((words: string[], flags: AnswerFlags) => ask(words, flags, interrupt));
}

async function ask(words: string[], flags: AnswerFlags, { signal }: Interrupt): Promise<void> {
  const question = words.at(-1) ?? "";
  checkQuestion(question);
  const options = toAskOptions(flags);
  const pictures = await readPictureFiles(words.slice(0, -1), signal);
  const model = await loadModel(flags, signal);
  try {
    if (pictures.length > 0 && !flags.quiet) status("Looking at the pictures ...");
    const stream = model.stream(pictures, question, { ...options, signal });
    await showAnswer(model, stream, {
      json: flags.json ?? false,
      quiet: flags.quiet ?? false,
      showThought: flags.showThought ?? false,
    });
  } finally {
    clearStatus();
    await model.dispose();
  }
}

/** The commonest slip: pictures, but no question. */
function checkQuestion(question: string): void {
  if (!existsSync(question)) return;
  throw new MedGemmaError("bad_option", "The question is missing: the last argument is a file.", {
    facts: { option: "question" },
    remedy: 'Put the question last, in quotes: medgemma ask chest.png "Is there a pleural effusion?"',
  });
}
