import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MedGemmaError } from "../../../src/base/errors.js";
import { inspectModel } from "../../../src/models/gguf/inspect.js";
import { GgufEdit } from "../../support/gguf-edit.js";
import { ODD_FILES } from "../../support/odd-models.js";
import { PHANTOM } from "../../support/phantom.js";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), "medgemma-odd-"));
});
afterAll(() => rm(dir, { recursive: true }));

/** @returns `refused: CODE`, `told` or `good`, and all words. */
async function inspect(kind: "model" | "projector", bytes: Buffer): Promise<[string, string]> {
  const file = path.join(dir, "phantom-odd.gguf");
  await writeFile(file, bytes);
  const files = { ...PHANTOM, [kind]: file };
  try {
    const { warnings } = await inspectModel(files.model, files.projector);
    return [warnings.length > 0 ? "told" : "good", warnings.join("\n")];
  } catch (error) {
    if (!MedGemmaError.isInstance(error)) throw error;
    return [`refused: ${error.code}`, `${error.message} ${error.remedy}`];
  }
}

test("a file that is only written anew is the same to the inspection", async () => {
  for (const kind of ["model", "projector"] as const)
    expect(await inspect(kind, new GgufEdit(PHANTOM[kind]).bytes())).toEqual(["good", ""]);
});

describe("a whole file that says something odd", () => {
  test.each(ODD_FILES.map((odd) => [`${odd.kind}: ${odd.how}`, odd] as const))("%s", async (_, odd) => {
    const file = new GgufEdit(PHANTOM[odd.kind]);
    odd.edit(file);
    const [found, words] = await inspect(odd.kind, file.bytes());
    expect(found.replace(/: .*/, ""), words).toBe(odd.right);
    if (odd.right !== "good") expect(words).toContain("phantom-odd.gguf");
    // To fetch it again would bring the same file.
    if (found === "refused: model_unsupported") expect(words).not.toMatch(/again/i);
  });
});

describe("a projector that sees otherwise", () => {
  const told = (edit: (file: GgufEdit) => void) => {
    const file = new GgufEdit(PHANTOM.projector);
    edit(file);
    return inspect("projector", file.bytes());
  };

  test("by its epsilon, its mean or its spread", async () => {
    const epsilon = "clip.vision.attention.layer_norm_epsilon";
    const [found, words] = await told((file) => file.set(epsilon, 6, 0.125));
    expect([found, words]).toEqual([
      "told",
      `phantom-odd.gguf has 0.125 for ${epsilon}, where Gemma 3 has 0.000001: pictures will be seen otherwise.`,
    ]);
    for (const key of ["image_mean", "image_std"])
      expect(await told((file) => file.setList(`clip.vision.${key}`, 6, [0.25, 0.25, 0.25]))).toEqual([
        "told",
        expect.stringContaining(`has 0.25 for clip.vision.${key}, where Gemma 3 has 0.5`),
      ]);
  });
});

/** The phantom's header, with the layers, context and words of a published model. */
function published(layers: number, change: (file: GgufEdit) => void): Buffer {
  const file = new GgufEdit(PHANTOM.model);
  for (const [name, tensor] of [...file.tensors])
    if (name.startsWith("blk.0."))
      for (let layer = 6; layer < layers; layer++)
        file.tensors.set(name.replace("blk.0.", `blk.${layer}.`), tensor);
  file.set("gemma3.block_count", 4, layers).set("gemma3.context_length", 4, 131_072);
  file.set("gemma3.attention.sliding_window", 4, 1024).set("gemma3.rope.scaling.factor", 6, 8);
  change(file);
  return file.bytes();
}

describe("what a published size has, and a file lacks", () => {
  test.each([34, 48, 62])("%i layers: the factor of positions", async (layers) => {
    expect(
      await inspect(
        "model",
        published(layers, () => undefined),
      ),
    ).toEqual(["good", ""]);
    const lacking = published(layers, (file) => file.delete("gemma3.rope.scaling.factor"));
    expect(await inspect("model", lacking)).toEqual([
      "told",
      expect.stringContaining(`lacks gemma3.rope.scaling.factor, where a Gemma 3 of ${layers} layers has 8`),
    ]);
    const none = published(layers, (file) => file.set("gemma3.rope.scaling.type", 8, "none"));
    expect((await inspect("model", none))[0]).toBe("told");
    const old = published(layers, (file) =>
      file.delete("gemma3.rope.scaling.factor").set("gemma3.rope.scale_linear", 6, 8),
    );
    expect((await inspect("model", old))[0]).toBe("good");
  });

  test("34 layers: the window", async () => {
    const narrow = published(34, (file) => file.set("gemma3.attention.sliding_window", 4, 512));
    expect(await inspect("model", narrow)).toEqual([
      "told",
      expect.stringContaining("sliding window of 512"),
    ]);
  });
});
