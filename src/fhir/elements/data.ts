/** So long a word without a space is no word. */
const RUN = /[A-Za-z0-9+/_-]{60,}={0,2}/g;
/** Broken into lines, as MIME has it; looked for at the beginning of a word only, in time by the text's length. */
const LINES = /(?<![A-Za-z0-9+/])(?:[A-Za-z0-9+/]{60,76}\s{1,4}){2,}[A-Za-z0-9+/]{0,76}={0,2}/g;
const MANY = 200;
const LEAST = 60;

/** The text without what is data and no words: base64, whatever element it came in. */
export function withoutData(text: string): string {
  if (!hasLongRun(text)) return text;
  return text
    .replace(LINES, (found) => (isData(found) ? told(found) : found))
    .replace(RUN, (found) => (isData(found) ? told(found) : found));
}

/** Whether there is a word of so many letters; looks at some letters of each such stretch only. */
function hasLongRun(text: string): boolean {
  for (let at = LEAST - 1; at < text.length; at += LEAST) {
    let start = at;
    while (start > at - LEAST && !isGap(text, start)) start--;
    if (start <= at - LEAST) return true;
    let end = at + 1;
    while (end < text.length && end - start <= LEAST && !isGap(text, end)) end++;
    if (end - start > LEAST) return true;
  }
  return false;
}

function isGap(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code <= 32 || code > 126;
}

/** Characters in one go. */
const STEP = 65_536;

/** As `withoutData`, giving way after each step; the text is parted at ends of lines. */
export function* withoutDataSteps(text: string): Generator<undefined, string, void> {
  let clean = "";
  for (let at = 0; at < text.length; ) {
    const line = text.indexOf("\n", at + STEP);
    const end = line < 0 || line > at + 2 * STEP ? at + STEP : line;
    clean += withoutData(text.slice(at, end));
    at = end;
    yield undefined;
  }
  return clean;
}

function told(data: string): string {
  return `(data of ${data.length} characters, not read)`;
}

/** Sequences of bases are written without spaces too, and addresses and lines of dashes. */
function isData(run: string): boolean {
  if (/^[ACGTUNacgtun\s]+$/.test(run)) return false;
  if (/^([-_/+])\1*$/.test(run)) return false;
  if (run.length >= MANY && !/[-_/]{2}/.test(run)) return true;
  const changes =
    run.match(/[a-z](?=[A-Z0-9])|[A-Z](?=[0-9])|[0-9](?=[A-Za-z])|[A-Z](?=[a-z])/g)?.length ?? 0;
  return changes * 5 >= run.length;
}
