import { truncate, writeFile } from "node:fs/promises";

/** A GGUF that counts so many entries, and is as long as the shortest ones are, so that the counts may be true. */
export async function countingGguf(
  file: string,
  { tensors = 0, pairs = 0 }: { readonly tensors?: number; readonly pairs?: number },
): Promise<string> {
  const head = Buffer.alloc(24);
  head.write("GGUF\x03", "latin1");
  head.writeBigUInt64LE(BigInt(tensors), 8);
  head.writeBigUInt64LE(BigInt(pairs), 16);
  await writeFile(file, head);
  await truncate(file, head.length + 32 * tensors + 13 * pairs);
  return file;
}
