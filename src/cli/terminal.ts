/** Writes to the two streams. Answers go to stdout; everything else goes to stderr. */

const WIDTH = 24;
let statusShown = false;

/** A line on stderr. */
export function note(line: string): void {
  clearStatus();
  process.stderr.write(`${line}\n`);
}

/** A line on stderr in a weaker colour, where there are colours. */
export function aside(line: string): void {
  note(process.stderr.isTTY && process.stderr.hasColors() ? `\u001b[2m${line}\u001b[22m` : line);
}

/** What goes on right now; replaced by the next one. Only for people: nothing when stderr is no terminal. */
export function status(text: string): void {
  if (!process.stderr.isTTY) return;
  process.stderr.write(`\r\u001b[K${text}`);
  statusShown = true;
}

export function progress(what: string, share: number): void {
  const done = Math.round(share * WIDTH);
  status(`${what} [${"=".repeat(done)}${" ".repeat(WIDTH - done)}] ${Math.round(share * 100)} %`);
}

export function clearStatus(): void {
  if (!statusShown) return;
  process.stderr.write("\r\u001b[K");
  statusShown = false;
}

/** A model's words, which on a terminal must not move the cursor or worse. */
export function speak(text: string): void {
  clearStatus();
  process.stdout.write(process.stdout.isTTY ? harmless(text) : text);
}

/** Text without control characters other than line feed and tab: what is left of an escape sequence is only letters. */
export function harmless(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "");
}

/** Milliseconds as people say them. */
export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 2 : 1)} s`;
}

/** Bytes as people say them: in MB below a gigabyte. */
export function inBytes(bytes: number): string {
  const megabytes = bytes / 1e6;
  if (megabytes < 999.5) return `${megabytes.toFixed(megabytes < 9.95 ? 1 : 0)} MB`;
  return `${(megabytes / 1000).toFixed(1)} GB`;
}
