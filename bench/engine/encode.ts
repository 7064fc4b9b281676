import { machine } from "../lib/machine.js";
import { newPicture } from "../lib/pictures.js";
import { ProcessEngine } from "../lib/product.js";
import type { Measure, Row } from "../lib/types.js";
import { cliRuns } from "../peers/mtmd-cli.js";
import { torchEncode } from "../peers/torch.js";
import { attempt } from "./attempt.js";
import { files } from "./text-speed.js";

/** One new picture through the encoder. */
export const encode: Measure = {
  title: "one picture encoded",
  models: ["phantom", "4b"],
  async *run(context): AsyncGenerator<Row> {
    const { name, side } = context.model;
    // A run of llama-mtmd-cli on the 4B takes minutes: one is enough to tell 0.3 from 1.
    const cliRounds = name === "4b" ? 1 : context.rounds;
    const rounds = name === "4b" ? Math.min(context.rounds, 3) : context.rounds;
    const ours: number[] = [];
    const torch: number[] = [];
    let cli: number[] = [];
    const notes: { cli?: string | undefined; torch?: string | undefined } = {};
    const engine = await ProcessEngine.load(files(context));
    const encoder = engine.info.projector?.encoder ?? "?";
    try {
      // The first picture of a process also pages the projector in; on the 4B that is little of the whole.
      if (name === "phantom") await engine.encode(newPicture(side, 0));
      for (let round = 1; round <= rounds; round++) {
        const picture = newPicture(side, round);
        const began = performance.now();
        await engine.encode(picture);
        ours.push((performance.now() - began) / 1000);
        if (round <= cliRounds)
          notes.cli ??= await attempt(async () => {
            cli = (await cliRuns(context, round)).map(({ encode: took }) => took / 1000);
          });
        if (name === "4b")
          notes.torch ??= await attempt(async () => {
            torch.push((await torchEncode(context)) / 1000);
          });
      }
    } finally {
      await engine.dispose();
    }
    const { vectors } = machine();
    const share = vectors.startsWith("AVX-512") ? 0.3 : 0.9;
    yield {
      what: `encode, ${side} x ${side}`,
      unit: "s",
      ours,
      ...(cli.length > 0 && { peer: { name: "llama-mtmd-cli", values: cli }, ratio: "ours/peer" as const }),
      bar: { of: "ratio", at: "most", value: share },
      note: notes.cli ?? `${encoder}; ${vectors}`,
    };
    if (name !== "4b") return;
    yield {
      what: `encode, ${side} x ${side}`,
      unit: "s",
      ours,
      ...(torch.length > 0 && {
        peer: { name: "transformers, bfloat16", values: torch },
        ratio: "ours/peer" as const,
      }),
      ...(share === 0.3 && { bar: { of: "ratio" as const, at: "most" as const, value: 1.3 } }),
      ...(notes.torch !== undefined && { note: notes.torch }),
    };
  },
};
