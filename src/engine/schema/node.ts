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
  type?: readonly JsonType[];
  enum?: readonly unknown[];
  const?: unknown;
  $ref?: SchemaNode;
  allOf?: readonly SchemaNode[];
  anyOf?: readonly SchemaNode[];
  oneOf?: readonly SchemaNode[];
  not?: SchemaNode;
  if?: SchemaNode;
  then?: SchemaNode;
  else?: SchemaNode;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  format?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  multipleOf?: number;
  prefixItems?: readonly SchemaNode[];
  items?: SchemaNode;
  contains?: SchemaNode;
  minContains?: number;
  maxContains?: number;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  unevaluatedItems?: SchemaNode;
  properties?: NamedNodes;
  patternProperties?: NamedNodes;
  additionalProperties?: SchemaNode;
  unevaluatedProperties?: SchemaNode;
  propertyNames?: SchemaNode;
  required?: readonly string[];
  minProperties?: number;
  maxProperties?: number;
  dependentRequired?: ReadonlyMap<string, readonly string[]>;
  dependentSchemas?: NamedNodes;
}

/** The parts that speak of the same value: a value of the node is a value of these, or of some of them. */
export function* inPlace({ keywords }: SchemaNode): Generator<SchemaNode> {
  const { $ref, allOf = [], anyOf = [], oneOf = [], not, if: condition, then, else: otherwise } = keywords;
  yield* [...allOf, ...anyOf, ...oneOf, ...(keywords.dependentSchemas?.values() ?? [])];
  for (const part of [$ref, not, condition, then, otherwise]) if (part !== undefined) yield part;
}
