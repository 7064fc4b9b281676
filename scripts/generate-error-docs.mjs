// Writes docs/errors.md from the table in src/errors/ (as built: run `npm run build` first). Lines that begin with
// "Facts:" are written by hand and kept.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./platform.mjs";

const INTRODUCTION = `# Errors

Every error that this package throws on purpose is a \`MedGemmaError\` with a stable \`code\`, a \`message\` for people, a
\`remedy\`, and \`facts\`: numbers and names of the case that a program can act on. \`MedGemmaError.isInstance(error)\` tells
it from others. The command line ends with the exit code. Messages and facts never hold pixels, prompts, tag values or
folders; a file's own name they may hold.

This page is written by \`npm run docs:errors\` from the table in src/errors/; only the lines "Facts:" are written here.
`;

/** The hand-written facts of a page: code to line. */
export function readFacts(page) {
  const facts = new Map();
  for (const section of page.split(/^## /m).slice(1)) {
    const line = section.match(/^Facts: .+$/m);
    if (line) facts.set(section.split("\n", 1)[0].trim(), line[0]);
  }
  return facts;
}

export function renderErrorDocs(table, facts) {
  const sections = Object.entries(table).map(([code, { meaning, remedy, exitCode }]) => {
    const lines = [`## ${code}`, meaning, `Remedy: ${remedy}`, `Exit code: ${exitCode}`];
    const known = facts.get(code);
    if (known) lines.push(known);
    return `${lines.join("\n\n")}\n`;
  });
  return [INTRODUCTION, ...sections].join("\n");
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const file = path.join(root, "docs", "errors.md");
  const { ERROR_TABLE } = await import(pathToFileURL(path.join(root, "dist", "errors.js")).href);
  const page = existsSync(file) ? readFileSync(file, "utf8") : "";
  writeFileSync(file, renderErrorDocs(ERROR_TABLE, readFacts(page)));
}
