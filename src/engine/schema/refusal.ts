import { MedGemmaError } from "../../base/errors.js";

/** A part of a schema or value: where it stands, as the names and indices from the root. */
export type JsonPath = readonly (string | number)[];

/** What every refusal of a schema looks like. */
export function unsupported(
  path: JsonPath,
  keyword: string,
  why: string,
  more: { readonly reason?: string | undefined; readonly remedy?: string | undefined } = {},
): MedGemmaError {
  const { reason, remedy } = more;
  const pointer = toPointer(path);
  return new MedGemmaError(
    "grammar_unsupported",
    `The answer cannot be held to ${keyword} at ${pointer === "" ? "the root" : pointer} of the schema: ${why}.`,
    { facts: { path: pointer, keyword, ...(reason !== undefined && { reason }) }, remedy },
  );
}

/** JSON pointer (RFC 6901) of a path. */
export function toPointer(path: JsonPath): string {
  return path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
