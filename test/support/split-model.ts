import { writeFile } from "node:fs/promises";
import { VALUE } from "../../src/models/gguf/types.js";
import { GgufEdit } from "./gguf-edit.js";

/** Writes a model as `count` files, as llama.cpp's gguf-split does. */
export async function splitInto(count: number, file: string, prefix: string): Promise<string[]> {
  const whole = new GgufEdit(file);
  const names = [...whole.tensors.keys()];
  const each = Math.ceil(names.length / count);
  const pad = (n: number) => String(n).padStart(5, "0");
  const paths: string[] = [];
  for (let index = 0; index < count; index++) {
    const part = new GgufEdit(file);
    if (index > 0) part.values.clear();
    part.set("split.no", VALUE.u16, index).set("split.count", VALUE.u16, count);
    part.set("split.tensors.count", VALUE.i32, names.length);
    const target = `${prefix}-${pad(index + 1)}-of-${pad(count)}.gguf`;
    await writeFile(target, part.bytes(names.slice(index * each, (index + 1) * each)));
    paths.push(target);
  }
  return paths;
}
