import { picturePath, truth as records } from "./phantom.js";

/** A drawn radiograph and what was drawn in it. */
export interface Case {
  readonly file: string;
  readonly path: string;
  readonly present: Readonly<Record<Finding, boolean>>;
  readonly effusion_side: "left" | "right" | "both" | null;
  readonly boxes: readonly {
    readonly box_2d: readonly [number, number, number, number];
    readonly label: string;
  }[];
  readonly nodule: readonly [side: string, zone: string] | null;
  readonly opacity: readonly [side: string, zone: string] | null;
}

export const FINDINGS = ["cardiomegaly", "pleural effusion", "nodule", "opacity", "pacemaker"] as const;
export type Finding = (typeof FINDINGS)[number];

export const cases: readonly Case[] = (records as unknown as Omit<Case, "path">[]).map((record) => ({
  ...record,
  path: picturePath(record.file),
}));

export const JUNK = ["junk-000.png", "junk-004.png", "junk-008.png", "junk-012.png"].map(picturePath);

/** Share of true things. */
export function shareOf(values: readonly boolean[]): number {
  return values.filter(Boolean).length / values.length;
}
