import type { Command } from "commander";
import { readTextFile } from "../../base/files/read-text.js";
import { collect } from "../../medgemma/run/respond.js";
import type { DecideResult } from "../../medgemma/tasks/decide/decide.js";
import { inputFile } from "../files.js";
import { addAnswerFlags } from "../flags.js";
import type { Interrupt } from "../interrupt.js";
import { PROMPT_FLAG, runTask, showLines, type TaskFlags } from "../task.js";
import { aside, note, status } from "../terminal.js";

const EXAMPLES = `
Examples:
  medgemma decide record.json "Which antibiotic for a urinary infection?"
  medgemma decide notes.txt "What explains the weight loss?"
  medgemma decide --json bundle.json "Is metformin still right?" | jq '.cautions'

The record is a FHIR R4 Bundle, NDJSON of resources, or text. Each statement names the entries that it rests on; names,
numbers and addresses are not shown to the model unless --identity asks for it.
`;

interface DecideFlags extends TaskFlags {
  identity?: boolean;
  parts?: string;
}

export function addDecide(program: Command, interrupt: Interrupt): void {
  const command = program
    .command("decide")
    .description("decision support over a patient's record, each statement with its entries")
    .argument("<record>", "a FHIR Bundle, NDJSON, or a text file")
    .argument("<question>", "what is to be decided")
    .option("--identity", "let the model see names, numbers and addresses")
    .option("--parts <n>", "parts of a long record that are read for facts (default: 6)")
    .option(...PROMPT_FLAG)
    .addHelpText("after", EXAMPLES);
  addAnswerFlags(command).action(async (file: string, question: string, flags: DecideFlags) => {
    const record = await readTextFile(inputFile(file), interrupt.signal);
    await runTask(flags, [], interrupt, async (model, options) => {
      if (!flags.quiet) status("Reading the record ...");
      const { identity, parts } = flags;
      const stream = model.streamDecide(record, question, {
        ...options,
        ...(identity && { identity }),
        ...(parts !== undefined && { parts: Number(parts) }),
        onStep: ({ step, entries }) => {
          if (!flags.quiet) status(`Done: ${step} (${entries} entries) ...`);
        },
      });
      // Not as it comes: pointers are checked first.
      show(await collect(stream), flags);
    });
  });
}

function show(result: DecideResult, flags: DecideFlags): void {
  const cited = result.entries.map(
    ({ id, date, type, text }) => `[${id}] ${date ?? "undated"} ${type}: ${text}`,
  );
  const sources = cited.length === 0 ? [] : ["", "ENTRIES:", ...cited];
  showLines(result, [result.text, ...sources], flags);
  if (flags.json) return;
  for (const { pointer } of result.removedPointers)
    aside(`Removed: ${pointer}, which the record does not hold.`);
  for (const warning of result.warnings) note(`Warning: ${warning}`);
}
