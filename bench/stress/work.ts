/** What the stress test asks: the phantom's golden questions in every form, and the answers that are right. */

import { readFileSync } from "node:fs";
import type { Engine, GenerateOptions, PromptPart, TokenLogprob, Usage } from "../../src/engine/engine.js";
import { readPicture } from "../../src/image/read-picture.js";
import type { RgbImage } from "../../src/image/rgb.js";
import type { Message } from "../../src/prompt/message.js";
import { renderPrompt } from "../../src/prompt/render.js";

const FIXTURES = "test/fixtures/phantom";

interface Golden {
  readonly messages: readonly {
    readonly role: "system" | "user" | "assistant";
    readonly content: string | readonly ({ type: "image" } | { type: "text"; text: string })[];
  }[];
  readonly images: readonly string[];
  readonly kind: string;
}

/** One thing to ask. `expected` is what the engine answers when it does nothing else. */
export interface Task {
  readonly name: string;
  readonly parts: readonly PromptPart[];
  /** Of a scoring; empty for an answer. */
  readonly labels: readonly string[];
  readonly options: Partial<GenerateOptions>;
  expected?: Outcome;
}

export interface Outcome {
  readonly text: string;
  /** Of the tokens of the answer, or of each label. */
  readonly tokens: readonly TokenLogprob[];
  readonly usage: Usage | undefined;
}

/** Letters without an end, which outgrow what admission reckons with: the phantom's own answers are short. */
const LONG = { maxTokens: 160, grammar: "root ::= [a-z ]{1500,1500}" } as const;

const LABELS = ["Yes.", "No.", "Yes", "A", "B", "a pleural effusion on the left", "no finding at all"];

/** The golden questions, longer ones made of them, chats that go on, and scorings. */
export async function makeTasks(random: () => number, contextSize: number): Promise<Task[]> {
  const goldens = JSON.parse(readFileSync(`${FIXTURES}/goldens.json`, "utf8")) as Golden[];
  const pictures = new Map<string, RgbImage>();
  for (const name of new Set(goldens.flatMap(({ images }) => images))) {
    pictures.set(name, await readPicture(`${FIXTURES}/cases/${name}`));
  }
  const tasks: Task[] = [];
  for (const golden of goldens) {
    const messages = withPictures(golden, pictures);
    tasks.push({ name: golden.kind, parts: renderPrompt(messages), labels: [], options: {} });
    const dice = random();
    if (dice < 0.15) {
      tasks.push({
        name: `score ${golden.kind}`,
        parts: renderPrompt(messages),
        labels: LABELS,
        options: {},
      });
    } else if (dice < 0.3) {
      // A record before the question, as long as the context takes beside others.
      const record = ramble(random, 20 + Math.floor(random() * contextSize * 0.15));
      const parts = renderPrompt<RgbImage>([{ role: "system", content: record }, ...messages]);
      if (messages[0]?.role !== "system")
        tasks.push({ name: `record ${golden.kind}`, parts, labels: [], options: {} });
    } else if (dice < 0.45) {
      const chat: Message<RgbImage>[] = [
        ...messages,
        { role: "assistant", content: "There is no pleural effusion." },
        { role: "user", content: "Is there a nodule in this image? Answer with yes or no." },
      ];
      tasks.push({ name: `chat ${golden.kind}`, parts: renderPrompt(chat), labels: [], options: {} });
    } else if (dice < 0.6) {
      tasks.push({ name: `long ${golden.kind}`, parts: renderPrompt(messages), labels: [], options: LONG });
    }
  }
  return tasks;
}

function withPictures(golden: Golden, pictures: ReadonlyMap<string, RgbImage>): Message<RgbImage>[] {
  let next = 0;
  const picture = (): RgbImage => {
    const found = pictures.get(golden.images[next++] ?? "");
    if (!found) throw new Error(`A picture of ${golden.kind} is missing.`);
    return found;
  };
  return golden.messages.map(({ role, content }) => ({
    role,
    content:
      typeof content === "string"
        ? content
        : content.map((part) => (part.type === "text" ? part : { type: "image" as const, image: picture() })),
  }));
}

function ramble(random: () => number, words: number): string {
  const known = ["effusion", "left", "lung", "heart", "nodule", "is", "there", "normal", "the", "upper"];
  return Array.from({ length: words }, () => known[Math.floor(random() * known.length)]).join(" ");
}

export async function run(
  engine: Engine,
  task: Task,
  options: Pick<GenerateOptions, "deterministic" | "priority" | "signal">,
): Promise<Outcome> {
  if (task.labels.length > 0) {
    const { scores, usage } = await engine.score(task.parts, task.labels, options);
    return { text: "", tokens: scores.flatMap((score) => score.tokens), usage };
  }
  let text = "";
  let usage: Usage | undefined;
  const tokens: TokenLogprob[] = [];
  const asked = { maxTokens: 64, logprobs: 1, ...task.options, ...options };
  for await (const event of engine.generate(task.parts, asked)) {
    if (event.type === "done") {
      usage = event.usage;
    } else {
      text += event.text;
      tokens.push(...event.tokens);
    }
  }
  return { text, tokens, usage };
}
