import { reading } from "../base/options.js";
import { table } from "../base/table.js";
import type { DicomFacts } from "./file/facts.js";
import type { InspectedSeries, Inspection } from "./inspect.js";

/** An inspection as text for a terminal: one block a series. Holds names and dates only when `identity` was asked for. */
export function formatInspection(inspection: Inspection): string {
  return reading("inspection", () => textOf(inspection));
}

function textOf(inspection: Inspection): string {
  const lines: string[] = [];
  for (const series of inspection.series) lines.push(...seriesLines(series, inspection), "");
  for (const [reason, count] of Object.entries(inspection.skipped))
    lines.push(`${count} files ${reason} left out`);
  for (const warning of inspection.warnings) lines.push(`warning: ${warning}`);
  if (inspection.series.length === 0) lines.push("No picture found.");
  return `${lines.join("\n").trimEnd()}\n`;
}

function seriesLines(series: InspectedSeries, { taken, kind }: Inspection): string[] {
  const { facts } = series;
  const mark = taken.includes(series.number) ? " (will be taken)" : "";
  const lines = [
    `series ${series.number} of study ${series.study}: ${facts.modality}, ${count(series.pictures, "picture")} in ${count(series.files, "file")}${mark}`,
    `  pixels      ${facts.columns} x ${facts.rows}${facts.frames > 1 ? `, ${facts.frames} frames` : ""}${pixelWords(facts)}`,
    `  stored as   ${facts.transferSyntax}${facts.lossy ? ", lossy" : ""}${kind === "dicom" ? "" : ` (${kind})`}`,
    `  shown by    ${series.rule}`,
  ];
  const patient = patientWords(facts);
  if (patient.length > 0) lines.push(`  facts       ${patient.join(", ")}`);
  if (facts.spacing) lines.push(`  spacing     ${spacingWords(facts)}`);
  for (const note of series.notes) lines.push(`  note        ${note}`);
  for (const warning of series.warnings) lines.push(`  warning     ${warning}`);
  for (const [name, value] of Object.entries(series.identity ?? {}))
    lines.push(`  ${name.padEnd(11)} ${printable(value)}`);
  return lines;
}

/** Identity is the file's text: control characters must not reach a terminal. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, " ");
}

function count(value: number, word: string): string {
  return `${value} ${word}${value === 1 ? "" : "s"}`;
}

function pixelWords({ photometric, bitsStored }: DicomFacts): string {
  return [photometric, bitsStored === undefined ? undefined : `${bitsStored} bits`]
    .filter((word) => word !== undefined)
    .map((word) => `, ${word}`)
    .join("");
}

const SIDES = table({ R: "right", L: "left", B: "both sides", U: "unpaired" });
const SEXES = table({ M: "male", F: "female", O: "other sex" });

function patientWords({ bodyPart, view, laterality, sex, ageYears, ageMonths }: DicomFacts): string[] {
  const side = SIDES[laterality ?? ""];
  const age = ageWords(ageYears, ageMonths);
  return [bodyPart, view, side, sex && SEXES[sex], age].filter((word) => word !== undefined);
}

function ageWords(years: number | undefined, months: number | undefined): string | undefined {
  if (months !== undefined) return count(months, "month");
  if (years === undefined) return undefined;
  return years >= 90 ? "90 years or more" : count(years, "year");
}

function spacingWords({ spacing, spacingSource, sliceThickness }: DicomFacts): string {
  const [row = 0, column = 0] = spacing ?? [];
  const thick = sliceThickness === undefined ? "" : `, slices of ${sliceThickness} mm`;
  const detector = spacingSource === "imager" ? " on the detector" : "";
  return `${round(row)} x ${round(column)} mm${detector}${thick}`;
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
