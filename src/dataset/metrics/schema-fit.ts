import { readPattern } from "./schema-patterns.js";

type Schema = Readonly<Record<string, unknown>>;

/** Whether a JSON value is of a schema, by the keywords that an answer can be held to (docs/structured-output.md). */
export function fitsSchema(value: unknown, schema: unknown, root: unknown = schema): boolean {
  if (typeof schema === "boolean") return schema;
  if (!isObject(schema)) return true;
  if (typeof schema.$ref === "string") return fitsSchema(value, resolve(schema.$ref, root), root);
  const { type, const: only, enum: among, anyOf, oneOf, allOf } = schema;
  if (type !== undefined && ![type].flat().some((name) => isOfType(value, String(name)))) return false;
  if ("const" in schema && !same(value, only)) return false;
  if (Array.isArray(among) && !among.some((each) => same(value, each))) return false;
  const fits = (part: unknown) => fitsSchema(value, part, root);
  if (Array.isArray(anyOf) && !anyOf.some(fits)) return false;
  if (Array.isArray(oneOf) && oneOf.filter(fits).length !== 1) return false;
  if (Array.isArray(allOf) && !allOf.every(fits)) return false;
  if (typeof value === "string") return fitsText(value, schema);
  if (typeof value === "number") return between(value, schema);
  if (Array.isArray(value)) return fitsList(value, schema, root);
  return !isObject(value) || fitsObject(value, schema, root);
}

function isOfType(value: unknown, type: string): boolean {
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "object") return isObject(value);
  if (type === "integer") return Number.isInteger(value);
  return typeof value === type;
}

function fitsText(value: string, { minLength, maxLength, pattern }: Schema): boolean {
  const { length } = [...value];
  if (length < Number(minLength ?? 0) || length > Number(maxLength ?? Number.POSITIVE_INFINITY)) return false;
  return typeof pattern !== "string" || readPattern(pattern).test(value);
}

function between(value: number, schema: Schema): boolean {
  const limit = (name: string, otherwise: number) => Number(schema[name] ?? otherwise);
  return (
    value >= limit("minimum", Number.NEGATIVE_INFINITY) &&
    value <= limit("maximum", Number.POSITIVE_INFINITY) &&
    !(value <= limit("exclusiveMinimum", Number.NEGATIVE_INFINITY)) &&
    !(value >= limit("exclusiveMaximum", Number.POSITIVE_INFINITY))
  );
}

function fitsList(value: readonly unknown[], schema: Schema, root: unknown): boolean {
  const { items, minItems, maxItems } = schema;
  const first = Array.isArray(schema.prefixItems) ? (schema.prefixItems as unknown[]) : [];
  if (value.length < Number(minItems ?? 0)) return false;
  if (value.length > Number(maxItems ?? Number.POSITIVE_INFINITY)) return false;
  return value.every((each, index) => fitsSchema(each, index < first.length ? first[index] : items, root));
}

function fitsObject(value: Schema, schema: Schema, root: unknown): boolean {
  const { required, additionalProperties } = schema;
  const properties = isObject(schema.properties) ? schema.properties : {};
  if (Array.isArray(required) && !required.every((name) => Object.hasOwn(value, String(name)))) return false;
  return Object.entries(value).every(([name, part]) =>
    fitsSchema(part, Object.hasOwn(properties, name) ? properties[name] : additionalProperties, root),
  );
}

function resolve(pointer: string, root: unknown): unknown {
  const steps = pointer.replace(/^#\/?/, "").split("/");
  return steps.reduce(
    (part: unknown, step) =>
      step === "" || !isObject(part)
        ? part
        : part[decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~")],
    root,
  );
}

const isObject = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
