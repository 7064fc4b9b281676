import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { afterAll, afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { longFlag } from "../../../src/cli/flag-names.js";
import { Interrupt } from "../../../src/cli/interrupt.js";
import { makeProgram } from "../../../src/cli/program.js";
import type { GenerateOptions } from "../../../src/engine/engine.js";
import { SAMPLING, SAMPLING_NAMES } from "../../../src/engine/sampling.js";
import { FakeEngine, MedGemma } from "../../../src/index.js";
import { picturePath } from "../../support/phantom.js";
import { UNUSUAL } from "../../support/sampling.js";

const interrupt = new Interrupt();
const folder = mkdtempSync(path.join(os.tmpdir(), "medgemma-sampling-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const film = picturePath("000.png");
const words = "Type 2 diabetes.";

function file(name: string, content: string): string {
  const place = path.join(folder, name);
  writeFileSync(place, content);
  return place;
}
const note = file("note.txt", words);
const schema = file("schema.json", '{"type":"object","properties":{"nodule":{"type":"boolean"}}}');
const cases = file("cases.jsonl", `${JSON.stringify({ images: [film], truth: "FINDINGS: None." })}\n`);

interface Run {
  readonly words: readonly string[];
  /** What the engine answers. */
  readonly answer: string;
  /** What is typed. */
  readonly typed?: string;
  /** False where `--json` prints no answer. Defaults to `true`. */
  readonly result?: boolean;
}

const TRIAGE = '{"reasons":["minor"],"redFlags":[],"questions":["Since when?"],"level":5}';
const COMMANDS: Readonly<Record<string, Run>> = {
  ask: { words: [film, "Is there a nodule?"], answer: "No." },
  chat: { words: [], answer: "No.", typed: "Is there a nodule?\n" },
  report: { words: [film], answer: "FINDINGS: None." },
  classify: { words: ["--labels", "nodule,opacity", "--method", "reason", film], answer: "It is A." },
  locate: { words: ["--target", "nodule", film], answer: "[]" },
  compare: { words: [film, film], answer: "No change." },
  explain: { words: [words, "--report", note], answer: "You have diabetes." },
  extract: { words: ["--schema", schema, film], answer: '{"nodule":true}' },
  triage: { words: ["--age", "30", "--complaint", "sore toe", "--no-screen"], answer: TRIAGE },
  decide: { words: [note, "How is it treated?"], answer: "DIFFERENTIAL:\n- Diabetes [E1]" },
  interview: { words: ["--reason", "cough"], answer: "Since when?", typed: "Today\n/end\n" },
  evaluate: { words: ["report", cases], answer: "FINDINGS: None.", result: false },
};
const FLAGS = SAMPLING_NAMES.flatMap((name) => [longFlag(SAMPLING[name].flag), String(UNUSUAL[name])]);

afterEach(() => vi.restoreAllMocks());

test("these are all commands that have the flags", () => {
  const having = makeProgram(interrupt).commands.filter((command) => {
    const known = command.options.map(({ long }) => long);
    return SAMPLING_NAMES.some((name) => known.includes(longFlag(SAMPLING[name].flag)));
  });
  expect(having.map((command) => command.name()).sort()).toEqual(Object.keys(COMMANDS).sort());
});

describe.each(Object.entries(COMMANDS))("%s", (command, { words, answer, typed = "", result = true }) => {
  test("hands every sampling option from its flag to the engine, and into what it tells of the answer", async () => {
    const given: GenerateOptions[] = [];
    const engine = new FakeEngine({
      answer: (_prompt, options) => {
        given.push(options);
        return answer;
      },
    });
    vi.spyOn(MedGemma, "load").mockImplementation(async () => MedGemma.fromEngine(engine));
    vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const said = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    type(typed);
    await makeProgram(interrupt).parseAsync([command, ...FLAGS, "--json", ...words], { from: "user" });
    const told = said.mock.calls.map(([text]) => String(text)).join("");

    expect(given).not.toEqual([]);
    for (const options of given) expect(options).toMatchObject(UNUSUAL);
    if (!result) return;
    const { seed, ...rest } = UNUSUAL;
    // Scores draw nothing.
    const drawn = command === "classify" ? { ...rest, seed: 0 } : { ...rest, seed };
    expect(JSON.parse(told).provenance.sampling).toMatchObject(drawn);
  });
});

/** Stands in for what somebody types. */
function type(text: string): void {
  const own = Object.getOwnPropertyDescriptor(process, "stdin");
  Object.defineProperty(process, "stdin", { ...own, get: () => Readable.from([text]) });
  onTestFinished(() => {
    if (own) Object.defineProperty(process, "stdin", own);
  });
}
