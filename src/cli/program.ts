import { Command } from "commander";
import { PACKAGE_VERSION } from "../base/package.js";
import { addAsk } from "./commands/ask.js";
import { addChat } from "./commands/chat.js";
import { addClassify } from "./commands/classify.js";
import { addCompare } from "./commands/compare.js";
import { addDecide } from "./commands/decide.js";
import { addDemo } from "./commands/demo.js";
import { addDoctor } from "./commands/doctor.js";
import { addEmbed } from "./commands/embed.js";
import { addEvaluate } from "./commands/evaluate.js";
import { addExplain } from "./commands/explain.js";
import { addExtract } from "./commands/extract.js";
import { addInspect } from "./commands/inspect.js";
import { addInterview } from "./commands/interview.js";
import { addLocate } from "./commands/locate.js";
import { addModels } from "./commands/models.js";
import { addPull } from "./commands/pull.js";
import { addQuantize } from "./commands/quantize.js";
import { addReport } from "./commands/report.js";
import { addTriage } from "./commands/triage.js";
import { addTune } from "./commands/tune.js";
import type { Interrupt } from "./interrupt.js";

const EPILOGUE = `
Answers go to stdout, everything else to stderr. Without --model the embedded phantom answers: a
test object that knows only drawn pictures. Answers are unverified drafts; this is not a medical device.

Exit codes:
  0 done   1 unexpected, or a check of doctor failed   2 usage   3 installation   4 model file
  5 picture or other input   6 capacity (context, disk full)   7 computing failed   130 stopped (Ctrl-C)
Each error names its code. Pages named docs/... are in the package (node_modules/medgemma/docs).
`;

export function makeProgram(interrupt: Interrupt): Command {
  const program = new Command("medgemma")
    .description("Ask a medical image a question, locally.")
    .version(PACKAGE_VERSION, "-V, --version")
    .showSuggestionAfterError()
    .addHelpText("after", EPILOGUE)
    // Errors are told in our form and with our exit codes, by run().
    .configureOutput({ outputError: () => undefined })
    .exitOverride();
  addAsk(program, interrupt);
  addChat(program, interrupt);
  addReport(program, interrupt);
  addClassify(program, interrupt);
  addLocate(program, interrupt);
  addCompare(program, interrupt);
  addExplain(program, interrupt);
  addEvaluate(program, interrupt);
  addExtract(program, interrupt);
  addTriage(program, interrupt);
  addDecide(program, interrupt);
  addInterview(program, interrupt);
  addEmbed(program, interrupt);
  addQuantize(program, interrupt);
  addTune(program, interrupt);
  addInspect(program, interrupt);
  addPull(program, interrupt);
  addModels(program, interrupt);
  addDoctor(program, interrupt);
  addDemo(program, interrupt);
  return program;
}
