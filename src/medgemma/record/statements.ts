/** One statement and the record's entries that it rests on. */
export interface Statement {
  readonly text: string;
  /** Ids of entries; empty when the statement rests on none, which makes it general knowledge of the model. */
  readonly entries: readonly string[];
}

/** A pointer that the model made to an entry that does not exist. */
export interface RemovedPointer {
  readonly pointer: string;
  /** The statement that it stood in, without it. */
  readonly statement: string;
}

export interface Sections {
  readonly differential: readonly Statement[];
  readonly workup: readonly Statement[];
  readonly treatment: readonly Statement[];
  readonly cautions: readonly Statement[];
}

export const SECTION_NAMES = ["differential", "workup", "treatment", "cautions"] as const;
export type SectionName = (typeof SECTION_NAMES)[number];
export const HEADINGS: Readonly<Record<SectionName, string>> = {
  differential: "DIFFERENTIAL",
  workup: "WORK-UP",
  treatment: "TREATMENT",
  cautions: "CAUTIONS",
};
const HEADING_LIKE: readonly (readonly [RegExp, SectionName])[] = [
  [/^differential/i, "differential"],
  [/^(?:suggested |recommended )?(?:diagnostic )?work-?\s?up/i, "workup"],
  [/^(?:treatment|management|therapy)/i, "treatment"],
  [/^(?:cautions?|warnings?|precautions?)/i, "cautions"],
];
/** `[E12]`, `[E1, E2]`, `(E12)`; of an interview also `[A3]`, its third answer. */
const POINTER = /(?<!\s)\s*(?:\[([AE]\d+(?:\s*[,;]\s*[AE]\d+)*|none)\]|\((E\d+(?:\s*[,;]\s*E\d+)*)\))/gi;

/** Lines of statements; pointers to entries that are not known are taken out and told. */
export function readStatements(
  lines: readonly string[],
  known: ReadonlySet<string>,
): { readonly statements: Statement[]; readonly removed: RemovedPointer[] } {
  const removed: RemovedPointer[] = [];
  const statements: Statement[] = [];
  for (const line of lines) {
    const pointers: string[] = [];
    const text = line
      .replace(POINTER, (_all, bracketed?: string, round?: string) => {
        const list = bracketed ?? round ?? "none";
        if (list.toLowerCase() !== "none") pointers.push(...list.toUpperCase().split(/\s*[,;]\s*/));
        return "";
      })
      .replace(/^\s*(?:[-*•]|\d+[.)])\s*/, "")
      .replaceAll("**", "")
      .trim();
    if (text === "") continue;
    const unique = [...new Set(pointers)];
    statements.push({ text, entries: unique.filter((pointer) => known.has(pointer)) });
    for (const pointer of unique) if (!known.has(pointer)) removed.push({ pointer, statement: text });
  }
  return { statements, removed };
}

/** A line without the signs around a heading. */
export function bareLine(line: string): string {
  return line.replace(/^[\s#*]+/, "").replace(/(?<![\s:*])[\s:*]+$/, "");
}

/** The answer's sections, with or without the grammar that holds it to their form. */
export function readSections(
  text: string,
  known: ReadonlySet<string>,
): { readonly sections: Sections; readonly removed: readonly RemovedPointer[] } {
  const lines: Record<SectionName, string[]> = { differential: [], workup: [], treatment: [], cautions: [] };
  let current: SectionName | undefined;
  for (const line of text.split("\n")) {
    const bare = bareLine(line);
    const heading = bare.length < 40 ? HEADING_LIKE.find(([pattern]) => pattern.test(bare))?.[1] : undefined;
    if (heading !== undefined && !/^\s*[-•\d]/.test(line)) current = heading;
    else if (current !== undefined && line.trim() !== "") lines[current].push(line);
  }
  const read = SECTION_NAMES.map((name) => [name, readStatements(lines[name], known)] as const);
  return {
    sections: Object.fromEntries(
      read.map(([name, { statements }]) => [name, statements]),
    ) as unknown as Sections,
    removed: read.flatMap(([, { removed }]) => removed),
  };
}

/** The sections as text, with the pointers that exist. */
export function writeSections(sections: Sections): string {
  return SECTION_NAMES.filter((name) => sections[name].length > 0)
    .map((name) => `${HEADINGS[name]}:\n${sections[name].map(writeStatement).join("\n")}`)
    .join("\n\n");
}

export function writeStatement({ text, entries }: Statement): string {
  return `- ${text}${entries.map((id) => ` [${id}]`).join("")}`;
}

/** Bounds on an answer, so that a model that loops ends. */
export interface AnswerSize {
  /** Statements of a section at most. */
  readonly items: number;
  /** Characters of a statement at most. */
  readonly characters: number;
}

/** GBNF: the four sections, each of statements that end with their pointers or with `[none]`. */
export function sectionsGrammar({ items, characters }: AnswerSize): string {
  return listsGrammar(Object.values(HEADINGS), { items, characters });
}

/** GBNF: lists of statements under headings, in this order. */
export function listsGrammar(headings: readonly string[], { items, characters }: AnswerSize): string {
  const lists = headings.map((heading) => `"${heading}:\\n" item{1,${items}}`).join(' "\\n" ');
  return `root ::= ${lists}\n${itemRules(characters)}`;
}

/** GBNF: facts of a part of the record, or `none`. */
export function factsGrammar({ items, characters }: AnswerSize): string {
  return `root ::= "none" | item{1,${items}}\n${itemRules(characters)}`;
}

function itemRules(characters: number): string {
  return [
    `item ::= "- " words pointers "\\n"`,
    `words ::= [^\\n\\[\\]\\x00-\\x1F]{1,${characters}}`,
    `pointers ::= " [none]" | pointer{1,6}`,
    `pointer ::= " [" [AE] [1-9] [0-9]{0,5} "]"`,
  ].join("\n");
}
