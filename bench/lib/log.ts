/** Progress goes to stderr; stdout is for the table. */
export function log(text: string): void {
  process.stderr.write(`${new Date().toTimeString().slice(0, 8)} ${text}\n`);
}
