import type { Telling } from "./references.js";
import { sayElements, valueText } from "./say.js";
import { scope } from "./scopes.js";
import { asList, asObject, asText, type Json } from "./values.js";

const MAX_DEPTH = 30;
const OWN: ReadonlySet<string> = new Set(["text", "answer", "item", "definition"]);

/** The answers of a form, each with its question and the groups that it stands in. */
export function answerTexts(items: unknown, telling: Telling, path: readonly string[] = []): string[] {
  if (path.length > MAX_DEPTH) return ["(more answers, not read)"];
  return asList(items).flatMap((it) => {
    const item = asObject(it);
    if (item === undefined) return [];
    const own = [...path, asText(item.text) ?? asText(item.linkId) ?? "item"];
    const answers = asList(item.answer).map(asObject);
    const values = answers
      .map((answer) => answer && valueText(answer, telling))
      .filter((value) => value !== undefined);
    return [
      ...(values.length === 0 ? [] : [scope(`${own.join(" / ")}: `, values.join(", "))]),
      ...sayElements(item, telling, OWN).map((said) => scope(`${own.join(" / ")}: `, said)),
      ...answerTexts(item.item, telling, own),
      ...answers.flatMap((answer) => answerTexts((answer as Json | undefined)?.item, telling, own)),
    ];
  });
}
