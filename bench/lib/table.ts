import { barOf, met, ratiosOf } from "./judge.js";
import { BUSY, type Machine } from "./machine.js";
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
  const loaded = outcomes.filter(({ busyBefore }) => busyBefore > BUSY);
  if (loaded.length > 0) {
    const most = Math.round(100 * Math.max(...loaded.map(({ busyBefore }) => busyBefore)));
    lines.push(
      "",
      `**Other programs ran**: they took up to ${most} % of the cores just before ${loaded.length} of ${outcomes.length} measures.`,
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
  const { what, unit, ours, peer, ratio, note } = row;
  const values = ratiosOf(row);
  const bar = barOf(row, model);
  const reached = met(row);
  const cells = [
    what,
    ours.length > 0 ? `${shortSpread(ours)} ${unit}` : "",
    peer?.name ?? "",
    peer && peer.values.length > 0 ? `${shortSpread(peer.values)} ${unit}` : "",
    values ? `${shortSpread(values)} (${ratio})` : "",
    bar
      ? `${bar.at === "least" ? ">=" : "<="} ${short(bar.value)}${bar.of === "ours" ? ` ${unit}` : ""}`
      : "",
    !bar ? "" : reached === undefined ? "?" : reached ? "yes" : "**no**",
    note ?? "",
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "/").replaceAll("\n", " ")).join(" | ")} |`;
}

/** Rows with a bar that was missed, for the exit code. */
export function missed(outcomes: readonly Outcome[]): string[] {
  return outcomes.flatMap(({ model, rows }) =>
    rows
      .filter((row) => barOf(row, model) && met(row) === false)
      .map(({ what, peer }) => `${model}: ${what}${peer ? ` against ${peer.name}` : ""}`),
  );
}
