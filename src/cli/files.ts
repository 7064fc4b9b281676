import { access, stat } from "node:fs/promises";
import path from "node:path";
import { MedGemmaError } from "../base/errors.js";
import { isHanded, STDIN } from "../base/files/descriptor.js";
import { fileLabel } from "../base/files/name.js";
import { readBytes } from "../base/files/read-bytes.js";
import { isBareBase64 } from "../image/base64.js";
import type { ImageInput } from "../image/input.js";
import { DEFAULT_LIMITS, tooManyBytes } from "../image/limits.js";

/** A file that a command line names: `-` is what comes on stdin. */
export function inputFile(file: string): string {
  return file === "-" ? STDIN : file;
}

/** Of a command that talks: the questions or answers come on stdin. @throws MedGemmaError `bad_option`. */
export function refuseStdin(option: string, file: string): void {
  if (inputFile(file) !== STDIN) return;
  throw new MedGemmaError("bad_option", "The conversation comes on stdin; nothing else can.", {
    facts: { option },
    remedy: "Pass the file by its name.",
  });
}

/**
 * Pictures that a command line names. What comes by a pipe (`-`, `<(zcat x.gz)`) is read here, for it can be read once.
 * @throws MedGemmaError `file_not_found`, `image_too_large`, before a model is loaded for nothing.
 */
export async function readPictureFiles(
  pictures: readonly string[],
  signal: AbortSignal,
): Promise<ImageInput[]> {
  const read: ImageInput[] = [];
  for (const picture of pictures.map(inputFile)) {
    if (isHanded(picture)) read.push(await readHandedPicture(picture, signal));
    else {
      await checkInput(picture);
      read.push(picture);
    }
  }
  return read;
}

async function readHandedPicture(picture: string, signal: AbortSignal): Promise<Uint8Array> {
  const { maxBytes } = DEFAULT_LIMITS;
  const tooLarge = (bytes: number) => tooManyBytes(bytes, maxBytes);
  const bytes = await readBytes(picture, { most: maxBytes, tooLarge, signal });
  if (bytes.length > 0) return bytes;
  throw new MedGemmaError("image_unreadable", "Nothing came on the input that was to be a picture.", {
    facts: { file: fileLabel(picture) },
    remedy: "Send one: medgemma ask - QUESTION < chest.png",
  });
}

/** @throws MedGemmaError `file_not_found`. A folder is one of DICOM files; addresses and base64 are the library's to read. */
async function checkInput(picture: string): Promise<void> {
  if (/^[a-z]{2,}:/i.test(picture) || isBareBase64(picture)) return;
  await access(picture).catch((error: NodeJS.ErrnoException) => {
    const file = fileLabel(picture);
    throw new MedGemmaError("file_not_found", `${file} cannot be read (${error.code}).`, {
      facts: { file, reason: error.code },
    });
  });
}

/**
 * Where a file will be written, asked before the work for it.
 * @throws MedGemmaError `bad_option`.
 */
export async function checkOutputFile(flag: string, file: string): Promise<void> {
  if (await isFolder(file)) throw cannotWrite(flag, file, "it is a folder");
  if (!(await isFolder(path.dirname(file)))) throw cannotWrite(flag, file, "its folder is not there");
}

/** The same for a folder, which is made when it is missing. */
export async function checkOutputFolder(flag: string, folder: string): Promise<void> {
  for (let place = path.resolve(folder); ; place = path.dirname(place)) {
    const there = await stat(place).catch(() => undefined);
    if (there?.isDirectory()) return;
    if (there) throw cannotWrite(flag, folder, "a file has that name");
    if (place === path.dirname(place)) return;
  }
}

async function isFolder(file: string): Promise<boolean> {
  return stat(file).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function cannotWrite(flag: string, file: string, why: string): MedGemmaError {
  const name = fileLabel(file);
  return new MedGemmaError("bad_option", `${name} cannot be written: ${why}.`, {
    facts: { option: flag, file: name },
    remedy: `Name another place with ${flag}.`,
  });
}
