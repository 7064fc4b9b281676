import { type Command, Option } from "commander";
import { table } from "../base/table.js";
import { SAMPLING, SAMPLING_NAMES } from "../engine/sampling.js";

/** `--min-p` of `--min-p <x>`. */
export function longFlag(flag: string): string {
  return new Option(flag).long ?? flag;
}

/** Names of the library's options, and the flag that stands for each where a command has it. */
const FLAGS: Readonly<Record<string, string>> = table({
  endpoint: "--endpoint",
  endpointApi: "--endpoint-api",
  endpointModel: "--endpoint-model",
  endpointTimeout: "--timeout",
  model: "--model",
  projector: "--mmproj",
  fit: "--picture-fit",
  adapters: "--adapter",
  "adapters.file": "--adapter",
  "adapters.scale": "--adapter",
  "adapters.name": "--adapter",
  acceptLicense: "--accept-license",
  contextSize: "--context-size",
  parallel: "--parallel",
  threads: "--threads",
  gpuLayers: "--gpu-layers",
  gpu: "--gpu",
  maxTokens: "--max-tokens",
  ...Object.fromEntries(SAMPLING_NAMES.map((name) => [name, longFlag(SAMPLING[name].flag)])),
  stop: "--stop",
  system: "--system",
  think: "--think",
  prompt: "--prompt",
  indication: "--indication",
  history: "--history",
  prior: "--prior",
  "prior.report": "--prior",
  sections: "--sections",
  labels: "--labels",
  multiLabel: "--multi-label",
  method: "--method",
  calibration: "--calibration",
  orders: "--orders",
  abstainBelow: "--abstain-below",
  targets: "--target",
  report: "--report",
  modality: "--modality",
  schema: "--schema",
  instruction: "--instruction",
  lowProbabilityBelow: "--low-probability-below",
  scale: "--scale",
  age: "--age",
  sex: "--sex",
  complaint: "--complaint",
  symptoms: "--symptoms",
  "vitals.heartRate": "--heart-rate",
  "vitals.respiratoryRate": "--respiratory-rate",
  "vitals.spo2": "--spo2",
  "vitals.systolicBp": "--systolic",
  "vitals.diastolicBp": "--diastolic",
  "vitals.temperature": "--temperature-c",
  "vitals.gcs": "--gcs",
  "vitals.avpu": "--avpu",
  "vitals.onOxygen": "--on-oxygen",
  "vitals.hypercapnic": "--hypercapnic",
  medications: "--medications",
  allergies: "--allergies",
  pregnant: "--pregnant",
  record: "--record",
  reason: "--reason",
  maxQuestions: "--max-questions",
  identity: "--identity",
  series: "--series",
  pool: "--pool",
  k: "--k",
  benchmark: "--benchmark",
  cases: "--cases",
  output: "--out",
  question: "--question",
  base: "--base",
  validation: "--validation",
});

/** The flag for an option of the library; of `command`, only where it has that flag. */
export function flagOf(option: unknown, command?: Command): string | undefined {
  if (typeof option !== "string" || !Object.hasOwn(FLAGS, option)) return undefined;
  const flag = FLAGS[option];
  return !command || command.options.some(({ long }) => long === flag) ? flag : undefined;
}

/** As it is typed: `medgemma tune prepare`. */
export function fullName(command: Command): string {
  return command.parent ? `${fullName(command.parent)} ${command.name()}` : command.name();
}
