import type { Command } from "commander";
import { EXIT, MedGemmaError } from "../../errors.js";
import { resolveLoadOptions } from "../../medgemma/load-options.js";
import { MedGemma } from "../../medgemma/medgemma.js";
import type { Interrupt } from "../interrupt.js";
import { addonFacts, checkAddon, checkNode, type Fact, machineFacts } from "../machine.js";
import { type PlanFlags, showPlan } from "../plan.js";
import { type Check, selfTest } from "../self-test.js";
import { seconds } from "../terminal.js";

interface DoctorFlags extends Partial<PlanFlags> {
  json?: boolean;
}

export function addDoctor(program: Command, interrupt: Interrupt): void {
  program
    .command("doctor")
    .description("show this machine, and test the embedded model against its reference")
    .option(
      "-m, --model <file>",
      "show how this model (a file, or a name that is here) would be loaded, without loading it",
    )
    .option("-p, --mmproj <file>", "its projector")
    .option("--context-size <tokens>", "as for the other commands", Number)
    .option("--parallel <n>", "requests at the same time (default: 8)", Number)
    .option("--json", "one JSON document on stdout")
    .action((flags: DoctorFlags) => {
      const { model, contextSize, parallel } = flags;
      // A wrong number is told also where nothing depends on it.
      resolveLoadOptions({
        ...(contextSize !== undefined && { contextSize }),
        ...(parallel !== undefined && { parallel }),
      });
      return model === undefined
        ? doctor(flags.json ?? false, interrupt.signal)
        : showPlan({ ...flags, model });
    });
}

async function doctor(json: boolean, signal: AbortSignal): Promise<void> {
  const facts: Fact[] = [];
  const checks: Check[] = [];
  const tell = (lines: readonly Fact[]) => {
    facts.push(...lines);
    if (!json) for (const { name, value } of lines) print(name, value);
  };
  const judge = (check: Check) => {
    checks.push(check);
    if (json) return;
    print(check.name, `${check.ok ? "ok" : "FAILED"}  ${check.detail}`);
    if (check.remedy !== undefined) print("", check.remedy);
  };

  tell(machineFacts());
  judge(checkNode());
  const { addon, check } = checkAddon();
  judge(check);
  if (addon) {
    tell([{ name: "medgemma", value: addon.versions().medgemma }, ...addonFacts(addon)]);
    await testModel(judge, signal);
  }

  const ok = checks.every((it) => it.ok);
  const failed = checks.filter((it) => !it.ok).length;
  if (json) process.stdout.write(`${JSON.stringify({ ok, facts, checks }, null, 2)}\n`);
  else process.stdout.write(ok ? "\nAll is well.\n" : `\n${failed} of ${checks.length} checks FAILED.\n`);
  process.exitCode = ok ? EXIT.ok : EXIT.unexpected;
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

function print(name: string, value: string): void {
  process.stdout.write(`${name.padEnd(26)}${value}\n`);
}
