import path from "node:path";
import { Argument, type Command, Option } from "commander";
import { EXIT, MedGemmaError } from "../../base/errors.js";
import { writeOutput } from "../../base/files/write.js";
import {
  EVALUATE_TASKS,
  type EvaluateTask,
  type Evaluation,
  evaluate,
  evaluationSvg,
  readCases,
} from "../../dataset/evaluate.js";
import { makeFolder } from "../../machine/folder.js";
import { fitCalibration } from "../../medgemma/tasks/classify/calibration.js";
import type { TriageScaleId } from "../../medgemma/tasks/triage/scales/index.js";
import { checkOutputFile, checkOutputFolder, inputFile } from "../files.js";
import { addAnswerFlags } from "../flags.js";
import type { Interrupt } from "../interrupt.js";
import { PROMPT_FLAG, runTask } from "../task.js";
import { clearStatus, note, progress, speak, speakJson } from "../terminal.js";
import { type ClassifyFlags, LABEL_FLAG, labelsOf, PRIOR_FLAG, toClassifyOptions } from "./classify.js";
import { readSchema } from "./extract.js";

const EXAMPLES = `
Examples:
  medgemma evaluate classify --multi-label --labels "nodule,opacity" cases.jsonl --svg figures/
  medgemma evaluate classify --labels "nodule,opacity" fit.jsonl --fit-calibration calibration.json
  medgemma evaluate extract --lab-report labs.jsonl
  medgemma evaluate triage esi.jsonl --svg figures/
  medgemma evaluate ask vqa.jsonl --benchmark VQA-RAD --json > vqa.result.json

A line of cases.jsonl: {"images": ["a.png"], "truth": ["nodule"]}; see docs/tasks/evaluate.md for each task's fields.
`;

interface EvaluateFlags extends ClassifyFlags {
  fitCalibration?: string;
  calibrationMethod?: "temperature" | "isotonic";
  svg?: string;
  schema?: string;
  labReport?: boolean;
  instruction?: string;
  scale?: string;
  benchmark?: string;
  bootstrapSeed?: string;
}

export function addEvaluate(program: Command, interrupt: Interrupt): void {
  const command = program
    .command("evaluate")
    .description("run a task on cases with known truth and score it")
    .addArgument(new Argument("<task>", "what to run").choices(EVALUATE_TASKS))
    .argument("<cases>", "JSONL: a case with its truth on each line")
    .option("-l, --labels <names>", "of classify: labels, by commas")
    .option("--multi-label", "of classify: any number of labels may be true")
    .option("--method <name>", "of classify: score or reason (default: score)")
    .option(...LABEL_FLAG)
    .option("--orders <n>", "of classify: orders in which a choice is asked")
    .option(...PRIOR_FLAG)
    .option("--calibration <file>", "of classify: JSON of --fit-calibration, to judge it on other cases")
    .option("--fit-calibration <file>", "of classify: fit one on these cases, for `classify --calibration`")
    .addOption(
      new Option("--calibration-method <name>", "how it is fitted (default: temperature)").choices([
        "temperature",
        "isotonic",
      ]),
    )
    .option("--schema <file>", "of extract: JSON schema of the values")
    .option("--lab-report", "of extract: the ready schema for laboratory reports")
    .option("--instruction <text>", "of extract: what to extract, in words")
    .option("--scale <id>", "of triage: esi or news2 (default: esi)")
    .option("--svg <folder>", "write confusion matrix and ROC there")
    .option("--benchmark <name>", "show Google's figures of this benchmark beside")
    .option("--bootstrap-seed <n>", "seed of the intervals (default: 1)")
    .option(...PROMPT_FLAG)
    .addHelpText("after", EXAMPLES);
  addAnswerFlags(command).action((task: EvaluateTask, file: string, flags: EvaluateFlags) =>
    run(task, file, flags, interrupt),
  );
}

async function run(
  task: EvaluateTask,
  file: string,
  flags: EvaluateFlags,
  interrupt: Interrupt,
): Promise<void> {
  checkUse(task, flags);
  const cases = await readCases(inputFile(file));
  const { instruction, scale, fitCalibration: target } = flags;
  const labels = labelsOf(flags);
  if (target !== undefined) await checkFit(task, flags);
  const own = {
    ...(await toClassifyOptions(flags)),
    ...(instruction !== undefined && { instruction }),
    ...(scale !== undefined && { scale: scale as TriageScaleId }),
  };
  const oneSchema = flags.schema !== undefined || flags.labReport;
  const schema = oneSchema ? await readSchema(flags) : undefined;
  if (flags.svg !== undefined) await checkOutputFolder("--svg", flags.svg);
  const { benchmark, bootstrapSeed } = flags;
  await runTask(flags, [], interrupt, async (model, { signal, prompt: _text, ...options }) => {
    const prompt = flags.prompt === undefined ? {} : { prompt: flags.prompt as never };
    const evaluation = await evaluate(model, task, cases, {
      task: { ...options, ...prompt, ...own },
      ...(signal && { signal }),
      ...(schema !== undefined && { schema }),
      ...(labels && { labels }),
      ...(benchmark !== undefined && { benchmark }),
      ...(bootstrapSeed !== undefined && { seed: Number(bootstrapSeed) }),
      ...(!flags.quiet && { onProgress: (done, total) => progress("Evaluating", done / total) }),
    });
    clearStatus();
    if (flags.json) speakJson(evaluation);
    else show(evaluation);
    // A script that looks at the exit code only must not take this for figures.
    if (evaluation.count === 0) process.exitCode = EXIT.input;
    if (flags.svg !== undefined) await writeFigures(evaluation, flags.svg);
    if (target !== undefined && evaluation.count > 0) await writeCalibration(evaluation, target, flags);
  });
}

function show({ task, count, failed, metrics, labels, fields, published, notice }: Evaluation): void {
  const lines = [`${task}: ${count} cases${failed.length > 0 ? `, ${failed.length} could not be run` : ""}`];
  for (const [name, { value, low, high }] of Object.entries(metrics))
    lines.push(`  ${name.padEnd(18)} ${value.toFixed(4)}  (${low.toFixed(4)} to ${high.toFixed(4)})`);
  for (const { label, positives, auroc, f1 } of labels)
    lines.push(`  ${label}: ${positives} of ${count}; AUROC ${auroc.toFixed(4)}, F1 ${f1.toFixed(4)}`);
  for (const { path: field, count: times, right } of fields)
    lines.push(`  ${field || "/"}: right in ${right.value.toFixed(4)} of ${times}`);
  for (const { benchmark, metric, values, source } of published) {
    const figures = Object.entries(values).map(([model, value]) => `${model} ${value}`);
    lines.push(`  published, ${benchmark}, ${metric}: ${figures.join(", ")} (${source})`);
  }
  speak(`${lines.join("\n")}\n`);
  for (const { index, code, message } of failed) note(`Case ${index + 1}: ${message} (${code})`);
  note(notice);
}

/** Flags that one task alone reads. */
const OF_TASK = [
  ["schema", "--schema", "extract"],
  ["labReport", "--lab-report", "extract"],
  ["instruction", "--instruction", "extract"],
  ["scale", "--scale", "triage"],
  ["multiLabel", "--multi-label", "classify"],
  ["method", "--method", "classify"],
  ["orders", "--orders", "classify"],
  ["prior", "--prior", "classify"],
  ["calibration", "--calibration", "classify"],
] as const satisfies readonly (readonly [keyof EvaluateFlags, string, EvaluateTask])[];

/** @throws MedGemmaError `bad_option` for a flag that would count for nothing. */
function checkUse(task: EvaluateTask, flags: EvaluateFlags): void {
  for (const [name, option, owner] of OF_TASK) {
    if (flags[name] === undefined || owner === task) continue;
    throw new MedGemmaError("bad_option", `${option} is of ${owner}, not of ${task}.`, {
      facts: { option },
      remedy: "Leave it out, or see `medgemma evaluate --help` for the options of each task.",
    });
  }
  if (flags.calibrationMethod !== undefined && flags.fitCalibration === undefined)
    throw new MedGemmaError("bad_option", "--calibration-method needs --fit-calibration.", {
      facts: { option: "--calibration-method" },
      remedy: "It is how a calibration is fitted. --fit-calibration FILE says where it is written.",
    });
}

/** @throws MedGemmaError `bad_option`, before the cases are run. */
async function checkFit(task: EvaluateTask, flags: EvaluateFlags): Promise<void> {
  await checkOutputFile("--fit-calibration", flags.fitCalibration ?? "");
  if (task === "classify" && flags.calibration === undefined) return;
  const wrong = task === "classify" ? "and --calibration exclude each other" : "is of classify";
  throw new MedGemmaError("bad_option", `--fit-calibration ${wrong}.`, {
    facts: { option: "--fit-calibration" },
    remedy: "Fit on some cases without --calibration, then judge it on others with --calibration.",
  });
}

async function writeCalibration(
  { outcomes, provenance }: Evaluation,
  file: string,
  { calibrationMethod: method, multiLabel = false }: EvaluateFlags,
): Promise<void> {
  const cases = outcomes.filter((outcome) => outcome.kind === "labels");
  const model = provenance?.model.sha256;
  const options = { multiLabel, ...(method && { method }), ...(model && { model }) };
  await writeOutput(file, `${JSON.stringify(fitCalibration(cases, options), null, 2)}\n`);
  note(`Written: ${file}. Judge it on other cases: --calibration ${file}`);
}

async function writeFigures(evaluation: Evaluation, folder: string): Promise<void> {
  await makeFolder(folder);
  for (const [name, svg] of Object.entries(evaluationSvg(evaluation))) {
    await writeOutput(path.join(folder, name), svg);
    note(`Written: ${path.join(folder, name)}`);
  }
}
