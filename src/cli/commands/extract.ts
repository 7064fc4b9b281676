import type { Command } from "commander";
import { MedGemmaError } from "../../base/errors.js";
import { decodeText } from "../../base/files/decode-text.js";
import { fileLabel } from "../../base/files/name.js";
import { readJsonFile, readTextFile } from "../../base/files/read-text.js";
import { numberOption } from "../../base/options.js";
import { isStudy } from "../../dicom/index.js";
import { checkSchema } from "../../engine/schema/schema.js";
import type { ImageInput } from "../../image/input.js";
import { readSignature } from "../../image/signature.js";
import type { JsonSchema } from "../../medgemma/run/structured/structured.js";
import type { ExtractInput, ExtractResult } from "../../medgemma/tasks/extract/extract.js";
import { LAB_REPORT_SCHEMA } from "../../medgemma/tasks/extract/presets.js";
import { inputFile, readPictureFiles } from "../files.js";
import { type AnswerFlags, addAnswerFlags } from "../flags.js";
import type { Interrupt } from "../interrupt.js";
import { loadModel, toAskOptions } from "../load.js";
import { clearStatus, note, speakJson, status } from "../terminal.js";

const EXAMPLES = `
Examples:
  medgemma extract chest.png --schema findings.schema.json
  medgemma extract report.txt --lab-report
  medgemma extract --json scan-of-a-report.png --lab-report | jq '.values[] | select(.probability < 0.9)'

Text files (.txt, .md, .csv, .json, .xml, .hl7) are read as the record, all others as pictures. What a schema may say
is in docs/structured-output.md.
`;
const TEXT_FILE = /\.(?:txt|text|md|csv|tsv|json|ndjson|xml|hl7)$/i;

interface ExtractFlags extends Omit<AnswerFlags, "think" | "showThought"> {
  schema?: string;
  labReport?: boolean;
  instruction?: string;
  lowProbabilityBelow?: string;
}

export function addExtract(program: Command, interrupt: Interrupt): void {
  const command = program
    .command("extract")
    .description("read pictures or a text into the values that a JSON schema names")
    .argument("<file...>", "pictures, or text files")
    .option("--schema <file>", "JSON schema of the values")
    .option("--lab-report", "the ready schema for laboratory reports")
    .option("--instruction <text>", "what to extract, in words")
    .option("--low-probability-below <x>", "name values less likely than this, 0..1 (default: 0.5)")
    .addHelpText("after", EXAMPLES);
  addAnswerFlags(command).action((files: string[], flags: ExtractFlags) => extract(files, flags, interrupt));
}

async function extract(files: string[], flags: ExtractFlags, { signal }: Interrupt): Promise<void> {
  const { instruction } = flags;
  const options = toAskOptions(flags);
  const below = flags.lowProbabilityBelow;
  const limit = below === undefined ? undefined : below.trim() === "" ? Number.NaN : Number(below);
  numberOption("lowProbabilityBelow", limit, 0.5, 0, 1);
  const schema = await readSchema(flags);
  const input = await readInput(files, signal);
  const model = await loadModel(flags, signal);
  try {
    if (!flags.quiet) status("Reading ...");
    const result = await model.extract(input, schema, {
      ...options,
      ...(instruction !== undefined && { instruction }),
      ...(limit !== undefined && { lowProbabilityBelow: limit }),
      signal,
    });
    speakJson(flags.json ? result : result.value);
    if (!flags.json) showUnsure(result);
    if (!flags.json) note(result.notice);
  } finally {
    clearStatus();
    await model.dispose();
  }
}

export async function readSchema({
  schema: file,
  labReport,
}: Pick<ExtractFlags, "schema" | "labReport">): Promise<JsonSchema> {
  if ((file === undefined) === !labReport) {
    throw new MedGemmaError("bad_option", "Expected one of --schema and --lab-report.", {
      facts: { option: "schema" },
      remedy: "Example: medgemma extract chest.png --schema findings.schema.json",
    });
  }
  if (file === undefined) return LAB_REPORT_SCHEMA;
  const noSchema = (words: string) =>
    new MedGemmaError("bad_option", `${words}.`, {
      facts: { option: "schema", file: fileLabel(file) },
      remedy: "--schema takes a file with a JSON schema.",
    });
  const schema = await readJsonFile(inputFile(file), noSchema);
  checkSchema(schema);
  return schema as JsonSchema;
}

async function readInput(files: readonly string[], signal: AbortSignal): Promise<ExtractInput> {
  const texts = files.filter((file) => TEXT_FILE.test(file));
  const contents = await Promise.all(texts.map((file) => readTextFile(file, signal)));
  const named = files.filter((file) => !TEXT_FILE.test(file));
  const images: ImageInput[] = [];
  for (const input of await readPictureFiles(named, signal)) {
    // What comes by a pipe has no name to tell it by.
    if (input instanceof Uint8Array && !(await isPicture(input))) contents.push(decodeText(input, "stdin"));
    else images.push(input);
  }
  return contents.length === 0 ? images : { text: contents.join("\n\n"), images };
}

async function isPicture(bytes: Uint8Array): Promise<boolean> {
  return readSignature(bytes) !== undefined || (await isStudy(bytes));
}

/** Those that somebody should look at first: a warning, which --quiet does not leave out. */
function showUnsure({ values, lowProbability }: ExtractResult): void {
  const byPath = new Map(values.map((value) => [value.path, value.probability]));
  for (const pointer of lowProbability)
    note(`Warning: ${pointer || "/"} is unlikely (${(byPath.get(pointer) ?? 0).toPrecision(2)}): check it.`);
}
