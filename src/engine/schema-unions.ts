import { isObject, type JsonObject } from "./schema-keywords.js";

const ALL_TYPES = ["null", "boolean", "number", "string", "array", "object"] as const;

/**
 * Whether no value fits both of two schemas, as far as can be told: by type, by their listed values, or by a
 * property that both require. Takes schemas as {@link toGrammarSchema} makes them.
 */
export function disjoint(a: unknown, b: unknown): boolean {
  if (!isObject(a) || !isObject(b)) return false;
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    if (Array.isArray(one.anyOf)) return one.anyOf.every((child) => disjoint(child, other));
  }
  const [valuesA, valuesB] = [a.enum, b.enum];
  if (Array.isArray(valuesA) && Array.isArray(valuesB)) {
    const known = new Set(valuesA.map((value) => JSON.stringify(value)));
    return !valuesB.some((value) => known.has(JSON.stringify(value)));
  }
  const typesA = typesOf(a);
  const shared = typesOf(b).filter((type) => typesA.includes(type));
  return shared.length === 0 || (shared.join() === "object" && propertyTells(a, b));
}

function propertyTells(a: JsonObject, b: JsonObject): boolean {
  const [propertiesA, propertiesB] = [a.properties, b.properties];
  if (!isObject(propertiesA) || !isObject(propertiesB)) return false;
  const [requiredA, requiredB] = [a.required, b.required];
  if (!Array.isArray(requiredA) || !Array.isArray(requiredB)) return false;
  return requiredA.some((name) => requiredB.includes(name) && disjoint(propertiesA[name], propertiesB[name]));
}

function typesOf(schema: JsonObject): readonly string[] {
  if (Array.isArray(schema.enum)) return [...new Set(schema.enum.map(typeOf))];
  const { type } = schema as { type?: string };
  if (type === undefined) return ALL_TYPES;
  return [type === "integer" ? "number" : type];
}

/** JSON's name for a value's type. */
export function typeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
