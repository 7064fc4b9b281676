import type { JsonType } from "./keywords.js";
import type { JsonPath } from "./refusal.js";

/**
 * A schema as it was read: references followed, the words of older drafts in those of 2020-12, everything that holds
 * nothing back left out. `false` is a node that is `never`.
 */
export interface SchemaNode {
  /** Where it stands in the document. */
  readonly at: JsonPath;
  readonly never: boolean;
  readonly keywords: Readonly<Keywords>;
}

export type NamedNodes = ReadonlyMap<string, SchemaNode>;

/** JSON Schema's own names, with nodes for schemas. */
export interface Keywords {
  type?: readonly JsonType[] | undefined;
  enum?: readonly unknown[] | undefined;
  const?: unknown;
  $ref?: SchemaNode | undefined;
  allOf?: readonly SchemaNode[] | undefined;
  anyOf?: readonly SchemaNode[] | undefined;
  oneOf?: readonly SchemaNode[] | undefined;
  not?: SchemaNode | undefined;
  if?: SchemaNode | undefined;
  then?: SchemaNode | undefined;
  else?: SchemaNode | undefined;
  minLength?: number | undefined;
  maxLength?: number | undefined;
  pattern?: string | undefined;
  format?: string | undefined;
  minimum?: number | undefined;
  maximum?: number | undefined;
  exclusiveMinimum?: number | undefined;
  exclusiveMaximum?: number | undefined;
  multipleOf?: number | undefined;
  prefixItems?: readonly SchemaNode[] | undefined;
  items?: SchemaNode | undefined;
  contains?: SchemaNode | undefined;
  minContains?: number | undefined;
  maxContains?: number | undefined;
  minItems?: number | undefined;
  maxItems?: number | undefined;
  uniqueItems?: boolean | undefined;
  unevaluatedItems?: SchemaNode | undefined;
  properties?: NamedNodes | undefined;
  patternProperties?: NamedNodes | undefined;
  additionalProperties?: SchemaNode | undefined;
  unevaluatedProperties?: SchemaNode | undefined;
  propertyNames?: SchemaNode | undefined;
  required?: readonly string[] | undefined;
  minProperties?: number | undefined;
  maxProperties?: number | undefined;
  dependentRequired?: ReadonlyMap<string, readonly string[]> | undefined;
  dependentSchemas?: NamedNodes | undefined;
}

/** The parts that speak of the same value: a value of the node is a value of these, or of some of them. */
export function* inPlace({ keywords }: SchemaNode): Generator<SchemaNode> {
  const { $ref, allOf = [], anyOf = [], oneOf = [], not, if: condition, then, else: otherwise } = keywords;
  yield* [...allOf, ...anyOf, ...oneOf, ...(keywords.dependentSchemas?.values() ?? [])];
  for (const part of [$ref, not, condition, then, otherwise]) if (part !== undefined) yield part;
}
