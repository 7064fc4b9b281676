import type { Command } from "commander";
import { addAnswerFlags } from "../flags.js";
import type { Interrupt } from "../interrupt.js";
import { PROMPT_FLAG, runTask, showText, type TaskFlags } from "../task.js";

export function addCompare(program: Command, interrupt: Interrupt): void {
  const command = program
    .command("compare")
    .description("tell what has changed since a prior picture")
    .argument("<prior>", "the earlier picture")
    .argument("<current>", "the later picture")
    .option(...PROMPT_FLAG)
    .addHelpText("after", "\nExample:\n  medgemma compare last-year.png today.png\n");
  addAnswerFlags(command).action((prior: string, current: string, flags: TaskFlags) =>
    runTask(flags, [prior, current], interrupt, (model, options, [before = prior, after = current]) =>
      showText(model, model.streamCompare(before, after, options), flags),
    ),
  );
}
