import path from "node:path";
import { type Command, Option } from "commander";
import { writeOutput } from "../../base/files/write.js";
import { closeDecoders, formatInspection, inspectPath, toModelPictures } from "../../dicom/index.js";
import type { ModelVersion } from "../../dicom/show/rule-table.js";
import { checkFit, type Fit, fitImage } from "../../image/fit.js";
import type { RgbImage } from "../../image/rgb.js";
import { makeFolder } from "../../machine/folder.js";
import { checkOutputFolder } from "../files.js";
import type { Interrupt } from "../interrupt.js";
import { note, progress, speak, speakJson } from "../terminal.js";

const EXAMPLES = `
Examples:
  medgemma inspect study/                 what the folder holds, and which series would be taken
  medgemma inspect --png seen/ study/     also writes the pictures that the model would see
  medgemma inspect --json chest.dcm

Reads DICOM files, folders, DICOMDIR, NIfTI volumes and slides (DICOM, TIFF, SVS). Nothing that identifies a patient
is shown unless --identity asks for it.
`;

interface InspectFlags {
  png?: string;
  pictureFit?: Fit;
  modelVersion: ModelVersion;
  series?: string;
  identity?: boolean;
  json?: boolean;
}

export function addInspect(program: Command, interrupt: Interrupt): void {
  program
    .command("inspect")
    .description("show what a DICOM file, folder or slide is and how it will be read")
    .argument("<path>", "a file or a folder")
    .option("--png <folder>", "write what the model will see there, as PNG")
    .addOption(
      new Option("--model-version <version>", "CT windows differ between MedGemma's versions")
        .choices(["1.0", "1.5"])
        .default("1.5"),
    )
    .option(
      "--picture-fit <how>",
      "with --png: pad to a square as MedGemma was trained, or stretch, which leaves the picture as it is (default: pad)",
    )
    .option("--series <number>", "with --png: the series to take, as listed")
    .option("--identity", "also show names, ids, dates and descriptions")
    .option("--json", "one JSON document on stdout")
    .addHelpText("after", EXAMPLES)
    .action((input: string, flags: InspectFlags) => inspect(input, flags, interrupt));
}

async function inspect(input: string, flags: InspectFlags, { signal }: Interrupt): Promise<void> {
  const model = flags.modelVersion;
  checkFit(flags.pictureFit);
  if (flags.png !== undefined) await checkOutputFolder("--png", flags.png);
  try {
    const inspection = await inspectPath(input, { model, identity: flags.identity ?? false, signal });
    const written = flags.png === undefined ? [] : await writePictures(input, flags.png, flags, signal);
    if (flags.json) speakJson({ ...inspection, written });
    else {
      speak(`${formatInspection(inspection)}\n`);
      if (flags.png !== undefined) note(`${written.length} pictures written to ${flags.png}`);
    }
  } finally {
    await closeDecoders();
  }
}

async function writePictures(
  input: string,
  folder: string,
  { modelVersion, series, pictureFit = "pad" }: InspectFlags,
  signal: AbortSignal,
): Promise<string[]> {
  const study = await toModelPictures(input, {
    model: modelVersion,
    ...(series !== undefined && { series: Number(series) }),
    signal,
    onProgress: ({ done, total }) => progress("Reading", total > 0 ? done / total : 0),
  });
  await makeFolder(folder);
  const digits = String(study.pictures.length).length;
  const written: string[] = [];
  for (const [index, picture] of study.pictures.entries()) {
    const name = `${String(index + 1).padStart(digits, "0")}.png`;
    await writePng(await fitImage(picture, pictureFit, { signal }), path.join(folder, name));
    written.push(name);
  }
  return written;
}

async function writePng({ data, width, height }: RgbImage, file: string): Promise<void> {
  const { default: sharp } = await import("sharp");
  const png = sharp(data, { raw: { width, height, channels: 3 } }).png();
  await writeOutput(file, await png.toBuffer());
}
