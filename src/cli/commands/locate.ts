import path from "node:path";
import type { Command } from "commander";
import { MedGemmaError } from "../../base/errors.js";
import { writeOutput } from "../../base/files/write.js";
import { drawBoxes } from "../../medgemma/tasks/locate/draw.js";
import type { LocateResult } from "../../medgemma/tasks/locate/locate.js";
import { checkOutputFile } from "../files.js";
import { addAnswerFlags } from "../flags.js";
import type { Interrupt } from "../interrupt.js";
import { PROMPT_FLAG, runTask, showLines, type TaskFlags } from "../task.js";
import { note } from "../terminal.js";
import { splitLabels } from "./classify.js";

const EXAMPLES = `
Examples:
  medgemma locate --target "right clavicle" chest.png
  medgemma locate --target nodule --target opacity --draw boxes.svg chest.png
`;

interface LocateFlags extends TaskFlags {
  target: string[];
  draw?: string;
}

export function addLocate(program: Command, interrupt: Interrupt): void {
  const command = program
    .command("locate")
    .description("find where something is in a picture")
    .argument("<image>", "one picture")
    .requiredOption(
      "--target <name>",
      "what to look for; may be repeated",
      (name: string, all: string[] = []) => [...all, ...splitLabels(name)],
    )
    .option("--draw <file>", "write the picture with its boxes there, as .png or .svg")
    .option(...PROMPT_FLAG)
    .addHelpText("after", EXAMPLES);
  addAnswerFlags(command).action((image: string, flags: LocateFlags) => locate(image, flags, interrupt));
}

async function locate(image: string, flags: LocateFlags, interrupt: Interrupt): Promise<void> {
  const { target, draw } = flags;
  const format = draw === undefined ? undefined : path.extname(draw).toLowerCase();
  if (format !== undefined && format !== ".png" && format !== ".svg") {
    throw new MedGemmaError("bad_option", "Expected a file that ends in .png or .svg for --draw.", {
      facts: { option: "--draw" },
      remedy: "Example: --draw boxes.png",
    });
  }
  if (draw !== undefined) await checkOutputFile("--draw", draw);
  await runTask(flags, [image], interrupt, async (model, options, [picture = image]) => {
    const result = await model.locate(picture, target, options);
    showLines(result, toLines(result), flags);
    if (draw === undefined) return;
    const drawn =
      format === ".svg"
        ? await drawBoxes(picture, result.boxes, { format: "svg" })
        : await drawBoxes(picture, result.boxes);
    await writeOutput(draw, drawn);
    if (!flags.quiet) note(`Drawn: ${draw}`);
  });
}

function toLines({ boxes, dropped, notFound }: LocateResult): string[] {
  return [
    ...boxes.map(({ label, source: { x, y, width, height }, millimetres: size }) => {
      const real = size ? `, ${size.width.toFixed(0)} x ${size.height.toFixed(0)} mm` : "";
      return `${label}: ${width} x ${height} pixels at ${x}, ${y}${real}`;
    }),
    ...notFound.map((target) => `${target}: not found`),
    ...dropped.map(({ label, reason }) => `dropped: ${label || "a box"} (${reason.replaceAll("_", " ")})`),
  ];
}
