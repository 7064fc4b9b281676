import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Command } from "commander";
import { checkSchema } from "../../engine/schema.js";
import { MedGemmaError } from "../../errors.js";
import type { ExtractInput, ExtractResult } from "../../medgemma/extract.js";
import { LAB_REPORT_SCHEMA } from "../../medgemma/extract-presets.js";
import type { JsonSchema } from "../../medgemma/structured.js";
import { numberOption } from "../../options.js";
import { readTextFile } from "../files.js";
import { type AnswerFlags, addAnswerFlags } from "../flags.js";
import type { Interrupt } from "../interrupt.js";
import { checkPictures, loadModel, toAskOptions } from "../load.js";
import { clearStatus, note, speak, status } from "../terminal.js";

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
  await checkPictures(files);
  const input = await readInput(files);
  const model = await loadModel(flags, signal);
  try {
    if (!flags.quiet) status("Reading ...");
    const result = await model.extract(input, schema, {
      ...options,
      ...(instruction !== undefined && { instruction }),
      ...(limit !== undefined && { lowProbabilityBelow: limit }),
      signal,
    });
    speak(`${JSON.stringify(flags.json ? result : result.value, null, 2)}\n`);
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
  await checkPictures([file]);
  let schema: unknown;
  try {
    schema = JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    throw new MedGemmaError("bad_option", `${path.basename(file)} is no JSON.`, {
      facts: { option: "schema", file: path.basename(file) },
      remedy: "--schema takes a file with a JSON schema.",
      cause,
    });
  }
  checkSchema(schema);
  return schema as JsonSchema;
}

async function readInput(files: readonly string[]): Promise<ExtractInput> {
  const texts = files.filter((file) => TEXT_FILE.test(file));
  const pictures = files.filter((file) => !TEXT_FILE.test(file));
  if (texts.length === 0) return pictures;
  const contents = await Promise.all(texts.map((file) => readTextFile(file)));
  return { text: contents.join("\n\n"), images: pictures };
}

/** Those that somebody should look at first: a warning, which --quiet does not leave out. */
function showUnsure({ values, lowProbability }: ExtractResult): void {
  const byPath = new Map(values.map((value) => [value.path, value.probability]));
  for (const pointer of lowProbability)
    note(`Warning: ${pointer || "/"} is unlikely (${(byPath.get(pointer) ?? 0).toPrecision(2)}): check it.`);
}
