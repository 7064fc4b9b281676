import { badOption } from "../../base/errors.js";

/** Characters of what is no text but the name of something: of a label, a target, a section. */
const LONGEST_NAME = 10_000;

/**
 * A name without the white space around it.
 * @throws MedGemmaError `bad_option`.
 */
export function checkName(option: string, expected: string, name: unknown): string {
  if (typeof name !== "string" || name.length > LONGEST_NAME || name.trim() === "")
    throw badOption(option, `${expected} (at most ${LONGEST_NAME} characters)`, name);
  return name.trim();
}
