/** One value that was expected or said, and whether both are the same. */
export interface FieldMatch {
  /** JSON pointer in which `*` stands for any place of a list. */
  readonly path: string;
  readonly right: boolean;
}

/**
 * Compares two JSON values leaf by leaf. A leaf that only one of them has is wrong; lists are compared place by place.
 * Of texts white space at the ends and its length make no difference.
 */
export function matchFields(truth: unknown, value: unknown): FieldMatch[] {
  const [expected, said] = [leaves(truth), leaves(value)];
  return [...new Set([...expected.keys(), ...said.keys()])].map((path) => ({
    path: path.replaceAll(/\/\d+(?=\/|$)/g, "/*"),
    right: expected.has(path) && said.has(path) && expected.get(path) === said.get(path),
  }));
}

/** By JSON pointer, as a text that is the same for the same value; an empty list or object is a leaf. */
function leaves(value: unknown, path = "", found = new Map<string, string>()): Map<string, string> {
  const parts = typeof value === "object" && value !== null ? Object.entries(value) : [];
  if (parts.length === 0) {
    if (value !== undefined)
      found.set(path, JSON.stringify(typeof value === "string" ? plain(value) : value));
    return found;
  }
  for (const [name, part] of parts)
    leaves(part, `${path}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`, found);
  return found;
}

function plain(text: string): string {
  return text.normalize("NFC").trim().replaceAll(/\s+/g, " ");
}
