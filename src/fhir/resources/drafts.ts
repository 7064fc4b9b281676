import { Pace } from "../../base/breather.js";
import { listedIds } from "../elements/listed-ids.js";
import type { References } from "../elements/references.js";
import { shortened } from "../elements/scopes.js";
import type { Json } from "../elements/values.js";
import type { Around } from "../identity/groups.js";
import { StructuredValues } from "../identity/structured.js";
import { describe } from "../words/describe.js";
import { isProhibition, isWithdrawn, unreadModifiers } from "../words/modifiers.js";
import { type LongText, longTexts, narrativeAdds, narrativeOf } from "../words/narrative.js";
import { linesSayProhibition, saysProhibition } from "../words/prohibition.js";
import { dateElement, type Moment } from "../words/when.js";
import { withDirections } from "./consent.js";
import { withoutLongStrings } from "./long-strings.js";
import { headOf, linesOf, paragraphs } from "./text-record.js";

/** Characters of an entry; what is longer is cut or, of notes, becomes several entries. */
export const MAX_TEXT = 1200;

/** An entry before it has its number. */
export interface Draft {
  readonly type: string;
  readonly moment: Moment | undefined;
  readonly text: string;
  /** It has a modifier that is not read. */
  readonly modified?: boolean | undefined;
  /** It has words that are also names. */
  readonly kept?: boolean | undefined;
  readonly prohibition?: boolean | undefined;
  /** What of the text is no words. */
  readonly values?: StructuredValues | undefined;
}

export interface DraftContext {
  readonly refs: References;
  readonly now: Date;
  /** Takes out what tells who somebody is. */
  readonly clean: (text: string, around: Around) => string;
  /** Words for the front: that the resource is another's, or replaced. */
  readonly before: readonly string[];
  /** Called for a text whose character set nothing tells. */
  readonly onGuess: () => void;
}

interface TitledText extends LongText {
  /** It is a value of the resource, which says nothing without what the resource is about. */
  readonly titled?: boolean;
}

/** The entries of one resource, made as they are read; gives way between the steps of long work. */
export function* draftsOf(original: Json, context: DraftContext): Generator<Draft | undefined, void, void> {
  const { refs, now, clean, before } = context;
  const pace = new Pace();
  const { resource, texts } = yield* withoutLongStrings(withDirections(original), pace);
  const type = String(resource.resourceType);
  const moment = dateElement(resource)?.moment;
  const unread = listedIds([...(yield* unreadModifiers(resource, pace))]);
  const forbidden = yield* isProhibition(resource, pace);
  yield undefined;
  const modified = unread !== "";
  const warning = `(MEANING MAY DIFFER, modifier not read: ${unread})`;
  const front = modified ? [warning, ...before] : before;
  const { title, standing, parts, reversed } = describe(resource, refs, front);
  const withdrawn = isWithdrawn(resource);
  const values = new StructuredValues(resource);
  const draft = (text: string, own = moment, says = saysProhibition): Draft => ({
    type,
    moment: own,
    text,
    modified,
    values,
    prohibition: forbidden || (!withdrawn && says(text)),
  });
  let told = false;
  const noted = watched(parts, () => {
    told = true;
  });
  for (const text of linesOf(title, standing, noted, MAX_TEXT))
    yield text === undefined ? undefined : draft(text);
  const long: TitledText[] = [
    ...texts.map((it) => ({ ...it, titled: true })),
    ...(yield* longTexts(resource, refs)),
  ];
  if (long.some(({ guessed }) => guessed)) context.onGuess();
  if (narrativeAdds(resource) || ((title === "" || !told) && long.length === 0)) {
    const narrative = yield* narrativeOf(resource);
    if (narrative !== undefined) long.push({ heading: "", text: narrative });
  }
  for (const { heading, text, titled } of long) {
    // What reverses a resource reverses its texts.
    const own =
      titled || reversed || standing !== undefined ? headOf(shortened(title, MAX_TEXT / 4), standing) : "";
    const heads = own + (heading === "" ? "" : `${shortened(heading, MAX_TEXT / 4)}: `);
    for (const part of paragraphs(text, { longest: MAX_TEXT - heads.length, now, clean })) {
      yield part === undefined
        ? undefined
        : draft(heads + part.text, moment ?? part.moment, linesSayProhibition);
    }
  }
}

/** @param onFirst Called when there is one. */
function* watched(
  parts: Iterable<string | undefined>,
  onFirst: () => void,
): Generator<string | undefined, void, void> {
  for (const part of parts) {
    if (part !== undefined) onFirst();
    yield part;
  }
}
