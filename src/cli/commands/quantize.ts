import type { Command } from "commander";
import { MedGemmaError } from "../../base/errors.js";
import { readTextFile } from "../../base/files/read-text.js";
import { DRAFT_NOTICE } from "../../base/notice.js";
import { readCases } from "../../dataset/evaluate.js";
import { type QuantizationLoss, type Quantized, quantizationLoss, quantize } from "../../dataset/quantize.js";
import { readGguf } from "../../models/gguf/gguf.js";
import { checkOutputFile, inputFile } from "../files.js";
import type { ModelFlags } from "../flags.js";
import type { Interrupt } from "../interrupt.js";
import { loadModel } from "../load.js";
import { clearStatus, note, progress, speak, speakJson } from "../terminal.js";

const EXAMPLES = `
Types: Q4_0 Q4_1 Q5_0 Q5_1 Q8_0 IQ4_NL IQ4_XS Q3_K_S Q3_K_M Q3_K_L Q4_K_S Q4_K_M Q5_K_S Q5_K_M Q6_K F16 BF16 F32

Examples:
  medgemma quantize medgemma-F16.gguf Q4_K_M --out medgemma-Q4_K_M.gguf
  medgemma quantize medgemma-F16.gguf Q8_0 --out q8.gguf --mmproj mmproj-F16.gguf --cases vqa.jsonl --text notes.txt
  medgemma quantize mmproj-F16.gguf Q8_0 --out mmproj-Q8_0.gguf --model medgemma-F16.gguf --cases vqa.jsonl

The file appears whole or not at all. A line of --cases is a question with its pictures, as for evaluate ask.
`;

interface QuantizeFlags extends Pick<ModelFlags, "model" | "mmproj" | "threads" | "quiet" | "verbose"> {
  out: string;
  force?: boolean;
  cases?: string;
  text?: string;
  json?: boolean;
}

export function addQuantize(program: Command, interrupt: Interrupt): void {
  program
    .command("quantize")
    .description("make a model or a projector smaller, and measure what it costs")
    .argument("<file>", "GGUF of a model or a projector in F16, BF16 or F32")
    .argument("<type>", "llama.cpp's name of the type, e.g. Q4_K_M")
    .requiredOption("-o, --out <file>", "where the quantised file goes")
    .option("--force", "replace a file that is there")
    .option("--cases <jsonl>", "ask these before and after: how many answers are the same")
    .option("--text <file>", "perplexity of this text before and after")
    .option("-m, --model <file>", "for a projector with --cases: its model")
    .option("-p, --mmproj <file>", "for a model with --cases that have pictures: its projector")
    .option("-q, --quiet", "no progress on stderr")
    .option("--json", "one JSON document on stdout")
    .addHelpText("after", EXAMPLES)
    .action((file: string, type: string, flags: QuantizeFlags) => run(file, type, flags, interrupt));
}

async function run(file: string, type: string, flags: QuantizeFlags, { signal }: Interrupt): Promise<void> {
  const measured = flags.cases !== undefined || flags.text !== undefined;
  // All input first: a mistake there is told before minutes of work.
  const cases = flags.cases === undefined ? [] : await readCases(inputFile(flags.cases));
  const text = flags.text === undefined ? undefined : await readTextFile(inputFile(flags.text), signal);
  if (flags.cases !== undefined && cases.length === 0) throw nothingIn("cases");
  if (text?.trim() === "") throw nothingIn("text");
  const projector = (await readGguf(file)).values.get("general.architecture")?.value === "clip";
  if (measured && projector && flags.model === undefined) {
    throw new MedGemmaError("bad_option", "A projector is measured together with its model.", {
      facts: { option: "model" },
      remedy: "Pass the language model with --model.",
    });
  }
  if (
    !projector &&
    flags.mmproj === undefined &&
    cases.some(({ images }) => [images ?? []].flat().length > 0)
  ) {
    throw new MedGemmaError("projector_missing", "The cases have pictures, and no projector was given.", {
      remedy: "Pass the projector with --mmproj.",
    });
  }
  await checkOutputFile("--out", flags.out);
  const show = (share: number) => !flags.quiet && progress("Quantising", share);
  const quantized = await quantize(file, type, {
    output: flags.out,
    overwrite: flags.force ?? false,
    onProgress: show,
    signal,
  }).finally(clearStatus);
  const load = (changed: string) => () => {
    const files = projector ? { model: flags.model ?? "", mmproj: changed } : { ...flags, model: changed };
    return loadModel({ ...files, quiet: true }, signal);
  };
  const loss = measured
    ? await quantizationLoss(load(file), load(flags.out), {
        cases,
        signal,
        ...(text !== undefined && { text }),
        onProgress: (share) => !flags.quiet && progress("Measuring", share),
      })
        .finally(clearStatus)
        .catch((error: unknown) => {
          note(`${flags.out} is written; what it loses was not measured.`);
          throw error;
        })
    : undefined;
  if (flags.json) speakJson({ ...quantized, loss });
  else showResult(quantized, loss);
}

function nothingIn(option: "cases" | "text"): MedGemmaError {
  const what = `Expected cases or a text to measure with; the file of --${option} is empty.`;
  return new MedGemmaError("bad_option", what, { facts: { option } });
}

function showResult(quantized: Quantized, loss: QuantizationLoss | undefined): void {
  const { type, input, output, matrices, fallbacks, kept } = quantized;
  const share = ((100 * output.bytes) / input.bytes).toFixed(1);
  const lines = [`${output.name}: ${type}, ${output.bytes} bytes (${share} % of ${input.name})`];
  lines.push(`sha256 ${output.sha256}`);
  if (fallbacks > 0)
    lines.push(`${fallbacks} of ${matrices} matrices are in another type: their width does not divide.`);
  if (kept.length > 0) lines.push(`Kept as it was, for llama.cpp needs it so: ${kept.join(", ")}`);
  if (loss?.answers) {
    const { equal, cases, agreement, meanLogprobDifference, tokens } = loss.answers;
    lines.push(`Same answer: ${equal} of ${cases} (${(100 * agreement).toFixed(1)} %)`);
    lines.push(
      `Mean difference of a token's log-probability: ${meanLogprobDifference.toFixed(4)} (${tokens})`,
    );
  }
  if (loss?.text) {
    const { before, after, ratio, tokens } = loss.text;
    const figures = `${before.toFixed(3)} before, ${after.toFixed(3)} after`;
    lines.push(`Perplexity of ${tokens} tokens: ${figures} (times ${ratio.toFixed(4)})`);
  }
  speak(`${lines.join("\n")}\n`);
  if (loss?.answers) note(DRAFT_NOTICE);
}
