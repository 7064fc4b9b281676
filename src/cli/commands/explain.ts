import type { Command } from "commander";
import { readTextFile } from "../../base/files/read-text.js";
import { inputFile } from "../files.js";
import { addAnswerFlags } from "../flags.js";
import type { Interrupt } from "../interrupt.js";
import { PROMPT_FLAG, runTask, showText, type TaskFlags } from "../task.js";

const EXAMPLES = `
Examples:
  medgemma explain "There is blunting of the left costophrenic angle."
  medgemma explain --report report.txt --image chest.png "The heart is enlarged."
`;

interface ExplainFlags extends TaskFlags {
  report?: string;
  image?: string[];
  modality?: string;
}

export function addExplain(program: Command, interrupt: Interrupt): void {
  const command = program
    .command("explain")
    .description("explain a sentence of a report in plain language")
    .argument("<sentence>", "the sentence, in quotes")
    .option("--report <file>", "text file of the whole report")
    .option("--image <file>", "a picture; may be repeated", (file: string, all: string[] = []) => [
      ...all,
      file,
    ])
    .option("--modality <words>", "kind of picture (default: CXR)")
    .option(...PROMPT_FLAG)
    .addHelpText("after", EXAMPLES);
  addAnswerFlags(command).action((sentence: string, flags: ExplainFlags) =>
    explain(sentence, flags, interrupt),
  );
}

async function explain(sentence: string, flags: ExplainFlags, interrupt: Interrupt): Promise<void> {
  const { report: file, image, modality } = flags;
  const report = file === undefined ? undefined : await readTextFile(inputFile(file), interrupt.signal);
  await runTask(flags, image ?? [], interrupt, (model, options, pictures) => {
    const stream = model.streamExplain(sentence, {
      ...options,
      ...(report !== undefined && { report }),
      ...(image !== undefined && { image: pictures }),
      ...(modality !== undefined && { modality }),
    });
    return showText(model, stream, flags);
  });
}
