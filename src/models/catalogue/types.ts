/** One file on the hub. What is unknown is absent. */
export interface CatalogueFile {
  /** OWNER/NAME. */
  readonly repository: string;
  /** The commit whose file is taken, 40 hex digits. Absent: the newest. */
  readonly revision?: string | undefined;
  /** Commits to try when the first is gone from the hub. */
  readonly otherRevisions?: readonly string[] | undefined;
  readonly file: string;
  /** Exact size. */
  readonly bytes?: number | undefined;
  /** For the disk check, where the exact size is unknown. */
  readonly approximateBytes?: number | undefined;
  /** 64 hex digits. */
  readonly sha256?: string | undefined;
}

export interface CatalogueProjector extends CatalogueFile {
  readonly tag: string;
}

export interface CatalogueVariant extends CatalogueFile {
  /** Quantisation, with the uploader's name where it is not the usual one. */
  readonly tag: string;
  /** The tag of its projector; absent for text only. */
  readonly projector?: string | undefined;
}

export interface CatalogueModel {
  readonly name: string;
  readonly title: string;
  /** Whose CT windows and prompts are used. */
  readonly promptVersion: "1.0" | "1.5";
  /** A key of `licenses`. */
  readonly license: string;
  /** Tokens the model was made for. */
  readonly contextSize: number;
  /** Memory besides the files, in bytes: KV cache of 8192 tokens and buffers. */
  readonly workingBytes: number;
  readonly defaultTag: string;
  readonly variants: readonly CatalogueVariant[];
  readonly projectors: readonly CatalogueProjector[];
}

export interface CatalogueLicense {
  readonly name: string;
  readonly url: string;
  /** Whether the user must say so once before a download. */
  readonly mustAccept: boolean;
}

export interface Catalogue {
  readonly version: 1;
  readonly licenses: Readonly<Record<string, CatalogueLicense>>;
  readonly models: readonly CatalogueModel[];
}

/** One variant of a model with all that belongs to it. */
export interface CatalogueEntry {
  /** NAME, or NAME:TAG where it is not the default one. */
  readonly name: string;
  readonly model: CatalogueModel;
  readonly variant: CatalogueVariant;
  readonly projector: CatalogueProjector | undefined;
  readonly licenseId: string;
  readonly license: CatalogueLicense;
}
