import { log } from "../lib/log.js";
import { newPictureFile } from "../lib/pictures.js";
import { MedGemma } from "../lib/product.js";
import { QUESTIONS } from "../lib/prompts.js";
import type { Context, Measure, Row } from "../lib/types.js";
import { askLlamaNode } from "../peers/llama-node.js";
import { LlamaServer } from "../peers/llama-server.js";
import { ANSWER_TOKENS, cliRuns } from "../peers/mtmd-cli.js";
import { attempt } from "./attempt.js";
import { files } from "./text-speed.js";

const COUNT = QUESTIONS.length;

/** Eight short questions about one new picture. All but llama-mtmd-cli have loaded before. */
export const questions: Measure = {
  title: "8 questions about one new picture",
  models: ["phantom", "4b"],
  async *run(context): AsyncGenerator<Row> {
    const rounds = context.model.name === "4b" ? 1 : context.rounds;
    const ours: number[] = [];
    const peers = PEERS.map((peer): PeerTimes => ({ ...peer, values: [], note: "", problem: undefined }));
    const model = await MedGemma.load(files(context));
    try {
      for (let round = 0; round < rounds; round++) {
        const picture = await newPictureFile(context, 6000 + round);
        const began = performance.now();
        await Promise.all(QUESTIONS.map((text) => model.ask(picture, text, { maxTokens: ANSWER_TOKENS })));
        ours.push((performance.now() - began) / 1000);
        log(`    this package: ${ours.at(-1)?.toFixed(2)} s`);
        for (const peer of peers) {
          peer.problem ??= await attempt(async () => {
            const { seconds, note } = await peer.time(context, picture, round);
            peer.values.push(seconds);
            peer.note = note;
            log(`    ${peer.name}: ${seconds.toFixed(2)} s (${note})`);
          });
          // At once, as the next peer may take half an hour.
          if (round === rounds - 1) yield rowOf(peer, ours);
        }
      }
    } finally {
      await model.dispose();
    }
  },
};

function rowOf({ name, bar, values, note, problem }: PeerTimes, ours: readonly number[]): Row {
  return {
    what: `${COUNT} questions, one new picture`,
    unit: "s",
    ours,
    peer: { name, values },
    ratio: "peer/ours",
    bar: { of: "ratio", at: "least", value: bar },
    note: problem ?? note,
  };
}

interface Timed {
  readonly seconds: number;
  readonly note: string;
}

interface Peer {
  readonly name: string;
  readonly bar: number;
  time(context: Context, picture: string, round: number): Promise<Timed>;
}

interface PeerTimes extends Peer {
  readonly values: number[];
  note: string;
  problem: string | undefined;
}

const PEERS: readonly Peer[] = [
  { name: "llama-mtmd-cli, one by one", bar: 5, time: timeCli },
  { name: "llama-server, as it comes", bar: 1.3, time: (...task) => timeServer(task, []) },
  { name: "llama-server, --swa-full", bar: 1.3, time: (...task) => timeServer(task, ["--swa-full"]) },
  // Last: it takes longest.
  { name: "llama.node, one by one", bar: 5, time: timeLlamaNode },
];

/** A program for each question, so eight times one of them; loading, which the others did before, is left out. */
async function timeCli(context: Context, _picture: string, round: number): Promise<Timed> {
  const run = (await cliRuns(context, round + 1))[round];
  if (!run) throw new Error("llama-mtmd-cli did not run");
  const withLoad = ((run.total * COUNT) / 1000).toFixed(1);
  return {
    seconds: (run.withoutLoad * COUNT) / 1000,
    note: `one run x ${COUNT}, loading left out (with it ${withLoad} s)`,
  };
}

async function timeLlamaNode(context: Context, picture: string): Promise<Timed> {
  return complete(await askLlamaNode(context, picture, QUESTIONS, (took) => encodesAgain(context, took)));
}

async function timeServer([context, picture]: [Context, string, number], extra: string[]): Promise<Timed> {
  const server = await LlamaServer.start(context, extra);
  const took: number[] = [];
  try {
    for (const question of QUESTIONS) {
      took.push(await server.ask(picture, question));
      if (encodesAgain(context, took)) break;
    }
  } finally {
    await server.stop();
  }
  return complete(took);
}

/** When the second question takes half of the first or more, the picture was encoded again; on the 4B that settles it. */
function encodesAgain({ model }: Context, took: readonly number[]): boolean {
  const [first = 0, second = 0] = took;
  return model.name === "4b" && took.length >= 2 && second > first / 2;
}

/** The questions that were left out count as much as the last one that was asked. */
function complete(took: readonly number[]): Timed {
  const asked = took.reduce((sum, value) => sum + value, 0);
  const left = COUNT - took.length;
  const note = `first ${seconds(took[0])}, second ${seconds(took[1])}${left > 0 ? `; ${left} more at the second's time` : ""}`;
  return { seconds: (asked + left * (took.at(-1) ?? 0)) / 1000, note };
}

const seconds = (value = 0): string => `${(value / 1000).toFixed(2)} s`;
