import { deserialize, serialize } from "node:v8";
import { allowGrouping } from "../file/allowances.js";
import type { GroupedFile, PackedSeries } from "./packed-series.js";
import { groupFiles } from "./studies.js";

export interface GroupJob {
  readonly kind: "group";
  /** Files one after another. */
  readonly packed: Uint8Array;
  /** Where each ends. */
  readonly ends: Uint32Array;
  /** The caller named them one by one: their order counts. */
  readonly listed: boolean;
}

export function packFile(file: GroupedFile): Uint8Array {
  return new Uint8Array(serialize(file));
}

export function runGroupJob({ packed, ends, listed }: GroupJob): PackedSeries[] {
  let from = 0;
  let slices = 0;
  const files = Array.from(ends, (end): GroupedFile => {
    // A copy, for memory that is shared cannot be read from.
    const file = deserialize(packed.slice(from, end)) as GroupedFile;
    from = end;
    slices += file.frames;
    return file;
  });
  allowGrouping(slices);
  return groupFiles(files, listed);
}
