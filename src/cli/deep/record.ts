import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { writeBeside } from "../../base/files/beside.js";
import { PACKAGE_VERSION } from "../../base/package.js";
import { resolveSettings } from "../../models/catalogue/settings.js";
import type { Check } from "../self-test.js";

/** A check, and the number that it found. */
export interface DeepCheck extends Check {
  readonly value?: number | undefined;
}

/** What the checks found of a pair of files. No prompt of anybody's is in it. */
export interface DeepRecord {
  readonly date: string;
  readonly version: string;
  readonly model: string;
  readonly sha256: string;
  readonly projectorSha256?: string | undefined;
  readonly checks: readonly DeepCheck[];
}

/** In the models folder, by the files' hashes: what is found of a file holds wherever the file lies. */
export function recordPath(sha256: string, projector: string | undefined): string {
  const name = [sha256, projector]
    .map((hash) => hash?.slice(0, 32))
    .filter(Boolean)
    .join("-");
  return path.join(resolveSettings().folder, ".deep", `${name}.json`);
}

export async function readRecord(file: string): Promise<DeepRecord | undefined> {
  try {
    const found = JSON.parse(await readFile(file, "utf8")) as DeepRecord;
    return Array.isArray(found.checks) ? found : undefined;
  } catch {
    return undefined;
  }
}

/** Readable by the user only. @returns whether it could be kept. */
export async function keepRecord(
  file: string,
  record: Omit<DeepRecord, "date" | "version">,
): Promise<boolean> {
  const whole: DeepRecord = {
    date: new Date().toISOString().slice(0, 10),
    version: PACKAGE_VERSION,
    ...record,
  };
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await writeBeside(file, `${JSON.stringify(whole, null, 2)}\n`, { mode: 0o600 });
    return true;
  } catch {
    return false;
  }
}
