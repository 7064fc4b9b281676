import type { JsonObject } from "../../base/guards.js";
import { unsupported } from "./refusal.js";

/** By year, or number before there were years. */
export type Draft = 4 | 6 | 7 | 2019 | 2020;

export const NAMES_OF_DRAFTS: Readonly<Record<Draft, string>> = {
  4: "draft-04",
  6: "draft-06",
  7: "draft-07",
  2019: "draft 2019-09",
  2020: "draft 2020-12",
};
const BY_URI: ReadonlyMap<string, Draft> = new Map([
  ["json-schema.org/draft-04/schema", 4],
  ["json-schema.org/draft-06/schema", 6],
  ["json-schema.org/draft-07/schema", 7],
  ["json-schema.org/draft/2019-09/schema", 2019],
  ["json-schema.org/draft/2020-12/schema", 2020],
]);

/** The draft that a schema names; without one, words of all drafts are read as 2020-12 has them. */
export function draftOf({ $schema }: JsonObject): Draft | undefined {
  if ($schema === undefined) return undefined;
  const draft = BY_URI.get(
    String($schema)
      .replace(/^https?:\/\//, "")
      .replace(/#$/, ""),
  );
  if (draft !== undefined) return draft;
  throw unsupported(["$schema"], "$schema", "only draft-04 to 2020-12 of json-schema.org are known");
}
