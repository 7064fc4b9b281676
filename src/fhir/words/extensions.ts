import { words } from "../elements/elements.js";
import type { Telling } from "../elements/references.js";
import { inWords, MAX_DEPTH, type Member, type Said, together } from "../elements/structure.js";
import { asList, asObject, asText, type Json } from "../elements/values.js";
import { typeOfReference } from "./title.js";

/** Tells any value; given, so that this file is below the one that does. */
type Say = (value: unknown, telling: Telling, depth: number) => Said | undefined;

/** Values that tell who or where somebody is, and bytes. */
const PERSONAL_VALUE =
  /^value(?:Address|HumanName|ContactPoint|ContactDetail|Identifier|Signature|Base64Binary|Meta|RelatedArtifact)$/;

/** Extensions of one element that are told. */
const MOST = 500;

/** `extension`, and `_status` for what is said of a plain `status`. */
export function isExtensionKey(key: string): boolean {
  return key === "extension" || key.startsWith("_");
}

/**
 * What extensions say, each under the last word of its address. Of a modifier extension only the name is told, in front.
 */
export function extensionMembers(
  key: string,
  value: unknown,
  telling: Telling,
  say: Say,
  depth: number,
): Member[] {
  if (depth > MAX_DEPTH) return [];
  const tell = (list: unknown): Member[] => {
    const all = asList(list);
    const told = all.slice(0, MOST).flatMap((it): Member[] => {
      const extension = asObject(it);
      const own = extension && extensionSaid(extension, telling, say, depth + 1);
      return own === undefined ? [] : [{ label: nameOf(extension as Json), said: own }];
    });
    if (all.length <= MOST) return told;
    return [...told, { label: "extension", said: inWords(`(${all.length - MOST} more, not read)`) }];
  };
  if (key === "extension") return tell(value);
  const all = asList(value).slice(0, MOST);
  return all.flatMap((it, index) => {
    const own = tell(asObject(it)?.extension);
    if (own.length === 0) return [];
    const place = Array.isArray(value) && all.length > 1 ? ` ${index + 1}` : "";
    return [{ label: `${words(key.slice(1))}${place}`, said: inWords(`(${together(own).text})`) }];
  });
}

function extensionSaid(extension: Json, telling: Telling, say: Say, depth: number): Said | undefined {
  const key = Object.keys(extension).find((it) => /^value[A-Z]/.test(it));
  const inner = extensionMembers("extension", extension.extension, telling, say, depth);
  if (key === undefined) return inner.length === 0 ? undefined : together(inner);
  if (PERSONAL_VALUE.test(key)) return undefined;
  const reference = key === "valueReference" ? asObject(extension[key]) : undefined;
  if (reference !== undefined && typeOfReference(reference, telling.inside, telling.refs) === undefined) {
    return inWords("(a reference to what is not in the record)");
  }
  return say(extension[key], telling, depth);
}

function nameOf({ url }: Json): string {
  return words((asText(url) ?? "").slice(-200).split(/[/#:]/).at(-1) || "extension");
}
