import readline from "node:readline";
import type { Command } from "commander";
import { MedGemmaError } from "../../base/errors.js";
import { readTextFile } from "../../base/files/read-text.js";
import { ALERT_NOTICE } from "../../medgemma/tasks/interview/alerts.js";
import type { InterviewSession } from "../../medgemma/tasks/interview/interview.js";
import type { InterviewReport } from "../../medgemma/tasks/interview/report.js";
import { inputFile, refuseStdin } from "../files.js";
import { type AnswerFlags, addAnswerFlags } from "../flags.js";
import type { Interrupt } from "../interrupt.js";
import { runTask, showLines } from "../task.js";
import { clearStatus, note, speak, status } from "../terminal.js";

const NOTES = `
Examples:
  medgemma interview --reason "cough"
  medgemma interview --record bundle.json --json < answers.txt

Each line is the answer to the question before it; an empty line is no answer. /end or Ctrl-D ends the interview, and the
report follows. When stdin is no terminal, lines are answers too.
`;

interface InterviewFlags extends Omit<AnswerFlags, "think" | "showThought"> {
  record?: string;
  reason?: string;
  maxQuestions?: string;
  identity?: boolean;
}

export function addInterview(program: Command, interrupt: Interrupt): void {
  const command = program
    .command("interview")
    .description("interview a patient before a visit, one question at a time, and report")
    .option("--record <file>", "what is known: a FHIR Bundle, NDJSON, or a text file")
    .option("--reason <text>", "why the patient comes")
    .option("--max-questions <n>", "questions at most, 1..20 (default: 20)")
    .option("--identity", "let the model see names, numbers and addresses of the record")
    .addHelpText("after", NOTES);
  addAnswerFlags(command).action(async (flags: InterviewFlags) => {
    const { record: file, reason, maxQuestions, identity } = flags;
    if (file !== undefined) refuseStdin("record", file);
    const record = file === undefined ? undefined : await readTextFile(inputFile(file), interrupt.signal);
    await runTask({ ...flags, quiet: true }, [], interrupt, async (model, { prompt: _none, ...options }) => {
      const session = model.interview({
        ...options,
        ...(record !== undefined && { record }),
        ...(reason !== undefined && { reason }),
        ...(maxQuestions !== undefined && { maxQuestions: Number(maxQuestions) }),
        ...(identity && { identity }),
      });
      await talk(session, flags, interrupt);
      if (!flags.quiet) status("Writing the report ...");
      showReport(await session.report(), flags);
    });
  });
}

/** Questions and answers; with --json questions go to stderr, for stdout is one document. */
async function talk(session: InterviewSession, flags: InterviewFlags, interrupt: Interrupt): Promise<void> {
  const interactive = process.stdin.isTTY === true;
  const input = readline.createInterface({
    input: process.stdin,
    ...(interactive && { output: process.stderr }),
    prompt: "> ",
  });
  input.on("SIGINT", () => interrupt.stop("SIGINT"));
  interrupt.onStop = () => input.close();
  const lines = input[Symbol.asyncIterator]();
  let warned = false;
  try {
    for await (const question of session) {
      clearStatus();
      const words = `${question.number}. ${question.text}`;
      if (flags.json) note(words);
      else speak(`${words}\n`);
      if (interactive) input.prompt();
      const line = await lines.next();
      if (interrupt.cause) throw new MedGemmaError("aborted");
      if (line.done || line.value.trim() === "/end") {
        session.end();
        return;
      }
      session.answer(line.value);
      if (!warned && session.alerts.length > 0) note(ALERT_NOTICE);
      warned ||= session.alerts.length > 0;
      if (interactive && !flags.quiet) status("...");
    }
  } finally {
    interrupt.onStop = undefined;
    input.close();
  }
}

function showReport(report: InterviewReport, flags: InterviewFlags): void {
  clearStatus();
  showLines(report, ["", report.text], flags);
  if (flags.json) return;
  for (const warning of report.warnings) note(`Warning: ${warning}`);
}
