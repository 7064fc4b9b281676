import { type Command, Option } from "commander";
import { MedGemmaError } from "../../base/errors.js";
import { fileLabel } from "../../base/files/name.js";
import { readJsonFile } from "../../base/files/read-text.js";
import { given } from "../../base/options.js";
import type { TriageCase } from "../../medgemma/tasks/triage/case.js";
import { checkCase } from "../../medgemma/tasks/triage/case.js";
import { TRIAGE_SCALES, type TriageScaleId } from "../../medgemma/tasks/triage/scales/index.js";
import type { TriageResult } from "../../medgemma/tasks/triage/triage.js";
import { inputFile } from "../files.js";
import { type AnswerFlags, addAnswerFlags } from "../flags.js";
import type { Interrupt } from "../interrupt.js";
import { loadModel, toAskOptions } from "../load.js";
import { clearStatus, note, speak, speakJson, status } from "../terminal.js";

const EXAMPLES = `
Examples:
  medgemma triage --age 54 --complaint "chest pain" --heart-rate 131 --spo2 97
  medgemma triage case.json --scale news2
  medgemma triage --json case.json | jq .level

The level is the model's, or a more urgent one where the published limits for vital signs ask for it.
`;

interface TriageFlags extends Omit<AnswerFlags, "think" | "showThought"> {
  scale: TriageScaleId;
  age?: string;
  sex?: string;
  complaint?: string;
  history?: string;
  symptoms?: string;
  heartRate?: string;
  respiratoryRate?: string;
  spo2?: string;
  systolic?: string;
  diastolic?: string;
  temperatureC?: string;
  gcs?: string;
  avpu?: string;
  onOxygen?: boolean;
  hypercapnic?: boolean;
  medications?: string;
  allergies?: string;
  pregnant?: boolean;
  screen?: boolean;
  screenThreshold?: string;
}

export function addTriage(program: Command, interrupt: Interrupt): void {
  const command = program
    .command("triage")
    .description("how urgent a case is: the model's level, held to published limits")
    .argument("[case]", "a JSON file: {age, sex, complaint, history, symptoms, vitals: {heartRate, ...}}")
    .addOption(
      new Option("--scale <scale>", "which levels").choices(Object.keys(TRIAGE_SCALES)).default("esi"),
    )
    .option("--age <years>", "age")
    .option("--sex <sex>", "female, male or other")
    .option("--complaint <text>", "why the patient comes")
    .option("--history <text>", "what is known from before")
    .option("--symptoms <text>", "other symptoms")
    .option("--medications <text>", "what the patient takes")
    .option("--allergies <text>", "allergies")
    .option("--pregnant", "the patient is pregnant: other limits hold")
    .option("--heart-rate <n>", "beats a minute")
    .option("--respiratory-rate <n>", "breaths a minute")
    .option("--spo2 <percent>", "oxygen saturation")
    .option("--systolic <n>", "systolic pressure, mmHg")
    .option("--diastolic <n>", "diastolic pressure, mmHg")
    .option("--temperature-c <n>", "temperature in degrees Celsius")
    .option("--gcs <n>", "Glasgow coma scale")
    .option("--avpu <letter>", "A alert, C new confusion, V voice, P pain, U unresponsive")
    .option("--on-oxygen", "oxygen is given")
    .option("--hypercapnic", "a saturation of 88-92 % is prescribed (known hypercapnic failure)")
    .option("--screen", "ask the model the signs of level 1 one by one (default: but the phantom)")
    .option("--no-screen", "do not")
    .option(
      "--screen-threshold <p>",
      "from which probability of yes on an answer counts (default: 0.8, not validated)",
    )
    .addHelpText("after", EXAMPLES);
  addAnswerFlags(command).action((file: string | undefined, flags: TriageFlags) =>
    runTriage(file, flags, interrupt),
  );
}

async function runTriage(file: string | undefined, flags: TriageFlags, { signal }: Interrupt): Promise<void> {
  const options = toAskOptions(flags);
  const input = merge(file === undefined ? {} : await readCase(file), flags);
  checkCase(input);
  const model = await loadModel(flags, signal);
  try {
    if (!flags.quiet) status("Reading the case ...");
    const { scale, screen } = flags;
    const screenThreshold = toNumber(flags.screenThreshold);
    const own = { scale, ...given({ screen, screenThreshold }) };
    const result = await model.triage(input, { ...options, ...own, signal });
    if (flags.json) {
      speakJson(result);
      return;
    }
    speak(inWords(result));
    for (const warning of result.warnings) note(`Warning: ${warning}`);
    note(result.notice);
  } finally {
    clearStatus();
    await model.dispose();
  }
}

async function readCase(file: string): Promise<Partial<TriageCase>> {
  const noCase = (words: string) =>
    new MedGemmaError("bad_option", `${words}.`, {
      facts: { option: "case", file: fileLabel(file) },
      remedy: "Pass a file with a JSON object: the fields of a case.",
    });
  return (await readJsonFile(inputFile(file), noCase)) as Partial<TriageCase>;
}

/** Flags go before the file. Words that are no number are the library's to refuse. */
function merge(input: Partial<TriageCase>, flags: TriageFlags): TriageCase {
  const { sex, complaint, history, symptoms, medications, allergies, pregnant } = flags;
  const { avpu, onOxygen, hypercapnic } = flags;
  const numbers = {
    heartRate: flags.heartRate,
    respiratoryRate: flags.respiratoryRate,
    spo2: flags.spo2,
    systolicBp: flags.systolic,
    diastolicBp: flags.diastolic,
    temperature: flags.temperatureC,
    gcs: flags.gcs,
  };
  const measured = Object.entries(numbers).map(([name, text]) => [name, toNumber(text)]);
  const vitals = {
    ...input.vitals,
    ...given({ ...Object.fromEntries(measured), avpu, onOxygen, hypercapnic }),
  };
  const words = { complaint, history, symptoms, medications, allergies };
  const own = given({ age: toNumber(flags.age), sex, pregnant, ...words });
  const merged: object = { ...input, ...own, ...(Object.keys(vitals).length > 0 && { vitals }) };
  return merged as TriageCase;
}

function toNumber(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return text.trim() === "" ? Number.NaN : Number(text);
}

function inWords({
  level,
  levelName,
  scaleInfo,
  atLeast,
  model,
  rules,
  screen,
  reasons,
  redFlags,
  questions,
}: TriageResult): string {
  const list = (title: string, items: readonly string[]) =>
    items.length === 0 ? [] : [`${title}:`, ...items.map((item) => `  - ${item}`)];
  return `${[
    `Level ${level} (${levelName})${atLeast ? " or more urgent" : ""}, ${scaleInfo.name}`,
    `  model: ${model.level ?? "none"}; rules: ${rules.level ?? "none"}; questions: ${screen.level ?? "none"}`,
    ...screen.answers.map((it) => `    ${it.probability.toFixed(2)} ${it.question}`),
    ...(screen.note === undefined ? [] : [`    ${screen.note}`]),
    ...list("Reasons", reasons),
    ...list("Red flags", redFlags),
    ...list("Ask or measure next", questions),
  ].join("\n")}\n`;
}
