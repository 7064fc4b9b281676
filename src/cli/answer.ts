import { DRAFT_NOTICE, PHANTOM_NOTICE } from "../base/notice.js";
import type { MedGemma } from "../medgemma/medgemma.js";
import type { ModelResult, StreamEvent } from "../medgemma/run/result.js";
import { aside, note, seconds, speak, speakJson, status } from "./terminal.js";

export interface AnswerStyle {
  readonly json: boolean;
  /** JSON on one line: several documents, one a line. */
  readonly compact?: boolean | undefined;
  readonly quiet: boolean;
  readonly showThought: boolean;
}

/** Shows an answer as it comes: words on stdout, the rest on stderr. */
export async function showAnswer(
  model: MedGemma,
  stream: AsyncIterable<StreamEvent>,
  style: AnswerStyle,
): Promise<ModelResult | undefined> {
  if (style.json) return showJson(stream, style);
  let spoken = "";
  let thinking = false;
  let result: ModelResult | undefined;
  const speakOn = (text: string) => {
    const fresh = spoken === "" ? text.trimStart() : text;
    spoken += fresh;
    if (fresh !== "") speak(fresh);
  };
  try {
    for await (const event of stream) {
      if (event.type === "text-delta") speakOn(event.text);
      else if (event.type === "text-retract") retract(spoken);
      else if (event.type === "finish") result = event.result;
      else if (!thinking) {
        thinking = true;
        if (!style.quiet) status("Thinking ...");
      }
    }
  } finally {
    if (spoken !== "" && !spoken.endsWith("\n")) speak("\n");
    // Words that were shown need their notice, also when the answer was broken off.
    if (result || spoken !== "") showNotes(model, result, style);
  }
  return result;
}

async function showJson(
  stream: AsyncIterable<StreamEvent>,
  style: AnswerStyle,
): Promise<ModelResult | undefined> {
  for await (const event of stream) {
    if (event.type !== "finish") continue;
    speakJson(event.result, style.compact ? 0 : 2);
    return event.result;
  }
  return undefined;
}

/** The model began without saying that it thinks. What stands on stdout cannot be taken back, but told apart. */
function retract(spoken: string): void {
  if (spoken === "") return;
  speak("\n\n");
  note("(What stands above was the model's thought. The answer follows.)");
}

function showNotes(model: MedGemma, result: ModelResult | undefined, style: AnswerStyle): void {
  if (style.showThought && result?.thought !== undefined) aside(`Thought: ${result.thought}`);
  if (result?.thoughtCutOff) note("The thought took all tokens and there is no answer: raise --max-tokens.");
  // A loop that was stopped is told by the task.
  else if (result?.finishReason === "length" && !("loop" in result && result.loop === true))
    note("Cut off by the token limit: raise --max-tokens for more.");
  for (const { took, rule, warnings } of result?.studies ?? []) {
    if (!style.quiet) aside(`Read: ${took} (${rule}).`);
    for (const warning of warnings) note(`Warning: ${warning}`);
  }
  if (result && !style.quiet) aside(timings(result));
  note(result?.notice ?? (model.info.phantom ? `${DRAFT_NOTICE} ${PHANTOM_NOTICE}` : DRAFT_NOTICE));
}

function timings({ timings: time, usage }: ModelResult): string {
  const speed = time.decode > 0 ? (usage.completionTokens / time.decode) * 1000 : 0;
  const pictures = usage.imageTokens > 0 ? `, ${usage.imageTokens} of pictures` : "";
  return (
    `Loaded in ${seconds(time.load)}; pictures ${seconds(time.read + time.encode)}; ` +
    `${counted(usage.promptTokens)} asked${pictures}; first word after ${seconds(time.timeToFirstToken)}; ` +
    `${counted(usage.completionTokens)} answered (${speed.toFixed(1)} a second).`
  );
}

/** An endpoint may not count them. */
export function counted(tokens: number): string {
  return Number.isNaN(tokens) ? "unknown tokens" : `${tokens} tokens`;
}
