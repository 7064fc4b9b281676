import { fold } from "./fold.js";
import { KOREAN_ADDRESS, KOREAN_PARTICLES } from "./honorifics.js";
import type { Known, Part } from "./known.js";
import { isWord } from "./lexicon.js";
import type { Token } from "./tokens.js";

/** Endings of names' forms: genitives, and the cases of Slavic, Baltic and Finnic languages. */
const ENDINGS = [
  ...[
    "s",
    "es",
    "ns",
    "n",
    "a",
    "u",
    "em",
    "om",
    "ovi",
    "owi",
    "ego",
    "emu",
    "im",
    "ym",
    "ie",
    "e",
    "y",
    "i",
    "ej",
    "ou",
  ],
  // Polish adjectives (Kowalskiego, Kowalskiej) and nouns (Nowakiem).
  ...["iego", "iemu", "iej", "ich", "imi", "iem"],
  ...["in", "un", "lle", "lla", "ssa", "sta", "nak", "nek"],
  ...["а", "у", "ым", "ом", "е", "ой", "ою", "ы", "и", "ю", "я", "ем", "ей", "ого", "ому", "ої", "ові"],
].map(fold);
/** Articles and conjunctions that are written together with a name. */
const PREFIXES = /^(?:وال|بال|لل|ال|[وفبكل]|[והבלמשכ]{1,2})(?=[\u0590-\u06ff]{3})/;

/** The part of a name that a word is, or is a form of. */
export function partOf(known: Known, { key, capital }: Token): Part | undefined {
  const own = known.part(key);
  if (own !== undefined) return own;
  if (/[\u0590-\u06ff]/.test(key)) return prefixed(known, key);
  if (/^[\uac00-\ud7a3]{2,}$/.test(key)) return korean(known, key);
  if (!capital || key.length < 5 || isWord(key)) return undefined;
  for (const ending of ENDINGS) {
    if (!key.endsWith(ending)) continue;
    const stem = key.slice(0, -ending.length);
    const part = stem.length < 4 ? undefined : (known.part(stem) ?? known.stem(stem));
    if (part?.sure) return part;
  }
  return undefined;
}

function prefixed(known: Known, key: string): Part | undefined {
  const before = PREFIXES.exec(key)?.[0];
  const part = before === undefined ? undefined : known.part(key.slice(before.length));
  return part?.sure ? part : undefined;
}

/** A name with a form of address; with a particle only where it is of three syllables, for shorter ones are words. */
function korean(known: Known, key: string): Part | undefined {
  const found = withParticle(known, key);
  if (found === undefined) return undefined;
  const { part, name, rest } = found;
  return KOREAN_ADDRESS.test(rest) || name.length > 2 ? { ...part, sure: true } : undefined;
}

/** A Korean name with what may stand after one, whether it is a word too or not. */
export function withParticle(
  known: Known,
  key: string,
): { readonly part: Part; readonly name: string; readonly rest: string } | undefined {
  if (!/^[\uac00-\ud7a3]{2,}$/.test(key)) return undefined;
  for (const length of [4, 3, 2, 1]) {
    const name = key.slice(0, length);
    const rest = key.slice(length);
    const part = rest === "" ? undefined : known.part(name);
    if (part !== undefined && (KOREAN_ADDRESS.test(rest) || KOREAN_PARTICLES.test(rest)))
      return { part, name, rest };
  }
  return undefined;
}
