import path from "node:path";
import type { DicomFacts } from "../file/facts.js";
import { firstBytes } from "../file/first-bytes.js";
import type { HeldInput } from "../file/input.js";
import { type PathOrBytes, toSource } from "../file/input.js";
import { looksLikeNifti, looksLikePairHeader, type NiftiResult } from "../nifti/nifti.js";
import { type StudyPictures, volumeParts } from "./study-pictures.js";
import type { Work } from "./work.js";

/** True when the input is one NIfTI file or its bytes, or one of a pair. Gzip counts by name only: much else is gzip. */
export async function niftiSource(input: HeldInput): Promise<boolean> {
  if (typeof input !== "string") return input instanceof Uint8Array && looksLikeNifti(input);
  return /\.nii(\.gz)?$/i.test(input) || (await pairOf(input)) !== undefined;
}

/** Names of a pair's files: the other has the other ending, in the same capitals. */
const PAIR = /\.(hdr|img)(\.gz)?$/i;

/**
 * The two files of a pair, when the name is one's and the header is there and says so; much else is called .img. A
 * compressed header is taken at its name.
 */
async function pairOf(input: string): Promise<{ header: string; voxels: string } | undefined> {
  const [ending = "", kind = "", gzip = ""] = PAIR.exec(input) ?? [];
  if (ending === "") return undefined;
  const stem = input.slice(0, -ending.length);
  const named = (name: string) => `${stem}.${kind === kind.toUpperCase() ? name.toUpperCase() : name}${gzip}`;
  const header = named("hdr");
  const begin = await firstBytes(header, 352).catch(() => new Uint8Array());
  const known = gzip === "" ? looksLikePairHeader(begin) : begin[0] === 0x1f && begin[1] === 0x8b;
  return known ? { header, voxels: named("img") } : undefined;
}

/** Of a list the volumes, each once, also where both files of a pair are named; and all else, which is one study. */
export async function withoutVolumes(
  inputs: readonly PathOrBytes[],
): Promise<{ volumes: PathOrBytes[]; rest: PathOrBytes[]; volumesFirst: boolean }> {
  const volumes: PathOrBytes[] = [];
  const rest: PathOrBytes[] = [];
  const pairs = new Set<string>();
  for (const input of inputs) {
    const header = typeof input === "string" ? (await pairOf(input))?.header : undefined;
    if (header !== undefined && pairs.has(path.resolve(header))) continue;
    if (header !== undefined) pairs.add(path.resolve(header));
    const isVolume = header !== undefined || (await niftiSource(input));
    (isVolume ? volumes : rest).push(input);
  }
  return { volumes, rest, volumesFirst: volumes.length > 0 && volumes[0] === inputs[0] };
}

export function niftiFacts({ grid, modality }: NiftiResult): DicomFacts {
  return {
    modality,
    rows: grid.rows,
    columns: grid.columns,
    frames: grid.slices,
    spacing: grid.spacing,
    spacingSource: "pixel",
    sliceThickness: grid.thickness,
    transferSyntax: "NIfTI",
    lossy: false,
    burnedIn: "not stated",
    secondaryCapture: false,
    localizer: false,
    derived: false,
  };
}

export async function runNifti(
  input: string | Uint8Array,
  work: Work,
  headerOnly: boolean,
): Promise<NiftiResult> {
  const pair = typeof input === "string" ? await pairOf(input) : undefined;
  const { limits, signal, options, show, pool } = work;
  const modality = options.modality ?? "auto";
  const job = {
    kind: "nifti",
    source: toSource(pair?.header ?? input),
    voxels: pair && toSource(pair.voxels),
    limits,
    modality,
    model: show.model,
    headerOnly,
  } as const;
  return pool.run<"nifti">(job, { timeout: limits.timeout, signal });
}

/** A NIfTI volume as the model sees one: axial slices (or the plane it was acquired in), at most 85. */
export async function niftiPictures(input: string | Uint8Array, work: Work): Promise<StudyPictures> {
  // A missing file should say so, and not that it is damaged.
  if (typeof input === "string") await firstBytes(input, 4);
  const result = await runNifti(input, work, false);
  const { grid, chosen, frames, modality, warnings } = result;
  const pictures = frames.map(({ data, rule, steps }) => ({
    width: grid.columns,
    height: grid.rows,
    data,
    origin: {
      format: "nifti",
      storedWidth: grid.columns,
      storedHeight: grid.rows,
      steps: [rule, `${grid.plane} slices`, ...steps],
    },
  }));
  const taken = chosen.length < grid.slices ? `${chosen.length} of ${grid.slices}` : `${grid.slices}`;
  return {
    kind: "volume",
    pictures,
    places: chosen.map((frame) => ({
      number: frame + 1,
      frame,
      spacing: grid.spacing,
      spacingSource: "pixel",
    })),
    parts: volumeParts(pictures),
    facts: niftiFacts(result),
    rule: frames[0]?.rule ?? "",
    took: `NIfTI ${modality}, ${taken} ${grid.plane} slices`,
    warnings,
  };
}
