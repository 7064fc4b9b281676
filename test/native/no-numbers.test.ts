import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { readGguf } from "../../src/models/gguf/gguf.js";
import { answerText, rejection } from "../support/ask.js";
import { greyPicture, loadPhantom, PHANTOM } from "../support/phantom.js";

const folder = mkdtempSync(path.join(os.tmpdir(), "medgemma-no-numbers-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A copy whose tensor holds one value that is no number: half precision's NaN or infinity. */
async function spoiled(file: string, tensor: string, half: number): Promise<string> {
  const { tensors } = await readGguf(file);
  const found = tensors.get(tensor);
  if (!found) throw new Error(`No tensor ${tensor}.`);
  const bytes = readFileSync(file);
  bytes.writeUInt16LE(half, found.offset + 2 * 100);
  const copy = path.join(folder, `${tensor}-${half}.gguf`);
  writeFileSync(copy, bytes);
  return copy;
}

test.each([
  ["NaN", 0x7e00],
  ["infinity", 0x7c00],
])("%s in the model's weights is an error, no answer", async (_name, half) => {
  for (const tensor of ["blk.2.ffn_down.weight", "token_embd.weight"]) {
    const engine = await loadPhantom({ model: await spoiled(PHANTOM.model, tensor, half) });
    const parts = [{ type: "text", text: "<bos>Is there a nodule?", special: true }] as const;
    const failures = [
      rejection(answerText(engine, "Is there a nodule?", { maxTokens: 4 })),
      rejection(answerText(engine, "Is there a nodule?", { maxTokens: 4, temperature: 1 })),
      rejection(engine.score(parts, ["Yes, there is", "No"])),
    ];
    for (const error of await Promise.all(failures)) {
      expect([error.code, error.message]).toEqual(["decode_failed", expect.stringContaining("is no number")]);
    }
    await engine.dispose();
  }
});

test("NaN in the projector's weights is an error, no embedding", async () => {
  const projector = await spoiled(PHANTOM.projector, "mm.input_projection.weight", 0x7e00);
  const engine = await loadPhantom({ projector });
  const error = await rejection(engine.encode(greyPicture));
  expect([error.code, error.message]).toEqual(["encode_failed", expect.stringContaining("is no number")]);
  await engine.dispose();
});
