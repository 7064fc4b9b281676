import { isEnteredInError, negationOf } from "./modifiers.js";
import type { References } from "./references.js";
import { referenceText, titleOf } from "./title.js";
import { PERSONAL } from "./types.js";
import { asList, asObject, asText, conceptText, type Json } from "./values.js";

/** A text of many lines. */
export interface LongText {
  /** Belongs before each piece of it: "Family history" reverses what "breast cancer" says. May be empty. */
  readonly heading: string;
  readonly text: string;
}

const MAX_DEPTH = 30;

/** Texts that are carried anywhere in a resource, and the sections of a Composition. */
export function longTexts(resource: Json, refs: References): LongText[] {
  return [
    ...attachments({ ...resource, contained: undefined }, "", 0, true),
    ...asList(resource.contained).flatMap((it) => containedTexts(asObject(it), resource, refs)),
    ...sections(resource.section, resource, refs, []),
  ].filter(({ text }) => text.trim() !== "");
}

/** The narrative of a resource or a section as plain text, whatever its status. */
export function narrativeOf(resource: Json): string | undefined {
  const div = asObject(resource.text)?.div;
  return typeof div === "string" ? plainText(div) : undefined;
}

/** Whether the narrative says what no element says, by its author's word. */
export function narrativeAdds(resource: Json): boolean {
  const status = asText(asObject(resource.text)?.status);
  return status === "additional" || status === "extensions";
}

/** What is contained may be withdrawn or reversed on its own. */
function containedTexts(own: Json | undefined, inside: Json, refs: References): LongText[] {
  if (own === undefined || PERSONAL.has(String(own.resourceType)) || isEnteredInError(own)) return [];
  const negation = negationOf(own);
  const title = titleOf({ ...own, contained: inside.contained }, refs)?.text;
  const heading = negation === undefined ? "" : [negation, title].filter(Boolean).join(": ");
  return attachments(own, heading, 0, true);
}

/** @param told Whether what reverses the value itself is in the heading, or told elsewhere. */
function attachments(value: unknown, heading: string, depth: number, told = false): LongText[] {
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return [];
  if (Array.isArray(value)) return value.flatMap((it) => attachments(it, heading, depth + 1));
  const negation = told ? undefined : negationOf(value as Json);
  const before = [heading, negation].filter(Boolean).join(": ");
  const { contentType, data } = value as Json;
  const type = asText(contentType) ?? "";
  if (typeof data === "string" && type.startsWith("text/")) {
    const text = Buffer.from(data, "base64").toString("utf8");
    return [{ heading: before, text: type.startsWith("text/html") ? plainText(text) : text }];
  }
  return Object.values(value).flatMap((it) => attachments(it, before, depth + 1));
}

function sections(value: unknown, inside: Json, refs: References, path: readonly string[]): LongText[] {
  if (path.length > MAX_DEPTH) return [];
  return asList(value).flatMap((it) => {
    const section = asObject(it);
    if (section === undefined) return [];
    const own = [...path, asText(section.title) ?? conceptText(section.code) ?? "section"];
    const entries = asList(section.entry).map((entry) => {
      const reference = asObject(entry);
      return reference && referenceText(reference, inside, refs);
    });
    const empty = conceptText(section.emptyReason);
    const named = [...new Set(entries.filter((text) => text !== undefined))].join(", ");
    const text = [narrativeOf(section), named, empty && `empty: ${empty}`].filter(Boolean).join("\n\n");
    return [{ heading: own.join(" / "), text }, ...sections(section.section, inside, refs, own)];
  });
}

const ENTITIES: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  amp: "&",
  quot: '"',
  apos: "'",
  nbsp: " ",
};

/**
 * Without comments, styles and scripts; one that does not end stays, as text. In time by its length: a search for an end
 * that is not there is not made again.
 */
function withoutHidden(html: string): string {
  const lower = html.toLowerCase();
  // A letter may be longer in lower case, and places are of one text in the other.
  const text = lower.length === html.length ? lower : html;
  const endless = new Set<string>();
  const begin = /<!--|<(?:style|script)\b/g;
  let clean = "";
  let done = 0;
  for (let found = begin.exec(text); found !== null; found = begin.exec(text)) {
    const end = found[0] === "<!--" ? "-->" : `</${found[0].slice(1)}>`;
    const at = endless.has(end) ? -1 : text.indexOf(end, found.index + found[0].length);
    if (at < 0) {
      endless.add(end);
      continue;
    }
    clean += `${html.slice(done, found.index)} `;
    done = at + end.length;
    begin.lastIndex = done;
  }
  return clean + html.slice(done);
}

/** (X)HTML as lines: blocks and rows are lines of their own. */
export function plainText(html: string): string {
  return withoutHidden(html)
    .replace(/\s+/g, " ")
    .replace(/<\/td>\s*(?=<td)|<\/th>\s*(?=<td)/gi, " | ")
    .replace(/<\/(?:p|div|h\d|ul|ol|table|section)>/gi, "\n\n")
    .replace(/<(?:br|hr)\s*\/?>|<\/(?:li|tr|dt|dd)>/gi, "\n")
    .replace(/<\/th>/gi, " ")
    .replace(/<\/?[a-z][^<>]{0,2000}>/gi, "")
    .replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]+));/gi, (all, decimal, hex, name) => {
      const code = decimal ? Number(decimal) : hex ? Number.parseInt(hex, 16) : undefined;
      if (code === undefined) return ENTITIES[String(name).toLowerCase()] ?? all;
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : " ";
    });
}
