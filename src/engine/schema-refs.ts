import { isObject, type SchemaPath, unsupported } from "./schema-keywords.js";

/** What a `$ref` of the same document points to, and where that stands. */
export function resolveRef(
  root: unknown,
  ref: unknown,
  path: SchemaPath,
): { readonly target: unknown; readonly at: SchemaPath } {
  const here = [...path, "$ref"];
  if (typeof ref !== "string") throw unsupported(here, "$ref", "it must be a string");
  if (ref === "#") return { target: root, at: [] };
  if (!ref.startsWith("#/")) {
    throw unsupported(here, "$ref", 'only references into the same document ("#/...") are followed');
  }
  const steps = ref.slice(2).split("/").map(unescapeStep);
  let target = root;
  for (const step of steps) {
    const known = (isObject(target) || Array.isArray(target)) && Object.hasOwn(target, step);
    if (!known) throw unsupported(here, "$ref", "it points to nothing");
    target = (target as Record<string, unknown>)[step];
  }
  return { target, at: steps };
}

function unescapeStep(step: string): string {
  let plain = step;
  try {
    plain = decodeURIComponent(step);
  } catch {
    // No percent-encoding, then.
  }
  return plain.replaceAll("~1", "/").replaceAll("~0", "~");
}
