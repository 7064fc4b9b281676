import type { Telling } from "./references.js";
import { elementParts, valueText } from "./say.js";
import { scope } from "./scopes.js";
import { asList, asObject, asText } from "./values.js";

const MAX_DEPTH = 30;
const OWN: ReadonlySet<string> = new Set(["text", "answer", "item", "definition"]);

/** The answers of a form, each with its question and the groups that it stands in. */
export function* answerParts(
  items: unknown,
  telling: Telling,
  path: readonly string[] = [],
): Generator<string, void, void> {
  if (path.length > MAX_DEPTH) {
    yield "(more answers, not read)";
    return;
  }
  for (const it of asList(items)) {
    const item = asObject(it);
    if (item === undefined) continue;
    const own = [...path, asText(item.text) ?? asText(item.linkId) ?? "item"];
    const before = `${own.join(" / ")}: `;
    const answers = asList(item.answer).map(asObject);
    const values = answers
      .map((answer) => answer && valueText(answer, telling))
      .filter((value) => value !== undefined);
    if (values.length > 0) yield scope(before, values.join(", "));
    for (const said of elementParts(item, telling, OWN)) yield scope(before, said);
    yield* answerParts(item.item, telling, own);
    for (const answer of answers) yield* answerParts(answer?.item, telling, own);
  }
}
