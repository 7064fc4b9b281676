import type { Command } from "commander";
import { addAnswerFlags } from "../flags.js";
import type { Interrupt } from "../interrupt.js";
import { PROMPT_FLAG, runTask, showText, type TaskFlags } from "../task.js";

const EXAMPLES = `
Examples:
  medgemma report chest.png
  medgemma report --indication "Cough for two weeks" chest.dcm
  medgemma report --prior last-year.png chest.png
`;

interface ReportFlags extends TaskFlags {
  indication?: string;
  history?: string;
  prior?: string;
  sections?: string;
}

export function addReport(program: Command, interrupt: Interrupt): void {
  const command = program
    .command("report")
    .description("draft a report: findings and impression")
    .argument("<image...>", "the pictures of one study")
    .option("--indication <text>", "why the study was made")
    .option("--history <text>", "what is known of the patient")
    .option("--prior <image>", "an earlier picture")
    .option("--sections <names>", "sections, by commas (default: FINDINGS,IMPRESSION)")
    .option(...PROMPT_FLAG)
    .addHelpText("after", EXAMPLES);
  addAnswerFlags(command).action((images: string[], flags: ReportFlags) => report(images, flags, interrupt));
}

function report(images: string[], flags: ReportFlags, interrupt: Interrupt): Promise<void> {
  const { indication, history, prior, sections } = flags;
  const files = prior === undefined ? images : [...images, prior];
  return runTask(flags, files, interrupt, (model, options, pictures) => {
    const [before] = prior === undefined ? [] : pictures.splice(-1);
    const stream = model.streamReport(pictures, {
      ...options,
      ...(indication !== undefined && { indication }),
      ...(history !== undefined && { history }),
      ...(before !== undefined && { prior: { image: before } }),
      ...(sections !== undefined && { sections: sections.split(",") }),
    });
    return showText(model, stream, flags);
  });
}
