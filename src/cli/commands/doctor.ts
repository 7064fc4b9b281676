import type { Command } from "commander";
import { MedGemmaError } from "../../base/errors.js";
import { resolveLoadOptions } from "../../medgemma/load/load-options.js";
import { MedGemma } from "../../medgemma/medgemma.js";
import { checkEndpoint } from "../endpoint-check.js";
import type { ModelFlags } from "../flags.js";
import type { Interrupt } from "../interrupt.js";
import { toLoadOptions } from "../load.js";
import { addonFacts, checkAddon, checkNode, machineFacts } from "../machine.js";
import { type PlanFlags, showPlan } from "../plan.js";
import { Report } from "../report.js";
import { type Check, selfTest } from "../self-test.js";
import { seconds } from "../terminal.js";

interface DoctorFlags
  extends Partial<PlanFlags>,
    Pick<ModelFlags, "endpoint" | "endpointApi" | "endpointModel" | "timeout"> {}

export function addDoctor(program: Command, interrupt: Interrupt): void {
  program
    .command("doctor")
    .description("show this machine, and test the embedded model against its reference")
    .option(
      "-m, --model <file>",
      "show how this model (a file, or a name that is here) would be loaded, without loading it",
    )
    .option("-p, --mmproj <file>", "its projector")
    .option(
      "--deep",
      "load it too, and test whether it is what it says: tokens, likelihood, pictures, thinking",
    )
    .option("--context-size <tokens>", "as for the other commands", Number)
    .option("--parallel <n>", "requests at the same time (default: 8)", Number)
    .option(
      "--endpoint <url>",
      "ask this endpoint what it serves and whether it answers, instead; may be repeated",
      (text: string, all: string[] = []) => [...all, text],
    )
    .option("--endpoint-api <name>", "as for the other commands")
    .option("--endpoint-model <name>", "the endpoint's model (default: its first)")
    .option("--timeout <ms>", "for each question to the endpoint (default: 60000)", Number)
    .option("--json", "one JSON document on stdout")
    .action((flags: DoctorFlags) => {
      const { model, contextSize, parallel } = flags;
      // The endpoint's flags too, which mean nothing without it, and a model none beside it.
      if (flags.deep && model === undefined)
        throw new MedGemmaError(
          "bad_option",
          "--deep tests the model that --model names, and there is none.",
          {
            facts: { option: "--deep" },
          },
        );
      const { endpoint } = resolveLoadOptions(toLoadOptions(flags)).remote ?? {};
      if (endpoint !== undefined) return doctorOfEndpoints(flags, interrupt.signal);
      // A wrong number is told also where nothing depends on it.
      resolveLoadOptions({
        ...(contextSize !== undefined && { contextSize }),
        ...(parallel !== undefined && { parallel }),
      });
      return model === undefined
        ? doctor(flags.json ?? false, interrupt.signal)
        : showPlan({ ...flags, model }, interrupt.signal);
    });
}

async function doctor(json: boolean, signal: AbortSignal): Promise<void> {
  const report = new Report(json);
  report.tell(machineFacts());
  report.judge(checkNode());
  const { addon, check } = checkAddon();
  report.judge(check);
  if (addon) {
    report.tell([{ name: "medgemma", value: addon.versions().medgemma }, ...addonFacts(addon)]);
    await testModel((it) => report.judge(it), signal);
  }
  report.end();
}

async function doctorOfEndpoints(flags: DoctorFlags, signal: AbortSignal): Promise<void> {
  const report = new Report(flags.json ?? false);
  const { endpoint: _, ...options } = toLoadOptions(flags);
  for (const [index, url] of (flags.endpoint ?? []).entries()) {
    if ((flags.endpoint ?? []).length > 1)
      report.tell([{ name: "address", value: `${index + 1}, ${new URL(url).host}` }]);
    for await (const line of checkEndpoint(url, options, signal))
      if ("ok" in line) report.judge(line);
      else report.tell([line]);
  }
  report.end();
}

async function testModel(judge: (check: Check) => void, signal: AbortSignal): Promise<void> {
  let model: MedGemma;
  try {
    model = await MedGemma.load({ signal });
  } catch (error) {
    if (!MedGemmaError.isInstance(error) || error.code === "aborted") throw error;
    return judge({ name: "embedded model", ok: false, detail: error.message, remedy: error.remedy });
  }
  try {
    const { loadTime } = model.info;
    judge({ name: "embedded model", ok: true, detail: `loaded in ${seconds(loadTime)}` });
    for await (const check of selfTest(model, signal)) judge(check);
  } finally {
    await model.dispose();
  }
}
