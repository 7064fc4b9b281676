/**
 * What a schema library's object looks like, of any library: https://standardschema.dev and, for those that can also
 * describe themselves, https://standardschema.dev/json-schema. Copied from there in parts, as the specification asks.
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly "~standard": StandardProps<Input, Output>;
}

export interface StandardProps<Input = unknown, Output = Input> {
  readonly version: 1;
  /** Name of the library. */
  readonly vendor: string;
  readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
  readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  /** The schema as JSON schema, of what goes in and of what comes out. */
  readonly jsonSchema?:
    | {
        readonly input: (options: { readonly target: string }) => Record<string, unknown>;
      }
    | undefined;
}

export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

export interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The type of a checked value. */
export type InferOutput<S extends StandardSchema> = NonNullable<S["~standard"]["types"]>["output"];

export function isStandardSchema(value: unknown): value is StandardSchema {
  const kind = typeof value;
  if (value === null || (kind !== "object" && kind !== "function")) return false;
  const props = (value as Partial<StandardSchema>)["~standard"];
  return typeof props === "object" && typeof props?.validate === "function";
}
