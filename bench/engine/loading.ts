import { existsSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { run } from "../lib/children.js";
import { MedGemma } from "../lib/product.js";
import type { Context, Measure, Row } from "../lib/types.js";
import { LlamaServer } from "../peers/llama-server.js";
import { attempt } from "./attempt.js";
import { files } from "./text-speed.js";

type Page = "warm" | "cold";

/** From the call to a model that can be asked, against llama-server's start to its being ready. */
export const loading: Measure = {
  title: "loading, model and projector",
  models: ["4b"],
  async *run(context): AsyncGenerator<Row> {
    const colds: readonly Page[] =
      process.platform === "linux" && existsSync("/bin/dd") ? ["warm", "cold"] : ["warm"];
    // What the package remembers of files from run to run, here for this run only.
    process.env.XDG_CACHE_HOME = path.join(context.run, "cache");
    mkdirSync(process.env.XDG_CACHE_HOME, { recursive: true });
    const forget = () =>
      rmSync(path.join(context.run, "cache", "medgemma"), { recursive: true, force: true });
    for (const page of colds) {
      const seconds = {
        first: [] as number[],
        child: [] as number[],
        here: [] as number[],
        peer: [] as number[],
      };
      const timed = async (values: number[], load: () => Promise<() => Promise<void>>) => {
        await prepare(page, context);
        const began = performance.now();
        const end = await load();
        values.push((performance.now() - began) / 1000);
        await end();
      };
      const ours = (isolation: "process" | "none") => async () => {
        const model = await MedGemma.load({ ...files(context), isolation, gpu: false });
        return () => model.dispose();
      };
      let note: string | undefined;
      for (let round = 0; round < context.rounds; round++) {
        note ??= await attempt(() =>
          timed(seconds.peer, async () => {
            const server = await LlamaServer.start(context);
            return () => server.stop();
          }),
        );
        forget();
        await timed(seconds.first, ours("process"));
        await timed(seconds.child, ours("process"));
        await timed(seconds.here, ours("none"));
      }
      const row = (what: string, values: readonly number[], bar?: Row["bar"]): Row => ({
        what: `${what}, files ${page === "warm" ? "in" : "not in"} the page cache`,
        unit: "s",
        ours: values,
        ...(seconds.peer.length > 0 && {
          peer: { name: "llama-server", values: seconds.peer },
          ratio: "ours/peer" as const,
        }),
        ...(bar && { bar }),
        ...(note !== undefined && { note }),
      });
      yield row("child process, files known", seconds.child, { of: "ratio", at: "most", value: 1 });
      yield row("child process, files hashed for the first time", seconds.first);
      yield row("in-process, files known", seconds.here);
    }
  },
};

/** Brings the files into the page cache, or out of it. */
async function prepare(page: Page, { model: { model, projector } }: Context): Promise<void> {
  for (const file of [model, projector]) {
    await run("dd", [
      `if=${file}`,
      ...(page === "warm" ? ["of=/dev/null", "bs=4M"] : ["iflag=nocache", "count=0"]),
    ]);
  }
}
