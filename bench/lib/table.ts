import { met, ratiosOf } from "./judge.js";
import type { Machine } from "./machine.js";
import { short, shortSpread } from "./stats.js";
import type { ModelName, Outcome, Row } from "./types.js";

const TITLES: Record<ModelName, string> = {
  "4b": "The 4B stand-in (MedGemma 4B's shapes, random weights, Q4_K_M)",
  phantom: "The embedded phantom",
};

/** The whole run as Markdown. */
export function toMarkdown(machine: Machine, outcomes: readonly Outcome[], settings: string): string {
  const lines = [
    `${machine.cpu}, ${machine.cores} cores, ${machine.vectors}, ${machine.memoryGigabytes} GB; ${machine.system}; Node ${machine.node}; commit ${machine.commit}; ${settings}.`,
    "",
    "Median (least..most) of the rounds. Ratios are taken round by round; the bar is for the median.",
  ];
  const loaded = outcomes.filter(({ loadBefore }) => loadBefore > 1);
  if (loaded.length > 0) {
    const most = Math.max(...loaded.map(({ loadBefore }) => loadBefore));
    lines.push(
      "",
      `**Other programs may have run**: the load was up to ${most.toFixed(1)} before ${loaded.length} of ${outcomes.length} measures.`,
    );
  }
  for (const model of ["4b", "phantom"] as const) {
    const own = outcomes.filter((outcome) => outcome.model === model);
    if (own.length === 0) continue;
    lines.push("", `## ${TITLES[model]}`, "");
    lines.push("| measure | this package | against | its figure | ratio | bar | met | note |");
    lines.push("|---|---|---|---|---|---|---|---|");
    for (const { title, state, problem, rows } of own) {
      for (const row of rows) lines.push(rowLine(row, model));
      if (state !== "done")
        lines.push(`| ${title} | | | | | | no | ${state.toUpperCase()}: ${problem ?? ""} |`);
    }
  }
  return `${lines.join("\n")}\n`;
}

function rowLine(row: Row, model: ModelName): string {
  const { what, unit, ours, peer, ratio, bar, note } = row;
  const values = ratiosOf(row);
  const judged = hasBar(row, model);
  const reached = met(row);
  const cells = [
    what,
    ours.length > 0 ? `${shortSpread(ours)} ${unit}` : "",
    peer?.name ?? "",
    peer && peer.values.length > 0 ? `${shortSpread(peer.values)} ${unit}` : "",
    values ? `${shortSpread(values)} (${ratio})` : "",
    judged && bar
      ? `${bar.at === "least" ? ">=" : "<="} ${short(bar.value)}${bar.of === "ours" ? ` ${unit}` : ""}`
      : "",
    !judged ? "" : reached === undefined ? "?" : reached ? "yes" : "**no**",
    note ?? "",
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "/").replaceAll("\n", " ")).join(" | ")} |`;
}

/** The bars are of the 4B's; on the phantom only those count that are not about another program's speed. */
function hasBar({ bar }: Row, model: ModelName): boolean {
  return bar !== undefined && (model === "4b" || bar.of === "ours");
}

/** Rows with a bar that was missed, for the exit code. */
export function missed(outcomes: readonly Outcome[]): string[] {
  return outcomes.flatMap(({ model, rows }) =>
    rows
      .filter((row) => hasBar(row, model) && met(row) === false)
      .map(({ what, peer }) => `${model}: ${what}${peer ? ` against ${peer.name}` : ""}`),
  );
}
