import type { SchemaNode } from "./node.js";
import type { NameMatches } from "./patterns.js";
import type { Grammar, Rule } from "./rules.js";

/** What the rule of a list or an object needs of the compiler: its elements hold schemas themselves. */
export interface Compiling {
  readonly grammar: Grammar;
  readonly matches: NameMatches;
  /** The rule for a value that fits all of the nodes. */
  value(all: readonly SchemaNode[]): Rule;
}
