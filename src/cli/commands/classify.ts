import type { Command } from "commander";
import { MedGemmaError } from "../../errors.js";
import { readCalibration } from "../../medgemma/calibration.js";
import type { ClassifyOptions, ClassifyResult } from "../../medgemma/classify.js";
import { checkLabels } from "../../medgemma/classify-labels.js";
import { addAnswerFlags } from "../flags.js";
import type { Interrupt } from "../interrupt.js";
import { PROMPT_FLAG, runTask, showLines, type TaskFlags } from "../task.js";

const EXAMPLES = `
Examples:
  medgemma classify --labels "nodule,opacity,pacemaker" chest.png
  medgemma classify --multi-label --labels "cardiomegaly,pleural effusion" chest.png
  medgemma classify --multi-label --labels nodule --calibration nodule.json --abstain-below 0.8 chest.png
`;

export interface ClassifyFlags extends TaskFlags {
  labels: string;
  multiLabel?: boolean;
  method?: string;
  prior?: string;
  calibration?: string;
  abstainBelow?: string;
}

export function addClassify(program: Command, interrupt: Interrupt): void {
  const command = program
    .command("classify")
    .description("tell how probable each of some labels is")
    .argument("<image...>", "the pictures of one study")
    .requiredOption("-l, --labels <names>", "labels, by commas")
    .option("--multi-label", "any number of them may be true: a yes/no question each")
    .option("--method <name>", "score, or reason: think first (default: score)")
    .option("--prior <name>", "content-free: take out what the model answers to a grey picture")
    .option("--calibration <file>", "JSON of fitCalibration")
    .option("--abstain-below <x>", "leave open what is less probable, 0..1 (default: 0)")
    .option(...PROMPT_FLAG)
    .addHelpText("after", EXAMPLES);
  addAnswerFlags(command).action((images: string[], flags: ClassifyFlags) =>
    classify(images, flags, interrupt),
  );
}

async function classify(images: string[], flags: ClassifyFlags, interrupt: Interrupt): Promise<void> {
  const labels = splitLabels(flags.labels);
  const own = await toClassifyOptions(flags);
  checkLabels(labels, own.multiLabel ?? false);
  await runTask(flags, images, interrupt, async (model, { prompt: _text, ...options }) => {
    const prompt = flags.prompt === undefined ? {} : { prompt: flags.prompt };
    const result = await model.classify(images, labels, { ...options, ...prompt, ...own });
    showLines(result, toLines(result), flags);
  });
}

export function splitLabels(text: string): string[] {
  return text.split(",").map((label) => label.trim());
}

/** The flags of its own, checked before a model is loaded for nothing. */
export async function toClassifyOptions(flags: Omit<ClassifyFlags, "labels">): Promise<ClassifyOptions> {
  const { multiLabel, method, prior, calibration, abstainBelow } = flags;
  const threshold = abstainBelow === undefined ? undefined : Number(abstainBelow);
  if (threshold !== undefined && !(threshold >= 0 && threshold <= 1)) throw usage("--abstain-below", "0.8");
  if (method !== undefined && method !== "score" && method !== "reason") throw usage("--method", "reason");
  if (prior !== undefined && prior !== "content-free") throw usage("--prior", "content-free");
  return {
    ...(multiLabel !== undefined && { multiLabel }),
    ...(method !== undefined && { method }),
    ...(prior !== undefined && { prior }),
    ...(calibration !== undefined && { calibration: await readCalibration(calibration) }),
    ...(threshold !== undefined && { abstainBelow: threshold }),
  };
}

function usage(flag: string, example: string): MedGemmaError {
  const facts = { option: flag };
  return new MedGemmaError("bad_option", `The value of ${flag} is none of its values.`, {
    facts,
    remedy: `Example: ${flag} ${example}`,
  });
}

function toLines({ labels, undecided, abstained, answerMass }: ClassifyResult): string[] {
  const width = Math.max(...labels.map(({ label }) => label.length));
  const lines = labels.map(({ label, probability }) => {
    const open = undecided.includes(label) ? "  left open" : "";
    return `${label.padEnd(width)}  ${probability.toFixed(4)}${open}`;
  });
  if (!abstained || answerMass > 0.5) return lines;
  return [...lines, "The question does not suit the picture: the model would say something else."];
}
