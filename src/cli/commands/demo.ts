import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Command } from "commander";
import { writeOutput } from "../../base/files/write.js";
import { stretchToSquare } from "../../image/square.js";
import type { MedGemma } from "../../medgemma/medgemma.js";
import type { ModelResult } from "../../medgemma/run/result.js";
import { parseBoxes } from "../../prompt/boxes.js";
import { DEMO_CASES, type DemoCase, type DemoQuestion, wordsOf } from "../demo/cases.js";
import { type PageBox, type PageCase, type PagePicture, renderPage } from "../demo/page.js";
import { REAL_COMMAND, REAL_SOURCE, TEST_OBJECT } from "../demo/real-weights.js";
import { checkOutputFile, readPictureFiles } from "../files.js";
import type { Interrupt } from "../interrupt.js";
import { loadModel } from "../load.js";
import { examplePictures } from "../self-test.js";
import { note, speak, speakJson } from "../terminal.js";

interface DemoFlags {
  out: string;
  json?: boolean;
}

export function addDemo(program: Command, interrupt: Interrupt): void {
  program
    .command("demo")
    .description("let the embedded model read the example pictures, and write a page about it")
    .option("-o, --out <file>", "the page", "demo.html")
    .option("--json", "one JSON document on stdout instead of the streamed answers")
    .action((flags: DemoFlags) => demo(flags, interrupt.signal));
}

async function demo({ out, json = false }: DemoFlags, signal: AbortSignal): Promise<void> {
  await readPictureFiles(
    DEMO_CASES.flatMap(({ pictures }) => pictures.map(pathOf)),
    signal,
  );
  await checkOutputFile("--out", out);
  const model = await loadModel({}, signal);
  try {
    const cases: PageCase[] = [];
    if (!json) speak(`${TEST_OBJECT}\n`);
    for (const [index, demoCase] of DEMO_CASES.entries()) {
      if (!json) speak(`\n${index + 1}. ${demoCase.title} (${demoCase.pictures.join(", ")})\n`);
      cases.push(await readCase(model, demoCase, json, signal));
    }
    const last = cases.at(-1)?.answers.at(-1)?.result;
    if (!last) return;
    await writeOutput(out, renderPage(cases, last));
    if (json) speakJson(document(cases, out, last.notice));
    else tellTheRest(out, last.notice);
  } finally {
    await model.dispose();
  }
}

async function readCase(
  model: MedGemma,
  { title, pictures, questions }: DemoCase,
  json: boolean,
  signal: AbortSignal,
): Promise<PageCase> {
  const answers: PageCase["answers"][number][] = [];
  for (const asked of questions) {
    const result = await answer(model, pictures, asked, json, signal);
    answers.push({ kind: asked.kind, question: wordsOf(asked.question), result });
  }
  const located = answers.filter(({ kind }) => kind === "Boxes").map(({ result }) => result.text);
  const shown = await Promise.all(
    pictures.map((name, index) => describePicture(name, answers[0]?.result, index, located)),
  );
  return { title, pictures: shown, answers };
}

async function answer(
  model: MedGemma,
  pictures: readonly string[],
  { question, system }: DemoQuestion,
  json: boolean,
  signal: AbortSignal,
): Promise<ModelResult> {
  if (!json) speak(`\n   Q  ${wordsOf(question)}\n   A  `);
  const options = { signal, ...(system !== undefined && { system }) };
  for await (const event of model.stream(pictures.map(pathOf), question, options)) {
    if (event.type === "text-delta" && !json) speak(event.text.replaceAll("\n", "\n      "));
    if (event.type !== "finish") continue;
    if (!json) speak("\n");
    return event.result;
  }
  throw new Error("A stream ended without its finish event.");
}

/** The model's boxes are on 0..1000 of the square that the picture was stretched to. */
async function describePicture(
  name: string,
  result: ModelResult | undefined,
  index: number,
  located: readonly string[],
): Promise<PagePicture> {
  const bytes = await readFile(pathOf(name));
  const { width, height } = result?.provenance.pictures[index] ?? { width: 1, height: 1 };
  const square = stretchToSquare(width, height);
  const boxes = located
    .flatMap((text) => parseBoxes(text).boxes)
    .flatMap(({ label, box }): PageBox[] => {
      const pixels = square.toSource(box);
      return pixels ? [{ label, box: pixels }] : [];
    });
  return { name, width, height, url: `data:image/png;base64,${bytes.toString("base64")}`, boxes };
}

function document(cases: readonly PageCase[], page: string, notice: string): object {
  return {
    notice,
    page,
    cases: cases.map(({ title, pictures, answers }) => ({
      title,
      pictures: pictures.map(({ name, width, height, boxes }) => ({ name, width, height, boxes })),
      answers,
    })),
  };
}

function tellTheRest(out: string, notice: string): void {
  speak(`\nWritten: ${path.resolve(out)} (the pictures, the answers, and the boxes drawn on them)\n`);
  speak(`With MedGemma itself (${REAL_SOURCE}):\n  ${REAL_COMMAND}\n`);
  note(notice);
}

function pathOf(name: string): string {
  return path.join(examplePictures, name);
}
