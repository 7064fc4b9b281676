import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { newPictureFile } from "../lib/pictures.js";
import type { Measure, Row } from "../lib/types.js";
import { freshProcess } from "./fresh-process.js";

/** The same picture in a second process: time to the first token, with the embedding on disk. */
export const diskCache: Measure = {
  title: "a known picture in a new process",
  models: ["phantom", "4b"],
  async *run(context): AsyncGenerator<Row> {
    const rounds = context.model.name === "4b" ? Math.min(context.rounds, 2) : context.rounds;
    const first: number[] = [];
    const second: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const folder = mkdtempSync(path.join(tmpdir(), "medgemma-bench-cache-"));
      try {
        const picture = await newPictureFile(context, 3000 + round);
        first.push((await freshProcess(context, "process", picture, folder)).first / 1000);
        second.push((await freshProcess(context, "process", picture, folder)).first / 1000);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }
    yield {
      what: "first token, picture on disk",
      unit: "s",
      ours: second,
      peer: { name: "the first time", values: first },
      ratio: "peer/ours",
      bar: { of: "ratio", at: "least", value: 4 },
      note: "loading not counted",
    };
  },
};
