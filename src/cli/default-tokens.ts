import { table } from "../base/table.js";
import { TRIAGE_PRESETS } from "../medgemma/tasks/triage/presets.js";
import type { Preset } from "../prompt/presets.js";
import { TASK_PRESETS } from "../prompt/presets-tasks.js";

const PRESETS_OF: Readonly<Record<string, { readonly phantom: Preset; readonly "1.5": Preset }>> = table({
  report: TASK_PRESETS.report,
  classify: TASK_PRESETS.choice,
  locate: TASK_PRESETS.locate,
  compare: TASK_PRESETS.compare,
  explain: TASK_PRESETS.explain,
  triage: TRIAGE_PRESETS,
});
/** Their answers are JSON or come in steps: nothing to think aloud in. */
const WITHOUT_THOUGHT: Readonly<Record<string, string>> = table({
  extract: "2048, at most half the context",
  decide: "each step's own",
  interview: "each step's own",
  evaluate: "the task's",
});

/** What `--max-tokens` is when a command is not told, in words for its help. */
export function defaultTokens(command: string): string {
  const words = WITHOUT_THOUGHT[command];
  if (words !== undefined) return words;
  const presets = PRESETS_OF[command];
  if (!presets) return "512, with --think 2048";
  const { phantom, "1.5": real } = presets;
  const same = phantom.maxTokens === real.maxTokens;
  const plain = `${real.maxTokens}${same ? "" : `, of the phantom ${phantom.maxTokens}`}`;
  return command === "triage" ? plain : `${plain}, with --think 2048`;
}
