import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Score } from "../../../src/engine/engine.js";
import type { NativeEngine } from "../../../src/engine/native/native-engine.js";
import { renderPrompt } from "../../../src/prompt/render.js";
import { answerText, rejection, UNENDING } from "../../support/ask.js";
import { goldens, loadPhantom, messagesOf } from "../../support/phantom.js";
import { askGolden, golden, NOISE, ramble } from "./support.js";

async function gather(events: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of events);
}

/** Numbers of one computation in batches of different shapes. */
const ROUNDING = 2;

describe("scoring", () => {
  let engine: NativeEngine;
  beforeAll(async () => {
    engine = await loadPhantom({ contextSize: 4096 });
  });
  afterAll(() => engine.dispose());

  const asked = golden("yesno:opacity");
  const partsOf = async () => renderPrompt(await messagesOf(asked));

  test("equals the log-probabilities of the same answer generated", async () => {
    const generated = await askGolden(engine, asked, { logprobs: 5 });
    const { scores, usage } = await engine.score(await partsOf(), [asked.answer, "Yes.", "No."]);
    const [own] = scores;
    expect(own?.tokens.map(({ id }) => id)).toEqual(asked.answer_ids.slice(0, own?.tokens.length));
    for (const [index, token] of (own?.tokens ?? []).entries()) {
      expect(token.logprob).toBeCloseTo(generated.tokens[index]?.logprob ?? Number.NaN, ROUNDING);
    }
    const first = (score: Score | undefined) => score?.tokens[0];
    for (const score of scores) {
      const listed = generated.tokens[0]?.top.find(({ id }) => id === first(score)?.id);
      if (listed) expect(first(score)?.logprob).toBeCloseTo(listed.logprob, ROUNDING);
    }
    expect(usage.imageTokens).toBe(16);
    expect(usage.completionTokens).toBe(0);
  });

  test("of a whole greedy answer is the sum of its tokens' log-probabilities", async () => {
    const compared: number[] = [];
    for (const each of goldens) {
      const generated = await askGolden(engine, each, { maxTokens: 30, logprobs: 1, deterministic: true });
      // The end of the turn is a token of the answer and not of its text.
      const ended = generated.done.finishReason === "stop";
      const tokens = ended ? generated.tokens.slice(0, -1) : generated.tokens;
      const ids = [...(await engine.tokenize(generated.text, { special: false }))];
      // The model may have spelt its text otherwise than the tokeniser does.
      if (tokens.length < 8 || ids.join() !== tokens.map(({ id }) => id).join()) continue;
      const parts = renderPrompt(await messagesOf(each));
      const { scores } = await engine.score(parts, [generated.text], { deterministic: true });
      expect(scores[0]?.tokens.map(({ id }) => id)).toEqual(ids);
      const sum = tokens.reduce((total, { logprob }) => total + logprob, 0);
      compared.push(Math.abs((scores[0]?.logprob ?? Number.NaN) - sum));
      if (compared.length === 20) break;
    }
    expect(compared).toHaveLength(20);
    expect(Math.max(...compared)).toBeLessThan(1e-3);
  });

  test("is the sum over the tokens of a continuation, each forced by hand", async () => {
    const text = "There is a small nodule in the left upper zone.";
    const { scores } = await engine.score(await partsOf(), [text]);
    const [score] = scores;
    const ids = [...(await engine.tokenize(text, { special: false }))];
    expect(score?.tokens.map(({ id }) => id)).toEqual(ids);
    let sum = 0;
    let before = "";
    for (const token of score?.tokens ?? []) {
      // The grammar of exactly what is still missing forces its first token; log-probabilities are from before it.
      const parts = [...(await partsOf()), { type: "text" as const, text: before, special: false }];
      const grammar = `root ::= ${JSON.stringify(text.slice(before.length))}`;
      let forced: { id: number; logprob: number } | undefined;
      const options = { maxTokens: 1, logprobs: 1, grammar };
      for await (const event of engine.generate(before === "" ? await partsOf() : parts, options)) {
        if (event.type === "text") forced ??= event.tokens[0];
      }
      if (forced?.id === token.id) expect(forced.logprob).toBeCloseTo(token.logprob, ROUNDING);
      sum += token.logprob;
      before += token.text;
    }
    expect(before).toBe(text);
    expect(score?.logprob).toBeCloseTo(sum, 6);
  });

  test("is the same beside others, in any order, and after a long continuation", async () => {
    const labels = ["Yes.", "No.", "Yes", "No", ramble(1, 80), "left", "right upper zone", ramble(2, 20)];
    const expected = await engine.score(await partsOf(), labels, { deterministic: true });
    const others = Array.from({ length: 10 }, (_, index) =>
      answerText(engine, ramble(index, 30), { ...NOISE, seed: index, maxTokens: 60 }),
    );
    const [beside, turned] = await Promise.all([
      engine.score(await partsOf(), labels),
      engine.score(await partsOf(), [...labels].reverse()),
    ]);
    await Promise.all(others);
    for (const [index, score] of expected.scores.entries()) {
      const pair = [beside.scores[index], turned.scores[labels.length - 1 - index]];
      for (const other of pair) {
        expect(other?.text).toBe(score.text);
        expect(other?.tokens).toHaveLength(score.tokens.length);
        for (const [at, token] of score.tokens.entries()) {
          // Nonsense is improbable, and rounding shows more in small probabilities.
          expect(other?.tokens[at]?.logprob).toBeCloseTo(token.logprob, 1);
        }
      }
    }
    const again = await engine.score(await partsOf(), labels, { deterministic: true });
    expect(again.scores).toEqual(expected.scores);
  });

  test("of a continuation longer than any batch is the sum over its pieces", async () => {
    const pieces = Array.from({ length: 5 }, (_, index) => ` ${ramble(index + 3, 120)}`);
    const whole = pieces.join("");
    const before = await partsOf();
    const { scores } = await engine.score(before, [whole, "Yes."]);
    const [score] = scores;
    expect(score?.tokens.length).toBeGreaterThanOrEqual(600);
    let sum = 0;
    const ids: number[] = [];
    for (const [index, piece] of pieces.entries()) {
      const text = pieces.slice(0, index).join("");
      const parts = text === "" ? before : [...before, { type: "text" as const, text, special: false }];
      const alone = (await engine.score(parts, [piece])).scores[0];
      sum += alone?.logprob ?? Number.NaN;
      ids.push(...(alone?.tokens ?? []).map(({ id }) => id));
    }
    expect(score?.tokens.map(({ id }) => id)).toEqual(ids);
    // Each of 600 numbers is rounded in batches of another shape.
    expect(Math.abs((score?.logprob ?? Number.NaN) / sum - 1)).toBeLessThan(1e-4);
    const short = (await engine.score(before, ["Yes."])).scores[0]?.logprob ?? Number.NaN;
    expect(scores[1]?.logprob).toBeCloseTo(short, ROUNDING);
  });

  test("of long continuations at once, some of them given up, leaves every sequence free", async () => {
    const whole = ramble(7, 400);
    const parts = await partsOf();
    const alone = (await engine.score(parts, [whole])).scores[0]?.logprob ?? Number.NaN;
    const stop = new AbortController();
    const given = Promise.allSettled(
      Array.from({ length: 6 }, () => engine.score(parts, [whole, whole], { signal: stop.signal })),
    );
    const kept = Array.from({ length: 2 }, () => engine.score(parts, [whole]));
    await untilOneRuns(engine, kept[0]);
    stop.abort();
    // One that had ended before its signal came is right as well.
    for (const end of await given) if (end.status === "rejected") expect(end.reason.code).toBe("aborted");
    for (const { scores } of await Promise.all(kept)) {
      expect(Math.abs((scores[0]?.logprob ?? Number.NaN) / alone - 1)).toBeLessThan(1e-4);
    }
    // Twenty more, one after the other, would wait for ever for sequences that were lost.
    for (let round = 0; round < 20; round++) {
      const cut = new AbortController();
      const request = engine.score(parts, [whole], { signal: cut.signal }).catch(() => undefined);
      await untilOneRuns(engine, request);
      cut.abort();
      await request;
    }
    expect((await engine.score(parts, ["Yes.", "No."])).scores).toHaveLength(2);
  });

  test("of a continuation that the context has no room for is refused", async () => {
    const error = await rejection(engine.score(await partsOf(), [ramble(1, 5000)]));
    expect(error.code).toBe("context_full");
  });

  test("of long continuations that the context cannot hold at once is what it is alone", async () => {
    const small = await loadPhantom({ contextSize: 1024, parallel: 4 });
    const requests = Array.from({ length: 6 }, (_, index) => ({
      parts: [{ type: "text" as const, text: `${index} ${ramble(index, 150)}`, special: false }],
      whole: ramble(index + 20, 200),
    }));
    const alone: number[] = [];
    for (const { parts, whole } of requests) {
      alone.push((await small.score(parts, [whole])).scores[0]?.logprob ?? Number.NaN);
    }
    const others = requests.map(({ parts }, seed) =>
      gather(small.generate(parts, { ...NOISE, ...UNENDING, seed, maxTokens: 300 })),
    );
    const together = await Promise.all(
      requests.map(({ parts, whole }) => small.score(parts, [whole, "Yes.", whole])),
    );
    await Promise.all(others);
    for (const [index, { scores }] of together.entries()) {
      for (const at of [0, 2]) {
        expect(Math.abs((scores[at]?.logprob ?? Number.NaN) / (alone[index] ?? 0) - 1)).toBeLessThan(1e-3);
      }
    }
    expect((await small.stats()).requests).toMatchObject({ failed: 0, running: 0, waiting: 0 });
    expect((await small.stats()).requests.preempted).toBeGreaterThan(0);
    await small.dispose();
  });
});

/** Until something runs, or the request has settled before anybody saw it run. */
async function untilOneRuns(engine: NativeEngine, request: Promise<unknown> | undefined): Promise<void> {
  let settled = false;
  void request?.then(() => {
    settled = true;
  });
  while (!settled && (await engine.stats()).requests.running === 0)
    await new Promise((wake) => setTimeout(wake, 1));
}
