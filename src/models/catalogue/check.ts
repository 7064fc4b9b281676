import { readFileSync } from "node:fs";
import path from "node:path";
import { Validator } from "@cfworker/json-schema";
import { packageRoot, requireOwnFiles } from "../../base/package.js";
import type { Catalogue } from "./types.js";

const SCHEMA_FILE = path.join(packageRoot, "models", "catalogue.schema.json");
let validator: Validator | undefined;

/**
 * What models/catalogue.schema.json asks, and that names are unique and point to something. File and repository names
 * become paths on this machine: what could leave the models folder does not pass.
 * @returns the first thing that is wrong, or nothing.
 */
export function catalogueProblem(value: unknown): string | undefined {
  if (!validator) requireOwnFiles();
  validator ??= new Validator(JSON.parse(readFileSync(SCHEMA_FILE, "utf8")), "2020-12", false);
  const { valid, errors } = validator.validate(value);
  if (valid) return referenceProblem(value as Catalogue);
  // The last is the innermost.
  const { instanceLocation = "#", error = "" } = errors.at(-1) ?? {};
  return `catalogue${instanceLocation.slice(1)}: ${error.replace(/\.$/, "")}`;
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
