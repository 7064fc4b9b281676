/**
 * How parts stand together in one line so that two things which differ never read the same: what has a comma of its
 * own is in brackets among others, and each member of a list that has parts is. A value of the record that has in it
 * what parts others is in quotation marks.
 */

/** Values in one another that are told; nothing in FHIR is nested deeper, but for items of forms and sections. */
export const MAX_DEPTH = 24;

/** A value in words. */
export interface Said {
  readonly text: string;
  /** It has a comma of its own. */
  readonly compound: boolean;
  /** A thing with elements, not a plain value. */
  readonly object: boolean;
  /** It is in brackets already. */
  readonly closed: boolean;
  /** One value of the record, which has its commas from there. */
  readonly leaf: boolean;
}

export interface Member {
  readonly label?: string | undefined;
  readonly said: Said;
}

export function said(value: string): Said {
  // A sentence is told as it was written: whether it is one or two makes no difference.
  if (/[.!?]$/.test(value) && !PARTS.test(value)) return inWords(value);
  const text = quotedApart(value, PARTS);
  const closed = text !== value;
  return { text, compound: !closed && /, /.test(text), object: false, closed, leaf: true };
}

/** What is said of a value, and no value itself. */
export function inWords(text: string): Said {
  return { text, compound: /[,;] /.test(text), object: false, closed: false, leaf: false };
}

/** What parts one thing that is told from the next. */
const PARTS = /;|^"/;
/** What parts the title of an entry from its text. */
const TITLES = /^"|: /;

/** A title as the record has it, told apart from what stands before and after it. */
export function titled(title: string): string {
  return quotedApart(title, TITLES);
}

function quotedApart(value: string, separators: RegExp): string {
  return separators.test(value) ? quoted(value) : value;
}

function quoted(value: string): string {
  return `"${value.replaceAll('"', '""')}"`;
}

/** In brackets of its own: a thing that is reversed. */
export function enclosed(text: string): Said {
  return { text, compound: false, object: true, closed: true, leaf: false };
}

/** The parts of one thing. */
export function together(members: readonly Member[]): Said {
  const [only] = members;
  if (only !== undefined && members.length === 1) {
    return { ...only.said, text: labelledText({ ...only, said: alone(only.said) }, false), leaf: false };
  }
  const text = members.map((it) => labelledText(it, it.said.compound)).join(", ");
  return { text, compound: members.length > 1, object: false, closed: false, leaf: false };
}

/** The members of one list. */
export function listed(members: readonly Said[]): Said {
  const [only] = members;
  if (only !== undefined && members.length === 1) return alone(only);
  const text = members.map((it) => inBrackets(it, it.compound || it.object)).join(", ");
  return { text, compound: true, object: false, closed: false, leaf: false };
}

/** The only member: its commas would part it in several. */
function alone(own: Said): Said {
  return own.leaf && own.compound ? { ...own, text: quoted(own.text), compound: false, closed: true } : own;
}

function labelledText({ label, said: own }: Member, brackets: boolean): string {
  const text = inBrackets(own, brackets);
  return label === undefined ? text : `${label} ${text}`;
}

function inBrackets({ text, closed, leaf }: Said, brackets: boolean): string {
  if (!brackets || closed) return text;
  return leaf ? quoted(text) : `(${text})`;
}
