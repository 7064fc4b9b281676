/** Words of a question at most, as in Google's AppointReady. */
export const MAX_WORDS = 20;
export const MAX_QUESTIONS = 20;
export const END = "End interview.";

/** Asked when the model repeats itself or says nothing that can be asked; words of this package. */
export const STANDARD_QUESTIONS: readonly string[] = [
  "What brings you in today?",
  "When did it start?",
  "How strong is it, from 0 to 10?",
  "What makes it better or worse?",
  "What else have you noticed?",
  "Have you had this before?",
  "Which illnesses or operations have you had?",
  "Which medicines do you take?",
  "Are you allergic to anything?",
  "Do you smoke, drink alcohol or use drugs?",
  "Which illnesses run in your family?",
  "Is there anything else you want to tell?",
];

/** GBNF: one question of at most 20 words, or the end where that is allowed. */
export function questionGrammar(mayEnd: boolean, letters: number): string {
  return [
    `root ::= ${mayEnd ? `"${END}" | ` : ""}question`,
    `question ::= word (" " word){0,${MAX_WORDS - 1}} "?"`,
    `word ::= [^ ?\\n\\t\\r\\x00-\\x1F]{1,${letters}}`,
  ].join("\n");
}

/** The one question in what a model wrote; undefined for none, or for the end. */
export function readQuestion(text: string): string | undefined {
  const line = text
    .replace(/\s+/g, " ")
    .replace(/^["'*\s-]+/, "")
    .trim();
  if (line === "" || line.toLowerCase().startsWith("end interview")) return undefined;
  const first = line.includes("?") ? line.slice(0, line.indexOf("?")) : line;
  const words = first.split(" ").filter(Boolean);
  if (words.length === 0) return undefined;
  return `${words
    .slice(-MAX_WORDS)
    .join(" ")
    .replace(/(?<![.!"'*])[.!"'*]+$/, "")}?`;
}

export function isEnd(text: string): boolean {
  return /^\W*end interview/i.test(text);
}

/** Letters only: the same question with another comma is the same. */
export function sameQuestion(a: string, b: string): boolean {
  const bare = (text: string) =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, " ")
      .trim();
  return bare(a) === bare(b);
}

/** The next of the standard list that was not asked. */
export function standardQuestion(asked: readonly string[]): string | undefined {
  return STANDARD_QUESTIONS.find((question) => !asked.some((before) => sameQuestion(before, question)));
}
