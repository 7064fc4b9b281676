import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

export const repository = path.resolve(import.meta.dirname, "../..");

/** A block of code on a page of the documentation. */
export interface CodeBlock {
  readonly language: string;
  /** The file that it belongs into, where the fence names one: "```js server.mjs". */
  readonly file: string | undefined;
  readonly code: string;
  /** The heading above it. */
  readonly heading: string;
}

/** Pages of a folder of docs/, by their paths in the repository. */
export function pagesOf(folder: string): string[] {
  return readdirSync(path.join(repository, folder))
    .filter((file) => file.endsWith(".md"))
    .map((file) => `${folder}/${file}`);
}

export function codeBlocks(page: string): CodeBlock[] {
  const text = readFileSync(path.join(repository, page), "utf8");
  const pattern = /^#+ (?<heading>[^\n]+)$|^```(?<language>\w+) ?(?<file>\S*)\n(?<code>.*?)^```$/gms;
  let heading = "";
  const blocks: CodeBlock[] = [];
  for (const { groups } of text.matchAll(pattern)) {
    heading = groups?.heading ?? heading;
    if (groups?.language === undefined) continue;
    blocks.push({
      language: groups.language,
      file: groups.file || undefined,
      code: groups.code ?? "",
      heading,
    });
  }
  return blocks;
}
