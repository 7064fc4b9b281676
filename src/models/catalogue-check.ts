import type { Catalogue } from "./catalogue-types.js";

/** A check gives the place and what is wrong there, or nothing. */
type Check = (value: unknown, place: string) => string | undefined;

const TAG = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const REPOSITORY = /^[A-Za-z0-9][A-Za-z0-9._-]*\/[A-Za-z0-9][A-Za-z0-9._-]*$/;
const COMMIT = /^[0-9a-f]{40}$/;

const text =
  (pattern: RegExp): Check =>
  (value, place) =>
    typeof value === "string" && pattern.test(value)
      ? undefined
      : `${place} does not match ${pattern.source}`;

const whole =
  (minimum: number): Check =>
  (value, place) =>
    Number.isInteger(value) && (value as number) >= minimum
      ? undefined
      : `${place} is no whole number from ${minimum}`;

const oneOf =
  (...known: readonly unknown[]): Check =>
  (value, place) =>
    known.includes(value) ? undefined : `${place} is none of ${known.join(", ")}`;

const list =
  (item: Check, least = 0): Check =>
  (value, place) => {
    if (!Array.isArray(value) || value.length < least) return `${place} is no list of ${least} or more`;
    for (const [index, one] of value.entries()) {
      const wrong = item(one, `${place}[${index}]`);
      if (wrong) return wrong;
    }
    return undefined;
  };

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function object(required: Record<string, Check>, optional: Record<string, Check> = {}): Check {
  return (value, place) => {
    if (!isObject(value)) return `${place} is no object`;
    for (const name of Object.keys(required))
      if (!Object.hasOwn(value, name)) return `${place} lacks ${name}`;
    for (const [name, one] of Object.entries(value)) {
      const known = Object.hasOwn(required, name) ? required : Object.hasOwn(optional, name) ? optional : {};
      const check = known[name];
      const wrong = check === undefined ? `${place} has an unknown ${name}` : check(one, `${place}.${name}`);
      if (wrong) return wrong;
    }
    return undefined;
  };
}

const mapOf =
  (item: Check): Check =>
  (value, place) =>
    isObject(value)
      ? Object.entries(value)
          .map(([name, one]) => item(one, `${place}.${name}`))
          .find((wrong) => wrong !== undefined)
      : `${place} is no object`;

const NEEDED = { tag: text(TAG), repository: text(REPOSITORY), file: text(TAG) };
const KNOWN = {
  revision: text(COMMIT),
  otherRevisions: list(text(COMMIT)),
  bytes: whole(1),
  approximateBytes: whole(1),
  sha256: text(/^[0-9a-f]{64}$/),
};

const CATALOGUE = object(
  {
    version: oneOf(1),
    licenses: mapOf(object({ name: text(/./), url: text(/^https?:\/\//), mustAccept: oneOf(true, false) })),
    models: list(
      object({
        name: text(TAG),
        title: text(/./),
        promptVersion: oneOf("1.0", "1.5"),
        license: text(/^/),
        contextSize: whole(256),
        workingBytes: whole(0),
        defaultTag: text(TAG),
        variants: list(object(NEEDED, { ...KNOWN, projector: text(TAG) }), 1),
        projectors: list(object(NEEDED, KNOWN)),
      }),
    ),
  },
  { $schema: text(/^/) },
);

/**
 * What models/catalogue.schema.json asks, and that names are unique and point to something. File and repository names
 * become paths on this machine: what could leave the models folder does not pass.
 * @returns the first thing that is wrong, or nothing.
 */
export function catalogueProblem(value: unknown): string | undefined {
  return CATALOGUE(value, "catalogue") ?? referenceProblem(value as Catalogue);
}

function referenceProblem({ licenses, models }: Catalogue): string | undefined {
  if (new Set(models.map(({ name }) => name.toLowerCase())).size < models.length)
    return "two models have one name";
  for (const { name, license, defaultTag, variants, projectors } of models) {
    const tags = variants.map(({ tag }) => tag.toLowerCase());
    if (!Object.hasOwn(licenses, license)) return `${name}: license ${license} is not described`;
    if (new Set(tags).size < tags.length) return `${name}: two variants have one tag`;
    if (!variants.some(({ tag }) => tag === defaultTag)) return `${name}: there is no variant ${defaultTag}`;
    for (const { tag, projector } of variants) {
      if (projector !== undefined && !projectors.some((it) => it.tag === projector))
        return `${name}:${tag}: there is no projector ${projector}`;
    }
  }
  return undefined;
}
