import type { StudyInput } from "./collect.js";
import type { DicomFacts } from "./facts.js";
import { looksLikeNifti, type NiftiResult } from "./nifti.js";
import { firstBytes, toSource } from "./read.js";
import { type StudyPictures, volumeParts } from "./study-pictures.js";
import type { Work } from "./to-pictures.js";

/** True when the input is one NIfTI file or its bytes. Gzip counts by name only: much else is gzip. */
export async function niftiSource(input: StudyInput): Promise<boolean> {
  if (typeof input !== "string") return input instanceof Uint8Array && looksLikeNifti(input);
  if (/\.nii(\.gz)?$/i.test(input)) return true;
  return false;
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

export function runNifti(input: string | Uint8Array, work: Work, headerOnly: boolean): Promise<NiftiResult> {
  const { limits, signal, options, show, pool } = work;
  const modality = options.modality ?? "auto";
  const job = {
    kind: "nifti",
    source: toSource(input),
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
