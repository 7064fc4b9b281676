import { short, spread } from "../../lib/stats.js";
import type { Finding } from "./messages.js";

const TIME_MS = 5000;
const DELAY_MS = 100;
const GROWTH_BYTES = 1e9;
/** Of the usual time of an innocent question, in the median of those asked beside an attack. */
const BESIDE = 2;
/** Fewer questions than these say nothing of a median. */
const FEWEST_BESIDE = 5;

/** Of decoders' threads that wait for the next file. What leaks some with each file is beyond this soon. */
const KEPT_DESCRIPTORS = 24;

export interface Verdict {
  /** Never right, however busy the machine is. */
  readonly faults: readonly string[];
  /** Over a budget: of time, which other work on the machine takes as well, or of memory. */
  readonly over: readonly string[];
}

export function judge(finding: Finding & { died?: string }): Verdict {
  if (finding.died !== undefined) return { faults: [finding.died], over: [] };
  const {
    outcome = "untyped: nothing",
    elapsed = 0,
    delay = 0,
    growth = 0,
    descriptors = 0,
    beside = [],
    uncaught = [],
  } = finding;
  const faults = [...uncaught];
  if (outcome.startsWith("untyped")) faults.push(outcome);
  if (outcome === "internal") faults.push("an error of the package's own (internal)");
  if (descriptors > KEPT_DESCRIPTORS) faults.push(`${descriptors} descriptors more than at the start`);
  const over: string[] = [];
  if (elapsed > TIME_MS) over.push(`${short(elapsed / 1000)} s`);
  if (delay > DELAY_MS) over.push(`event loop held for ${short(delay)} ms`);
  if (growth > GROWTH_BYTES) over.push(`${short(growth / 1e6)} MB`);
  const median = beside.length >= FEWEST_BESIDE ? spread(beside).median : 1;
  if (median > BESIDE) over.push(`innocent questions took ${short(median)} times the usual`);
  return { faults, over };
}
