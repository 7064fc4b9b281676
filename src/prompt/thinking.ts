/**
 * Splits the thought of a MedGemma 1.5 (or 27B) answer from the answer, while it streams.
 *
 * Form: `<unused94>thought\n` thought `<unused95>` answer (Google-Health/medgemma notebooks,
 * quick_start_with_hugging_face.ipynb). The engine renders these two tokens as text. What the notebooks leave open:
 * - several thoughts, or one in the middle of an answer: all are taken out, as by the EHR navigator's
 *   `<unused94>.*?<unused95>`; a blank line stands between two thoughts.
 * - `<unused95>` though no thought was ever begun: all text before it was thought (the notebooks drop it). It has
 *   been handed out as answer by then, so a `retract` segment follows. Any later stray `<unused95>` is only taken out.
 * - no `<unused95>` at the end: there is no answer after that thought; `cutOff` tells that the token limit was the cause.
 * - `<unused94>` without the word `thought`: the rest is the thought all the same.
 * An answer that spells a marker out in letters is taken for one.
 */
export type ThinkingSegment =
  | { readonly type: "thought" | "answer"; readonly text: string }
  /** All answer text so far was thought: take it back from the screen. */
  | { readonly type: "retract" };

export interface ThinkingResult {
  /** What was still held back. */
  readonly segments: readonly ThinkingSegment[];
  /** Undefined when the model did not think. */
  readonly thought: string | undefined;
  readonly answer: string;
  /** The token limit fell inside a thought: ask again with more tokens. */
  readonly cutOff: boolean;
}

const START = "<unused94>";
const END = "<unused95>";
const MARKERS = [START, END];
const LABEL = "thought";
const LABEL_ENDINGS = ["\n", START, END].map((after) => LABEL + after);
const SEPARATOR = "\n\n";

export class ThinkingSplitter {
  /** `label`: just after `<unused94>`, where the word `thought` may follow. */
  #state: "answer" | "label" | "thought" = "answer";
  #pending = "";
  #thought: string | undefined;
  #answer = "";
  /** Whether the answer has more than spaces: asked of each piece, and the answer grows. */
  #answered = false;
  #segments: ThinkingSegment[] = [];
  #separate = false;

  /**
   * @param formed The answer follows a grammar or schema: a thought can only come before it, and markers inside it are
   * letters of its own.
   */
  constructor(private readonly formed = false) {}

  /** Takes the next piece of text, cut anywhere, and gives what is certain by now. Never a marker or a part of one. */
  push(text: string): ThinkingSegment[] {
    this.#pending += text;
    while (this.#step()) {}
    return this.#take();
  }

  /** Ends the text. Call once. */
  finish(reason: "stop" | "length" | "other"): ThinkingResult {
    if (this.#state === "label" && this.#pending === LABEL) this.#pending = "";
    this.#emit(this.#pending);
    this.#pending = "";
    const cutOff = reason === "length" && this.#state !== "answer";
    return { segments: this.#take(), thought: this.#thought, answer: this.#answer, cutOff };
  }

  /** Works off one marker or label; false when more text is needed. */
  #step(): boolean {
    if (this.#state === "label") {
      const pending = this.#pending;
      const ending = LABEL_ENDINGS.find((it) => pending.startsWith(it));
      if (ending === undefined && LABEL_ENDINGS.some((it) => it.startsWith(pending))) return false;
      if (ending !== undefined)
        this.#pending = pending.slice(ending.endsWith("\n") ? ending.length : LABEL.length);
      this.#state = "thought";
    }
    if (this.formed && this.#state === "answer" && !this.#mayBegin()) {
      this.#emit(this.#pending);
      this.#pending = "";
      return false;
    }
    const at = this.#pending.search(/<unused9[45]>/);
    if (at < 0) {
      const certain = this.#pending.length - heldBack(this.#pending);
      this.#emit(this.#pending.slice(0, certain));
      this.#pending = this.#pending.slice(certain);
      return false;
    }
    this.#emit(this.#pending.slice(0, at));
    const marker = this.#pending.slice(at, at + START.length);
    this.#pending = this.#pending.slice(at + START.length);
    if (marker === START) this.#begin();
    else this.#end();
    return true;
  }

  /** Whether a thought before an answer of a form may still begin. */
  #mayBegin(): boolean {
    if (this.#thought !== undefined || this.#answered) return false;
    const text = this.#pending.trimStart();
    return text.startsWith(START) || START.startsWith(text);
  }

  #begin(): void {
    this.#separate = this.#thought !== undefined && this.#thought !== "";
    this.#thought ??= "";
    this.#state = "label";
  }

  #end(): void {
    if (this.#thought === undefined) {
      this.#thought = this.#answer;
      if (this.#answer !== "") this.#segments.push({ type: "retract" });
      this.#answer = "";
      this.#answered = false;
    }
    this.#state = "answer";
  }

  #emit(text: string): void {
    if (text === "") return;
    if (this.#state === "answer") {
      this.#answer += text;
      this.#answered ||= text.trim() !== "";
      this.#segments.push({ type: "answer", text });
      return;
    }
    const part = this.#separate ? SEPARATOR + text : text;
    this.#separate = false;
    this.#thought = (this.#thought ?? "") + part;
    this.#segments.push({ type: "thought", text: part });
  }

  #take(): ThinkingSegment[] {
    const segments = this.#segments;
    this.#segments = [];
    return segments;
  }
}

/** The same for a whole text. */
export function splitThinking(
  text: string,
  reason: "stop" | "length" | "other" = "stop",
): Omit<ThinkingResult, "segments"> {
  const splitter = new ThinkingSplitter();
  splitter.push(text);
  const { thought, answer, cutOff } = splitter.finish(reason);
  return { thought, answer, cutOff };
}

/** Length of the longest end of the text that may be the beginning of a marker. */
function heldBack(text: string): number {
  for (let length = Math.min(text.length, START.length - 1); length > 0; length--) {
    const end = text.slice(-length);
    if (MARKERS.some((marker) => marker.startsWith(end))) return length;
  }
  return 0;
}
