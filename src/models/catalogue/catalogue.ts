import path from "node:path";
import { MedGemmaError } from "../../base/errors.js";
import { fileLabel } from "../../base/files/name.js";
import { readJsonFile } from "../../base/files/read-text.js";
import { nearestName } from "../../base/options.js";
import { packageRoot, requireOwnFiles } from "../../base/package.js";
import { catalogueProblem } from "./check.js";
import { filesOf } from "./places.js";
import type { Catalogue, CatalogueEntry, CatalogueFile, CatalogueModel, CatalogueVariant } from "./types.js";

/** The package's own. */
export const CATALOGUE_FILE = path.join(packageRoot, "models", "catalogue.json");

/**
 * Reads a catalogue: that of `MEDGEMMA_CATALOGUE`, or the package's own.
 * @throws MedGemmaError `catalogue_invalid`.
 */
export async function readCatalogue(
  file = process.env.MEDGEMMA_CATALOGUE || CATALOGUE_FILE,
): Promise<Catalogue> {
  if (file === CATALOGUE_FILE) requireOwnFiles();
  const name = fileLabel(file);
  const fail = (reason: string, cause?: unknown) =>
    new MedGemmaError("catalogue_invalid", `The catalogue ${name} cannot be used: ${reason}.`, {
      facts: { file: name, reason },
      cause,
    });
  const value = await readJsonFile(file, fail).catch((error: MedGemmaError) => {
    throw error.code === "catalogue_invalid" ? error : fail(String(error.facts.reason), error);
  });
  const problem = catalogueProblem(value);
  if (problem !== undefined) throw fail(problem);
  return value as Catalogue;
}

/** Every variant, as `models` lists them: the default of each model first. */
export function catalogueEntries(catalogue: Catalogue): CatalogueEntry[] {
  return catalogue.models.flatMap((model) =>
    [...model.variants]
      .sort((a, b) => Number(b.tag === model.defaultTag) - Number(a.tag === model.defaultTag))
      .map((variant) => toEntry(catalogue, model, variant)),
  );
}

/**
 * The variant that NAME (its default) or NAME:TAG means, in whatever case.
 * @throws MedGemmaError `model_unknown`, with the nearest name there is.
 */
export function findEntry(catalogue: Catalogue, name: string): CatalogueEntry {
  const entries = catalogueEntries(catalogue);
  const wanted = name.toLowerCase();
  const found = entries.find(
    ({ model, variant, name: short }) =>
      short.toLowerCase() === wanted || `${model.name}:${variant.tag}`.toLowerCase() === wanted,
  );
  if (found) return found;
  const near = nearestEntry(entries, wanted);
  const hint = near === undefined ? "" : ` Did you mean ${near}?`;
  throw new MedGemmaError("model_unknown", `There is no file and no model named ${shorten(name)}.${hint}`, {
    facts: { near, known: entries.map((entry) => entry.name) },
  });
}

/** An address may name a file that the catalogue knows more of. */
export function knownFile(catalogue: Catalogue, file: CatalogueFile): CatalogueFile {
  const { repository, revision = "main", file: name } = file;
  return (
    catalogueEntries(catalogue)
      .flatMap(filesOf)
      .find(
        (it) => it.repository === repository && (it.revision ?? "main") === revision && it.file === name,
      ) ?? file
  );
}

function toEntry(catalogue: Catalogue, model: CatalogueModel, variant: CatalogueVariant): CatalogueEntry {
  const license = catalogue.licenses[model.license];
  if (license === undefined) throw new MedGemmaError("catalogue_invalid");
  return {
    name: variant.tag === model.defaultTag ? model.name : `${model.name}:${variant.tag}`,
    model,
    variant,
    projector: model.projectors.find(({ tag }) => tag === variant.projector),
    licenseId: model.license,
    license,
  };
}

/** The model first, then its tag: `medgema-4b:Q4` is two slips, not one far one. */
function nearestEntry(entries: readonly CatalogueEntry[], wanted: string): string | undefined {
  const [head = "", tag] = wanted.split(":");
  const bare = (text: string) => text.replaceAll(/[-_]/g, "");
  const names = [...new Set(entries.map(({ model }) => model.name))];
  const near = nearestName(bare(head), names.map(bare));
  const model = names.find((name) => bare(name) === near);
  if (model === undefined || tag === undefined) return model;
  const tags = entries.filter((entry) => entry.model.name === model).map((entry) => entry.variant.tag);
  const nearTag = nearestName(bare(tag), tags.map(bare));
  const known = tags.find((it) => bare(it) === nearTag);
  return entries.find((entry) => entry.model.name === model && (!known || entry.variant.tag === known))?.name;
}

/** A wrong name may be a wrong argument, such as a question: enough of it to be recognised, not more. */
function shorten(name: string): string {
  return /^[\w.:@-]{1,80}$/.test(name) ? name : "that";
}
