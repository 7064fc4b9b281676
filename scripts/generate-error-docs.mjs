// Writes docs/errors.md from the tables in src/base/errors/ (as built: run `npm run build` first).
import { writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./platform.mjs";

const INTRODUCTION = `# Errors

Every error that this package throws on purpose is a \`MedGemmaError\` with a stable \`code\`, a \`message\` for people, a
\`remedy\`, and \`facts\`: numbers and names of the case that a program can act on. \`MedGemmaError.isInstance(error)\` tells
it from others. The command line ends with the exit code. Messages and facts never hold pixels, prompts, tag values or
folders; a file's own name they may hold. The HTTP status is for servers that are built on this package.

\`isInstance(error, code)\` also gives \`facts\` their types. An aborted call's error has the name \`AbortError\`. When one of
several pictures cannot be read, \`facts.picture\` says which, counted from 0.

An error of JavaScript that is sent to another thread or process keeps nothing but its message. Send
\`error.toJSON()\`; \`MedGemmaError.fromJSON(data)\` makes it an error again.

This page is written by \`npm run docs:errors\` from the tables in src/base/errors/.
`;

export function renderErrorDocs(table, facts) {
  const sections = Object.entries(table).map(([code, { meaning, remedy, exitCode, httpStatus }]) => {
    const lines = [
      `## ${code}`,
      meaning,
      `Remedy: ${remedy}`,
      `Exit code: ${exitCode}. HTTP status: ${httpStatus}.`,
    ];
    const known = Object.entries(facts[code] ?? {}).map(([name, [, what]]) => `\`${name}\` (${what})`);
    if (known.length > 0) lines.push(`Facts, each where it is known: ${known.join("; ")}.`);
    return `${lines.join("\n\n")}\n`;
  });
  return [INTRODUCTION, ...sections].join("\n");
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const file = path.join(root, "docs", "errors.md");
  const { ERROR_TABLE } = await import(pathToFileURL(path.join(root, "dist", "base", "errors.js")).href);
  const { ERROR_FACTS } = await import(
    pathToFileURL(path.join(root, "dist", "base", "errors", "facts.js")).href
  );
  writeFileSync(file, renderErrorDocs(ERROR_TABLE, ERROR_FACTS));
}
