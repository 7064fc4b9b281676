import { decodeHTMLStrict } from "entities";

/** A character by its name or number, whole: "AT&T; seen" has none. */
const REFERENCE = /&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z][a-z\d]{1,31});/i;

/**
 * A plain string's characters: systems that fill one from a web page leave `M&uuml;ller` in it, which a reader takes
 * for a name and a search does not find.
 */
export function toCharacters(text: string): string {
  return REFERENCE.test(text) ? decodeHTMLStrict(text) : text;
}
