/**
 * Writes to the two streams, and is the only one that does. Answers go to stdout; everything else goes to stderr. What
 * stands in them comes from models, servers, files and their names: nothing of it steers a terminal, also where it goes
 * through a pipe or a file first.
 */

import { printable } from "../base/files/name.js";

const WIDTH = 24;
let statusShown = false;

/** A line on stderr. */
export function note(line: string): void {
  clearStatus();
  process.stderr.write(`${printable(line)}\n`);
}

/** A line on stderr in a weaker colour, where there are colours. */
export function aside(line: string): void {
  const weak = process.stderr.isTTY && process.stderr.hasColors();
  clearStatus();
  process.stderr.write(weak ? `\u001b[2m${printable(line)}\u001b[22m\n` : `${printable(line)}\n`);
}

/** What goes on right now; replaced by the next one. Only for people: nothing when stderr is no terminal. */
export function status(text: string): void {
  if (!process.stderr.isTTY) return;
  process.stderr.write(`\r\u001b[K${printable(text)}`);
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

/** Words or lines of an answer. */
export function speak(text: string): void {
  clearStatus();
  process.stdout.write(printable(text));
}

/** One JSON document. */
export function speakJson(document: unknown, indent = 2): void {
  clearStatus();
  process.stdout.write(`${escapeControls(JSON.stringify(document, null, indent))}\n`);
}

/** JSON leaves some control characters as they are: escaped they mean the same. */
function escapeControls(json: string): string {
  return json.replace(/[\u007f-\u009f]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
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
