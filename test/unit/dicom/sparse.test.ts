import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { closeDecoders, readDicom, toModelPictures } from "../../../src/dicom/index.js";

const folder = mkdtempSync(path.join(tmpdir(), "medgemma-sparse-"));
afterAll(async () => {
  await closeDecoders();
  rmSync(folder, { recursive: true });
});

/** A file that says it is DICOM, and is so long without taking room on the disk. */
function sparse(bytes: number): string {
  const file = path.join(folder, `${bytes}.dcm`);
  const descriptor = openSync(file, "w");
  ftruncateSync(descriptor, bytes);
  writeSync(descriptor, "DICM", 128);
  closeSync(descriptor);
  return file;
}

it.each([
  ["longer than a file may be", 5_000_000_000, "bytes"],
  ["of a gigabyte without a picture", 1_200_000_000, "bytes before its pixel data"],
])("a file %s is refused before it is read whole", async (_, bytes, what) => {
  const file = sparse(bytes);
  const refusal = { code: "image_too_large", facts: { what } };
  await expect(toModelPictures(file)).rejects.toMatchObject(refusal);
  if (what === "bytes") await expect(readDicom(file)).rejects.toMatchObject(refusal);
});
