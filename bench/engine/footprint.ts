import { statSync } from "node:fs";
import { newPictureFile } from "../lib/pictures.js";
import type { Measure, Row } from "../lib/types.js";
import { type FreshProcess, freshProcess, type Isolation } from "./fresh-process.js";

const MODES: readonly Isolation[] = ["process", "none"];
const SPARE = 300 * 2 ** 20;
const MB = 1e6;

/** What a process that loads, encodes and answers once holds, and how long it keeps its event loop waiting. */
export const footprint: Measure = {
  title: "memory and event loop",
  models: ["phantom", "4b"],
  async *run(context): AsyncGenerator<Row> {
    const rounds = context.model.name === "4b" ? Math.min(context.rounds, 2) : context.rounds;
    const runs: Record<Isolation, FreshProcess[]> = { process: [], none: [] };
    for (let round = 0; round < rounds; round++) {
      const picture = await newPictureFile(context, 2000 + round);
      for (const mode of MODES) runs[mode].push(await freshProcess(context, mode, picture));
    }
    const weights = statSync(context.model.model).size + statSync(context.model.projector).size;
    for (const mode of MODES) {
      const where = mode === "process" ? "child process" : "in-process";
      const cache = Math.max(...runs[mode].map(({ memory }) => memory.cacheBytes));
      const limit = (weights + cache + SPARE) / MB;
      const held = runs[mode].map(({ memory }) => (memory.application + memory.child) / MB);
      const application = Math.max(...runs[mode].map(({ memory }) => memory.application)) / MB;
      yield {
        what: `memory at most, ${where}`,
        unit: "MB",
        ours: held,
        peer: { name: "files + KV cache + 300 MiB", values: held.map(() => limit) },
        ratio: "ours/peer",
        bar: { of: "ratio", at: "most", value: 1 },
        note: `files ${(weights / MB).toFixed(0)}, KV cache ${(cache / MB).toFixed(0)}, ${mode === "process" ? `of it the application ${application.toFixed(0)}` : "all in the application"}`,
      };
    }
    for (const mode of MODES) {
      for (const phase of ["load", "encode", "generate"] as const) {
        yield {
          what: `event loop's longest delay, ${phase}, ${mode === "process" ? "child process" : "in-process"}`,
          unit: "ms",
          ours: runs[mode].map(({ delays }) => delays[phase]),
          bar: { of: "ours", at: "most", value: 50 },
        };
      }
    }
  },
};
