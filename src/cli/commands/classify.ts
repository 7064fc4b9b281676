import type { Command } from "commander";
import { MedGemmaError } from "../../base/errors.js";
import { readCalibration } from "../../medgemma/tasks/classify/calibration.js";
import type { ClassifyResult } from "../../medgemma/tasks/classify/classify.js";
import { checkLabels } from "../../medgemma/tasks/classify/labels.js";
import type { ClassifyOptions } from "../../medgemma/tasks/classify/options.js";
import type { LabelPrior } from "../../medgemma/tasks/classify/prior.js";
import { addAnswerFlags } from "../flags.js";
import type { Interrupt } from "../interrupt.js";
import { PROMPT_FLAG, runTask, showLines, type TaskFlags } from "../task.js";

const EXAMPLES = `
Examples:
  medgemma classify --labels "nodule,opacity,pacemaker" chest.png
  medgemma classify --multi-label --labels "cardiomegaly,pleural effusion" chest.png
  medgemma classify --multi-label --labels nodule --calibration nodule.json --abstain-below 0.8 chest.png
  medgemma classify --label "effusion, left" --label "effusion, right" --prior "effusion, left=0.2" \\
      --prior "effusion, right=0.3" chest.png
`;

export interface ClassifyFlags extends TaskFlags {
  labels?: string | undefined;
  label?: string[] | undefined;
  multiLabel?: boolean | undefined;
  method?: string | undefined;
  orders?: string | undefined;
  prior?: string[] | undefined;
  calibration?: string | undefined;
  abstainBelow?: string | undefined;
}

const list = (text: string, all: string[] = []) => [...all, text];

export const LABEL_FLAG = [
  "--label <name>",
  "a label, which may have commas in it; may be repeated",
  list,
] as const;

export const PRIOR_FLAG = [
  "--prior <name|label=share>",
  "content-free: take out what the model answers to a grey picture; or how common a label is, once for each",
  list,
] as const;

export function addClassify(program: Command, interrupt: Interrupt): void {
  const command = program
    .command("classify")
    .description("tell how probable each of some labels is")
    .argument("<image...>", "the pictures of one study")
    .option("-l, --labels <names>", "labels, by commas")
    .option(...LABEL_FLAG)
    .option("--multi-label", "any number of them may be true: a yes/no question each")
    .option("--method <name>", "score, or reason: think first (default: score)")
    .option("--orders <n>", "orders in which a choice is asked, 1..26 (default: as many as labels)")
    .option(...PRIOR_FLAG)
    .option("--calibration <file>", "JSON of `medgemma evaluate classify --fit-calibration`")
    .option("--abstain-below <x>", "leave open what is less probable, 0..1 (default: 0)")
    .option(...PROMPT_FLAG)
    .addHelpText("after", EXAMPLES);
  addAnswerFlags(command).action((images: string[], flags: ClassifyFlags) =>
    classify(images, flags, interrupt),
  );
}

async function classify(images: string[], flags: ClassifyFlags, interrupt: Interrupt): Promise<void> {
  const labels = labelsOf(flags) ?? [];
  const own = await toClassifyOptions(flags);
  checkLabels(labels, own.multiLabel ?? false);
  await runTask(flags, images, interrupt, async (model, { prompt: _text, ...options }, pictures) => {
    const prompt = flags.prompt === undefined ? {} : { prompt: flags.prompt };
    const result = await model.classify(pictures, labels, { ...options, ...prompt, ...own });
    showLines(result, toLines(result), flags);
  });
}

/** Of both flags; undefined when none was given. */
export function labelsOf({ labels, label }: Pick<ClassifyFlags, "labels" | "label">): string[] | undefined {
  if (labels === undefined && label === undefined) return undefined;
  return [...(labels === undefined ? [] : splitLabels(labels)), ...(label ?? []).map((name) => name.trim())];
}

export function splitLabels(text: string): string[] {
  return text.split(",").map((label) => label.trim());
}

/** The flags of its own, checked before a model is loaded for nothing. */
export async function toClassifyOptions(flags: ClassifyFlags): Promise<ClassifyOptions> {
  const { multiLabel, method, orders, prior, calibration, abstainBelow } = flags;
  const threshold = abstainBelow === undefined ? undefined : Number(abstainBelow);
  if (threshold !== undefined && !(threshold >= 0 && threshold <= 1)) throw usage("--abstain-below", "0.8");
  if (method !== undefined && method !== "score" && method !== "reason") throw usage("--method", "reason");
  const count = orders === undefined ? undefined : Number(orders);
  if (count !== undefined && !(Number.isInteger(count) && count >= 1 && count <= 26))
    throw usage("--orders", "1");
  return {
    ...(multiLabel !== undefined && { multiLabel }),
    ...(method !== undefined && { method }),
    ...(count !== undefined && { orders: count }),
    ...(prior !== undefined && { prior: toPrior(prior) }),
    ...(calibration !== undefined && { calibration: await readCalibration(calibration) }),
    ...(threshold !== undefined && { abstainBelow: threshold }),
  };
}

/** `content-free`, or `nodule=0.05` once for each label; the last sign of equality divides. */
function toPrior(texts: readonly string[]): LabelPrior {
  if (texts.length === 1 && texts[0] === "content-free") return "content-free";
  const shares = texts.map((text) => {
    const [, label, share = ""] = /^(.+)=([^=]+)$/s.exec(text) ?? [];
    if (label === undefined || !(Number(share) > 0 && Number(share) < 1))
      throw usage("--prior", 'content-free, or --prior "nodule=0.05" for each label (above 0, below 1)');
    return [label.trim(), Number(share)] as const;
  });
  return Object.fromEntries(shares);
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
