import { access } from "node:fs/promises";
import path from "node:path";
import { MedGemmaError } from "../../base/errors.js";
import { fileLabel } from "../../base/files/name.js";
import { type GgufHeader, type GgufTensor, readGguf } from "./gguf.js";
import { VALUE } from "./types.js";

/** `NAME-00001-of-00003.gguf`: the names by which llama.cpp finds the other parts. */
const NAME = /^(.*)-(\d{5})-of-(\d{5})\.gguf$/;

/** A model's header, of all its files together, and the paths of the others than the one that was named. */
export interface ModelParts {
  readonly header: GgufHeader;
  readonly parts: readonly string[];
}

/**
 * Reads a model's header, and those of its further files where it is in several: as llama.cpp does, the first is
 * named, the others lie beside it and hold tensors only.
 * @throws MedGemmaError as `readGguf`, and `model_in_parts`, `gguf_invalid`.
 */
export async function readParts(file: string): Promise<ModelParts> {
  const first = await readGguf(file);
  const count = numberOf(first, "split.count") ?? 1;
  if (count <= 1) return { header: first, parts: [] };
  const all = pathsOf(file, count, numberOf(first, "split.no"));
  const parts = all.slice(1);
  const missing = await missingOf(parts);
  if (missing.length > 0)
    throw failed(
      file,
      `${fileLabel(file)} is one of ${count} files of a model, and there is no ${missing.join(", no ")} beside it`,
    );
  const tensors = new Map(first.tensors);
  let bytes = first.bytes;
  for (const [index, part] of parts.entries()) {
    const header = await readGguf(part);
    if (numberOf(header, "split.no") !== index + 1 || (numberOf(header, "split.count") ?? count) !== count)
      throw failed(part, `${fileLabel(part)} is not the part that its name says`);
    addTensors(tensors, header);
    bytes += header.bytes;
  }
  const stated = first.values.get("split.tensors.count")?.value;
  if (stated !== tensors.size)
    throw new MedGemmaError(
      "gguf_invalid",
      `The files of ${first.file} hold ${tensors.size} tensors, not the ${stated} that it states.`,
      {
        facts: { file: first.file },
      },
    );
  return { header: { ...first, bytes, tensors }, parts };
}

/** u16, or llama.cpp refuses it in the first file and aborts in the others. */
function numberOf({ values, file }: GgufHeader, key: string): number | undefined {
  const given = values.get(key);
  if (given === undefined) return undefined;
  if (given.type === VALUE.u16) return Number(given.value);
  throw new MedGemmaError("gguf_invalid", `The header of ${file} has a value of the wrong kind at ${key}.`, {
    facts: { file },
  });
}

function pathsOf(file: string, count: number, number: number | undefined): string[] {
  const name = fileLabel(file);
  const [, prefix, shownNumber, shownCount] = NAME.exec(path.basename(file)) ?? [];
  const numbered = (index: number) =>
    `${prefix}-${String(index + 1).padStart(5, "0")}-of-${String(count).padStart(5, "0")}.gguf`;
  if (number === undefined)
    throw new MedGemmaError("gguf_invalid", `The header of ${name} lacks split.no.`, {
      facts: { file: name },
    });
  if (number !== 0) {
    const first = prefix === undefined ? "the first" : fileLabel(numbered(0));
    throw failed(file, `${name} is part ${number + 1} of ${count} of a model: name ${first}`);
  }
  if (prefix === undefined || Number(shownNumber) !== 1 || Number(shownCount) !== count)
    throw failed(
      file,
      `${name} is part 1 of ${count} of a model, and the others are found by names of the form NAME-00001-of-${String(count).padStart(5, "0")}.gguf`,
    );
  return Array.from({ length: count }, (_, index) => path.join(path.dirname(file), numbered(index)));
}

async function missingOf(parts: readonly string[]): Promise<string[]> {
  const gone = await Promise.all(
    parts.map((part) =>
      access(part).then(
        () => [],
        () => [fileLabel(part)],
      ),
    ),
  );
  return gone.flat();
}

function addTensors(tensors: Map<string, GgufTensor>, { tensors: more, file }: GgufHeader): void {
  for (const [name, tensor] of more) {
    if (tensors.has(name))
      throw new MedGemmaError("gguf_invalid", `${file} holds a tensor that another part holds too.`, {
        facts: { file },
      });
    tensors.set(name, tensor);
  }
}

function failed(file: string, what: string): MedGemmaError {
  return new MedGemmaError("model_in_parts", `${what}.`, { facts: { file: fileLabel(file) } });
}
