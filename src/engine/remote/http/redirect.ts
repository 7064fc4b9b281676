import { MedGemmaError } from "../../../base/errors.js";
import { baseOf } from "./address.js";
import type { Answer } from "./answer.js";

/** Characters of an address that is told. */
const LONGEST = 200;

/** Where an answer sends its reader; undefined where it sends nobody. */
export function redirectOf(answer: Answer, from: string): URL | undefined {
  const location = answer.header("location");
  if (answer.status < 300 || answer.status >= 400 || location === "") return undefined;
  const to = URL.canParse(location, from) ? new URL(location, from) : undefined;
  return to && /^https?:$/.test(to.protocol) ? to : undefined;
}

/** The error that names the address to use instead: without credentials, and without what follows a `?`. */
export function redirected(to: URL, path: string, status: number): MedGemmaError {
  const base = baseOf(to);
  // Not below the path of the call: a page to sign in at, or the like.
  const same = to.pathname.endsWith(path);
  const remedy =
    base.length > LONGEST
      ? "Check the endpoint's address."
      : same
        ? `Name the endpoint as ${base}`
        : `It may be a page to sign in at (${base}): check the address, and \`apiKey\` or MEDGEMMA_API_KEY.`;
  return new MedGemmaError("endpoint_failed", "The endpoint redirects to another address.", {
    facts: { reason: "redirect", status, ...(base.length <= LONGEST && { address: base }) },
    remedy,
  });
}
