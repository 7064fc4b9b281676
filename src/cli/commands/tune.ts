import type { Command } from "commander";
import { MedGemmaError } from "../../base/errors.js";
import { prepareTuning, readTuneCases } from "../../dataset/tune.js";
import { inputFile } from "../files.js";
import type { Interrupt } from "../interrupt.js";
import { clearStatus, note, progress, speak, speakJson } from "../terminal.js";
import { splitLabels } from "./classify.js";

const EXAMPLES = `
Examples:
  medgemma tune prepare tissue.csv --out set --labels "adipose,debris,mucus" --question "What is the most likely tissue type shown in the histopathology image?"
  medgemma tune prepare vqa.jsonl --out set

A case: {"images": ["a.png"], "question": "...", "truth": "...", "group": "patient 1"}, or a CSV with the columns image,
label, question and group. Training itself is Python's work: docs/tasks/tune.md and examples/tune/ show it.
The folder holds the pictures: treat it as patient data.
`;

interface PrepareFlags {
  out: string;
  labels?: string;
  question?: string;
  system?: string;
  base?: string;
  validation?: string;
  seed?: string;
  quiet?: boolean;
  json?: boolean;
}

export function addTune(program: Command, interrupt: Interrupt): void {
  const tune = program.command("tune").description("training sets for fine-tuning with Python's PEFT");
  tune
    .command("prepare")
    .description("labelled cases as the training set of Google's fine-tuning notebook")
    .argument("<cases>", "JSONL or CSV: a labelled case a line")
    .requiredOption("-o, --out <folder>", "the set, made anew")
    .option("-l, --labels <names>", "the options of a choice, by commas")
    .option("--question <text>", "asked of cases that have none of their own")
    .option("-s, --system <text>", "instructions before the question")
    .option("--base <repository>", "the model to be tuned (default: google/medgemma-1.5-4b-it)")
    .option("--validation <share>", "held back for validation (default: 0.1)")
    .option("--seed <n>", "of the split (default: 42)")
    .option("-q, --quiet", "no progress on stderr")
    .option("--json", "one JSON document on stdout")
    .addHelpText("after", EXAMPLES)
    .action((file: string, flags: PrepareFlags) => prepare(file, flags, interrupt));
}

async function prepare(file: string, flags: PrepareFlags, { signal }: Interrupt): Promise<void> {
  const { out, labels, question, system, base, validation, seed } = flags;
  const set = await prepareTuning(await readTuneCases(inputFile(file)), {
    output: out,
    signal,
    ...(labels !== undefined && { labels: splitLabels(labels) }),
    ...(question !== undefined && { question }),
    ...(system !== undefined && { system }),
    ...(base !== undefined && { base }),
    ...(validation !== undefined && { validation: toNumber("--validation", validation) }),
    ...(seed !== undefined && { seed: toNumber("--seed", seed) }),
    ...(!flags.quiet && { onProgress: (done, total) => progress("Preparing", done / total) }),
  }).finally(clearStatus);
  for (const warning of set.warnings) note(warning);
  if (flags.json) {
    speakJson(set);
    return;
  }
  const { training, validation: held, pictures, answers } = set;
  const lines = [`${training} cases to train on, ${held} to validate with, ${pictures} pictures`];
  const counted = Object.entries(answers);
  // Of free text every answer is its own.
  if (labels !== undefined) for (const [answer, count] of counted) lines.push(`  ${answer}  ${count}`);
  speak(`${lines.join("\n")}\n`);
  note(`Next: train with settings.json (examples/tune/), then run convert.sh in ${out}.`);
}

function toNumber(flag: string, text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isNaN(value)) {
    throw new MedGemmaError("bad_option", `Expected a number for ${flag}.`, { facts: { option: flag } });
  }
  return value;
}
