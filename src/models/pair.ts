import { MedGemmaError } from "../base/errors.js";
import { CATALOGUE_FILE, catalogueEntries, readCatalogue } from "./catalogue/catalogue.js";
import type { Catalogue, CatalogueEntry, CatalogueFile } from "./catalogue/types.js";
import type { ModelInspection } from "./gguf/inspect.js";
import { contradict, describeKind, kindOf, type ModelKind } from "./gguf/lineage.js";

/** sha256 of the files, as far as they are known. */
export interface PairHashes {
  readonly model?: string | undefined;
  readonly projector?: string | undefined;
}

/** What says which model a file is of: the catalogue by its hash, or the file itself. */
interface Origin {
  readonly kind: ModelKind;
  readonly known: boolean;
}

const same = (file: CatalogueFile | undefined, sha256: string | undefined) =>
  sha256 !== undefined && file?.sha256 === sha256;

function kindOfEntry({ model }: CatalogueEntry): ModelKind {
  return kindOf([model.name], "");
}

/** The package's own, whatever catalogue of others is set: its hashes say what was published as what. */
export function publishedFiles(): Promise<Catalogue> {
  return readCatalogue(CATALOGUE_FILE);
}

/**
 * Refuses a projector that is certainly another model's, though it is as wide as this one's: Gemma 3 4B, MedGemma 1 4B
 * and 1.5 4B are, and all are named mmproj-F16.gguf. What names alone tell is a warning of the inspection.
 * @throws MedGemmaError `projector_mismatch`.
 */
export function checkPair(
  { model, projector }: Pick<ModelInspection, "model" | "projector">,
  hashes: PairHashes,
  published: Catalogue,
): void {
  const entries = catalogueEntries(published);
  const owners = entries.filter((entry) => same(entry.projector, hashes.projector)).map(kindOfEntry);
  if (projector === undefined || owners.length === 0) return;
  const entry = entries.find(({ variant }) => same(variant, hashes.model));
  const own: Origin = { kind: entry ? kindOfEntry(entry) : model.kind, known: entry !== undefined };
  // A model that says no more than "gemma" may be a tuned MedGemma.
  if (!own.known && own.kind.family !== "medgemma") return;
  if (owners.some((owner) => !contradict(owner, own.kind))) return;
  const [owner = own.kind] = owners;
  throw new MedGemmaError(
    "projector_mismatch",
    `${projector.file} is the projector of ${describeKind(owner)}, by its sha256; ${model.file} is ${describeKind(own.kind)}.`,
    {
      facts: { projector: projector.file, model: model.file, sha256: hashes.projector },
      remedy: "Use the mmproj published with this model: files of one name and size are not the same.",
    },
  );
}

/**
 * Which files' hashes `checkPair` needs: those of a published file's very size. Reading gigabytes is for nothing else.
 */
export function hashesNeeded(
  { model, projector }: Pick<ModelInspection, "model" | "projector">,
  published: Catalogue,
): { readonly model: boolean; readonly projector: boolean } {
  const entries = catalogueEntries(published);
  const needed =
    projector !== undefined &&
    entries.some((entry) => entry.projector && near(entry.projector, projector.bytes));
  return { projector: needed, model: needed && entries.some(({ variant }) => near(variant, model.bytes)) };
}

/** Where a size is known in round numbers only, a thousandth more or less may be it. */
function near({ bytes, approximateBytes = 0 }: CatalogueFile, size: number): boolean {
  return bytes === undefined ? Math.abs(size - approximateBytes) < approximateBytes / 1000 : size === bytes;
}
