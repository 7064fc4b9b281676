import { existsSync } from "node:fs";
import path from "node:path";
import { type Command, Option } from "commander";
import { parse } from "csv-parse/sync";
import { MedGemmaError } from "../../base/errors.js";
import { folderOf } from "../../base/files/descriptor.js";
import { fileLabel } from "../../base/files/name.js";
import { readTextFile } from "../../base/files/read-text.js";
import { DRAFT_NOTICE, PHANTOM_NOTICE } from "../../base/notice.js";
import type { ImageInput } from "../../image/input.js";
import type { MedGemma } from "../../medgemma/medgemma.js";
import type { EmbedResult } from "../../medgemma/tasks/embed/embed.js";
import { fitHead } from "../../vectors/fit-head.js";
import { Head } from "../../vectors/head.js";
import { ImageIndex } from "../../vectors/image-index/image-index.js";
import { POOLINGS, type Pooling } from "../../vectors/pool.js";
import { checkOutputFile, inputFile, readPictureFiles } from "../files.js";
import { addModelFlags, type ModelFlags } from "../flags.js";
import type { Interrupt } from "../interrupt.js";
import { loadModel } from "../load.js";
import { aside, clearStatus, note, progress, speak, speakJson } from "../terminal.js";

const EXAMPLES = `
Examples:
  medgemma embed chest.png                                   the vector as JSON, a line a picture (--json: one document)
  medgemma embed --index cases.duckdb old/*.png              adds pictures to an index, by their paths
  medgemma embed --index cases.duckdb --search -k 5 new.png  the most similar of them
  medgemma embed --fit labels.csv --head effusion.json       fits a classifier on rows of FILE,LABEL
  medgemma embed --head effusion.json new.png                asks it

An index and a head hold much of the pictures that they are made of: treat them as patient data.
`;

interface EmbedFlags extends ModelFlags {
  pool?: Pooling;
  tokens?: boolean;
  index?: string;
  search?: boolean;
  k: string;
  head?: string;
  fit?: string;
  json?: boolean;
}

export function addEmbed(program: Command, interrupt: Interrupt): void {
  const command = program
    .command("embed")
    .description("pictures as vectors: similar cases, and classifiers fitted on a few labels")
    .argument("[images...]", "pictures")
    .addOption(
      new Option(
        "--pool <how>",
        'how tokens become one vector (default: the --head\'s; "quarters" with --fit; else "max")',
      ).choices([...POOLINGS]),
    )
    .option("--tokens", "also the projector's tokens")
    .option("--index <file>", "add the pictures to this index, or search it")
    .option("--search", "find the most similar in --index instead of adding")
    .option("-k, --k <n>", "similar cases to show", "10")
    .option("--head <file>", "a fitted classifier: asked, or with --fit written")
    .option("--fit <csv>", "fit a classifier on rows of FILE,LABEL (paths from the CSV's folder)")
    .option("--json", "one JSON document: {pictures: [...]}, of --fit the fit")
    .addHelpText("after", EXAMPLES);
  addModelFlags(command).action((images: string[], flags: EmbedFlags) => embed(images, flags, interrupt));
}

async function embed(images: string[], flags: EmbedFlags, { signal }: Interrupt): Promise<void> {
  checkUse(images, flags);
  const rows = flags.fit === undefined ? [] : await readLabels(flags.fit);
  const files = [...images, ...rows.map((row) => row.file)];
  const inputs = await readPictureFiles(files, signal);
  // Before the model: a head that cannot be read is told at once.
  const head = flags.head === undefined || flags.fit !== undefined ? undefined : await Head.load(flags.head);
  if (flags.fit !== undefined) await checkOutputFile("--head", flags.head ?? "");
  if (flags.search && flags.index !== undefined && !existsSync(flags.index)) {
    const name = fileLabel(flags.index);
    throw new MedGemmaError("file_not_found", `There is no index ${name}.`, {
      facts: { file: name },
      remedy: "Add pictures to it first, without --search.",
    });
  }
  const index = flags.index === undefined ? undefined : await ImageIndex.open(flags.index);
  try {
    // A head judges pictures fitted as those that it was fitted on.
    const { fit } = head?.space ?? {};
    const model = await loadModel({ ...(fit && { pictureFit: fit }), ...flags }, signal);
    try {
      const pool = flags.pool ?? head?.space?.pool ?? (flags.fit === undefined ? "max" : "quarters");
      const take = (done: number) =>
        embedOne(model, inputs[done] as ImageInput, done / files.length, { ...flags, pool }, signal);
      const documents: object[] = [];
      if (flags.fit !== undefined) await fitRows(rows, take, flags, signal);
      else
        for (const [done, file] of images.entries()) {
          const document = await show(file, await take(done), head, index, flags);
          // Kept for the one document only: of thousands of pictures they would fill the memory.
          if (flags.json) documents.push(document);
        }
      if (flags.json && flags.fit === undefined) speakJson({ pictures: documents });
      note(model.info.phantom ? `${DRAFT_NOTICE} ${PHANTOM_NOTICE}` : DRAFT_NOTICE);
    } finally {
      clearStatus();
      await model.dispose();
    }
  } finally {
    await index?.close();
  }
}

function checkUse(images: readonly string[], { fit: csv, head, index, search }: EmbedFlags): void {
  const wrong =
    (csv !== undefined && head === undefined && "--fit needs --head, where the classifier is written.") ||
    (search && index === undefined && "--search needs --index.") ||
    (csv === undefined && images.length === 0 && "No picture was given.");
  if (!wrong) return;
  throw new MedGemmaError("bad_option", wrong, { remedy: "See `medgemma embed --help`." });
}

function embedOne(
  model: MedGemma,
  picture: ImageInput,
  share: number,
  { pool, tokens, quiet }: EmbedFlags & { pool: Pooling },
  signal: AbortSignal,
): Promise<EmbedResult> {
  if (!quiet) progress("Encoding", share);
  return model.embed(picture, { pool, signal, ...(tokens && { tokens }) });
}

/** @returns what --json holds of the picture. */
async function show(
  file: string,
  result: EmbedResult,
  head: Head | undefined,
  index: ImageIndex | undefined,
  flags: EmbedFlags,
): Promise<object> {
  const { vector, matrix, ...rest } = result;
  // In documents, which are kept and sent on, only its name: folders are often named after patients.
  const name = fileLabel(file);
  if (head !== undefined) {
    const { label, labels } = head.predict(result);
    const shares = labels.map((it) => `${it.label} ${it.probability.toFixed(3)}`).join(", ");
    if (!flags.json) speak(`${file}: ${[label].flat().join(", ")} (${shares})\n`);
    return { file: name, label, labels, ...rest };
  }
  if (index !== undefined && flags.search) {
    const hits = await index.search(result, { k: Number(flags.k) });
    if (!flags.json) for (const { similarity, id } of hits) speak(`${similarity.toFixed(4)} ${id}\n`);
    return { file: name, hits, ...rest };
  }
  if (index !== undefined) {
    await index.add({ id: file, vector: result });
    if (!flags.quiet) aside(`Added: ${file}`);
    return { file: name, added: true, ...rest };
  }
  const tokens = matrix && { ...matrix, values: [...matrix.values] };
  const document = { file: name, vector: [...vector], ...(tokens && { matrix: tokens }), ...rest };
  if (!flags.json) speakJson(document, 0);
  return document;
}

interface LabelRow {
  readonly file: string;
  readonly label: string;
}

async function fitRows(
  rows: readonly LabelRow[],
  take: (done: number) => Promise<EmbedResult>,
  flags: EmbedFlags,
  signal: AbortSignal,
): Promise<void> {
  const vectors: EmbedResult[] = [];
  for (const done of rows.keys()) vectors.push(await take(done));
  const made = await fitHead(
    vectors,
    rows.map((row) => row.label),
    { signal },
  );
  await made.save(flags.head ?? "");
  const [report] = made.fits;
  if (flags.json) {
    // Of the last picture: the model and the projector are those of all.
    const { timings, provenance, notice } = vectors.at(-1) as EmbedResult;
    const imageTokens = vectors.reduce((sum, { usage }) => sum + usage.imageTokens, 0);
    const total = vectors.reduce((sum, each) => sum + each.timings.total, 0);
    const spent = { usage: { imageTokens }, timings: { load: timings.load, total } };
    speakJson({ ...report, ...spent, provenance, notice });
  }
  const chosen = report?.crossValidation.find((it) => it.strength === report.strength);
  if (report && !flags.json) {
    const accuracy =
      chosen === undefined
        ? "too few for cross-validation"
        : `accuracy ${chosen.accuracy.toFixed(3)} in ${report.folds} parts`;
    speak(`${report.samples} pictures, ${made.labels.join(" / ")}: ${accuracy}\n`);
  }
}

/** The label is what stands after the last comma; a first row "file,label" is a heading. */
async function readLabels(csv: string): Promise<LabelRow[]> {
  const rows: string[][] = parse(await readTextFile(inputFile(csv)), {
    trim: true,
    skip_empty_lines: true,
    relax_column_count: true,
    relax_quotes: true,
  });
  const bad = (number: number, trouble: string) =>
    new MedGemmaError("bad_option", `Row ${number + 1} of ${fileLabel(csv)} ${trouble}.`, {
      facts: { option: "fit", line: number + 1 },
      remedy:
        "Two columns: a picture's path from the CSV's folder, then its label. A heading, if any, is \"file,label\".",
    });
  return rows.flatMap((row, number) => {
    const [file, label = ""] = [row.slice(0, -1).join(","), row.at(-1)];
    if (number === 0 && /^(?:file|image|path)$/i.test(file)) return [];
    if (file === "" || label === "") throw bad(number, "is no FILE,LABEL");
    // A heading with other names would otherwise be told as a missing picture.
    if (
      number === 0 &&
      path.extname(file) === "" &&
      !existsSync(path.resolve(folderOf(inputFile(csv)), file))
    )
      throw bad(number, "names no picture: is it a heading?");
    return [{ file: path.resolve(folderOf(inputFile(csv)), file), label }];
  });
}
