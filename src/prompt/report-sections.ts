import { table } from "../base/table.js";

/** A section of a report, in the order in which the model wrote it. */
export interface ReportSection {
  /** In capitals: `FINDINGS`. */
  readonly name: string;
  readonly text: string;
}

/** What people and models call the two sections that every report has. */
const ALIASES: Readonly<Record<string, string>> = table({
  FINDING: "FINDINGS",
  OBSERVATIONS: "FINDINGS",
  "KEY FINDINGS": "FINDINGS",
  "DETAILED FINDINGS": "FINDINGS",
  IMPRESSIONS: "IMPRESSION",
  CONCLUSION: "IMPRESSION",
  CONCLUSIONS: "IMPRESSION",
  "OVERALL IMPRESSION": "IMPRESSION",
});

/** Headings that end a section though nobody asked for them. */
const USUAL = [
  ..."FINDINGS IMPRESSION INDICATION HISTORY TECHNIQUE COMPARISON EXAM EXAMINATION RECOMMENDATION".split(" "),
  ..."RECOMMENDATIONS LIMITATIONS DISCLAIMER".split(" "),
  "CLINICAL HISTORY",
  "CLINICAL INDICATION",
  ...Object.keys(ALIASES),
];

const RULER = /[\s*_#>-]/;

/**
 * Reads the sections of a report: headings in any case with a colon, as markdown (`## Findings`, `**Findings:**`,
 * `1. Findings:`), and in capitals with a colon in the middle of a line. Text before the first heading belongs to none.
 * A section written twice is joined.
 */
export function parseSections(text: string, names: readonly string[]): ReportSection[] {
  const known = [...new Set([...names.map((name) => name.toUpperCase()), ...USUAL])];
  const headings = findHeadings(text, known);
  const sections = new Map<string, string>();
  for (const [index, { name, end }] of headings.entries()) {
    const body = clean(text.slice(end, headings[index + 1]?.start));
    const canonical = names.some((asked) => asked.toUpperCase() === name) ? name : (ALIASES[name] ?? name);
    const earlier = sections.get(canonical);
    sections.set(canonical, earlier ? `${earlier}\n${body}`.trim() : body);
  }
  return [...sections].map(([name, body]) => ({ name, text: body }));
}

interface Heading {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

function findHeadings(text: string, known: readonly string[]): Heading[] {
  // The longest first: CLINICAL HISTORY before HISTORY.
  const words = [...known]
    .sort((a, b) => b.length - a.length)
    .map(toPattern)
    .join("|");
  const atLine = new RegExp(
    `^[ \\t>#*_-]*(?:\\d+[.)][ \\t]*[*_]*)?(${words})(?:[*_]*[ \\t]*:[ \\t]*[*_]*|(?=[ \\t*_#]*$)[ \\t*_#]*)`,
    "gim",
  );
  const inLine = new RegExp(`(?<=[.;\\s])[*_]*\\b(${words.toUpperCase()})[*_]*:[*_]*`, "g");
  const found = [atLine, inLine].flatMap((pattern) =>
    [...text.matchAll(pattern)].map((match) => ({
      name: (match[1] ?? "").toUpperCase(),
      start: match.index,
      end: match.index + match[0].length,
    })),
  );
  found.sort((a, b) => a.start - b.start);
  return found.filter((heading, index) => heading.start >= (found[index - 1]?.end ?? 0));
}

/** Emphasis and rulers that belong to the neighbouring heading. */
function clean(body: string): string {
  return withoutLastRuler(body.replace(/^[\s*_]*\n|^\s+/, "")).trim();
}

/** By hand: a pattern for the end of a text is tried at each of its lines. */
function withoutLastRuler(body: string): string {
  let start = body.length;
  while (start > 0 && RULER.test(body.charAt(start - 1))) start--;
  const line = body.indexOf("\n", start);
  return line < 0 ? body : body.slice(0, line);
}

function toPattern(words: string): string {
  return words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\s+/g, "[ \\t]+");
}
