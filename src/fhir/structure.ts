/**
 * How parts stand together in one line so that two things which differ never read the same: what has a comma of its
 * own is in brackets among others, and each member of a list that has parts is.
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
}

export interface Member {
  readonly label?: string | undefined;
  readonly said: Said;
}

export function said(text: string): Said {
  return { text, compound: /[,;] /.test(text), object: false, closed: false };
}

/** In brackets of its own: a thing that is reversed. */
export function enclosed(text: string): Said {
  return { text, compound: false, object: true, closed: true };
}

/** The parts of one thing. */
export function together(members: readonly Member[]): Said {
  const [only] = members;
  if (only !== undefined && members.length === 1) return { ...only.said, text: labelledText(only, false) };
  const text = members.map((it) => labelledText(it, it.said.compound)).join(", ");
  return { text, compound: members.length > 1, object: false, closed: false };
}

/** The members of one list. */
export function listed(members: readonly Said[]): Said {
  const [only] = members;
  if (only !== undefined && members.length === 1) return only;
  const text = members.map((it) => inBrackets(it, it.compound || it.object)).join(", ");
  return { text, compound: true, object: false, closed: false };
}

function labelledText({ label, said: own }: Member, brackets: boolean): string {
  const text = inBrackets(own, brackets);
  return label === undefined ? text : `${label} ${text}`;
}

function inBrackets({ text, closed }: Said, brackets: boolean): string {
  return brackets && !closed ? `(${text})` : text;
}
