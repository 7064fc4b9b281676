import type { Telling } from "../elements/references.js";
import { scope } from "../elements/scopes.js";
import { asList, asObject, asText } from "../elements/values.js";
import { elementParts, valueText } from "./say.js";

const MAX_DEPTH = 30;
/** Answers of one question that are told together, under it. */
const TOGETHER = 100;
const OWN: ReadonlySet<string> = new Set(["text", "answer", "item", "definition"]);

/** The answers of a form, each with its question and the groups that it stands in. */
export function* answerParts(
  items: unknown,
  telling: Telling,
  path: readonly string[] = [],
): Generator<string | undefined, void, void> {
  if (path.length > MAX_DEPTH) {
    yield "(more answers, not read)";
    return;
  }
  for (const it of asList(items)) {
    const item = asObject(it);
    if (item === undefined) continue;
    telling.room.renew();
    const own = [...path, asText(item.text) ?? asText(item.linkId) ?? "item"];
    const before = `${own.join(" / ")}: `;
    const answers = asList(item.answer).map(asObject);
    for (let at = 0; at < answers.length; at += TOGETHER) {
      telling.room.renew();
      const values = answers
        .slice(at, at + TOGETHER)
        .map((answer) => answer && valueText(answer, telling))
        .filter((value) => value !== undefined);
      yield values.length > 0 ? scope(before, values.join(", ")) : undefined;
    }
    for (const said of elementParts(item, telling, OWN)) yield said && scope(before, said);
    yield* answerParts(item.item, telling, own);
    for (const answer of answers) yield* answerParts(answer?.item, telling, own);
  }
}
