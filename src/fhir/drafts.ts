import { describe } from "./describe.js";
import { isProhibition, isWithdrawn, unreadModifiers } from "./modifiers.js";
import { longTexts, narrativeAdds, narrativeOf } from "./narrative.js";
import { saysProhibition } from "./prohibition.js";
import type { References } from "./references.js";
import { shortened } from "./scopes.js";
import { headOf, linesOf, paragraphs } from "./text-record.js";
import type { Json } from "./values.js";
import { dateElement, type Moment } from "./when.js";

/** Characters of an entry; what is longer is cut or, of notes, becomes several entries. */
export const MAX_TEXT = 1200;

/** An entry before it has its number. */
export interface Draft {
  readonly type: string;
  readonly moment: Moment | undefined;
  readonly text: string;
  /** It has a modifier that is not read. */
  readonly modified?: boolean;
  /** It has words that are also names. */
  readonly kept?: boolean;
  readonly prohibition?: boolean;
}

export interface DraftContext {
  readonly refs: References;
  readonly now: Date;
  /** Takes out what tells who somebody is. */
  readonly clean: (text: string) => string;
  /** Words for the front: that the resource is another's, or replaced. */
  readonly before: readonly string[];
  /** Called for a text whose character set nothing tells. */
  readonly onGuess: () => void;
}

/** The entries of one resource, made as they are read; gives way between the steps of long work. */
export function* draftsOf(resource: Json, context: DraftContext): Generator<Draft | undefined, void, void> {
  const { refs, now, clean, before } = context;
  const type = String(resource.resourceType);
  const moment = dateElement(resource)?.moment;
  const { title, standing, parts, reversed } = describe(resource, refs, before);
  const modified = unreadModifiers(resource).length > 0;
  const forbidden = isProhibition(resource);
  const withdrawn = isWithdrawn(resource);
  const draft = (text: string, own = moment): Draft => ({
    type,
    moment: own,
    text,
    modified,
    prohibition: forbidden || (!withdrawn && saysProhibition(text)),
  });
  let told = false;
  const noted = watched(parts, () => {
    told = true;
  });
  for (const text of linesOf(title, standing, noted, MAX_TEXT)) yield draft(text);
  const long = yield* longTexts(resource, refs);
  if (long.some(({ guessed }) => guessed)) context.onGuess();
  if (narrativeAdds(resource) || ((title === "" || !told) && long.length === 0)) {
    const narrative = yield* narrativeOf(resource);
    if (narrative !== undefined) long.push({ heading: "", text: narrative });
  }
  for (const { heading, text } of long) {
    // What reverses a resource reverses its texts.
    const own =
      modified || reversed || standing !== undefined ? headOf(shortened(title, MAX_TEXT / 4), standing) : "";
    const front = own + (heading === "" ? "" : `${shortened(heading, MAX_TEXT / 4)}: `);
    for (const part of paragraphs(text, { longest: MAX_TEXT - front.length, now, clean })) {
      yield draft(front + part.text, moment ?? part.moment);
    }
  }
}

/** @param onFirst Called when there is one. */
function* watched<T>(values: Iterable<T>, onFirst: () => void): Generator<T, void, void> {
  for (const value of values) {
    onFirst();
    yield value;
  }
}
