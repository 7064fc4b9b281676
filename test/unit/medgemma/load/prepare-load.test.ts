import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MedGemmaError } from "../../../../src/base/errors.js";
import { packageRoot } from "../../../../src/base/package.js";
import { resolveLoadOptions } from "../../../../src/medgemma/load/load-options.js";
import { adviseOn, prepareLoad } from "../../../../src/medgemma/load/prepare-load.js";
import { inspectModel } from "../../../../src/models/gguf/inspect.js";
import { countingGguf } from "../../../support/counting-gguf.js";
import { PHANTOM } from "../../../support/phantom.js";

const facts = await inspectModel(PHANTOM.model, PHANTOM.projector);
const { engine: options } = resolveLoadOptions({ ...PHANTOM, contextSize: 1 << 20 });
const refused = (required: number, available: number, gpuMemoryFree: number[]) =>
  new MedGemmaError("not_enough_memory", undefined, {
    facts: {
      required,
      available,
      gpus: gpuMemoryFree.map((_, index) => `Vulkan${index}`),
      gpuTypes: gpuMemoryFree.map(() => "gpu"),
      gpuMemoryFree,
    },
  });

test("the engine's refusal beside a small GPU becomes one with what would fit there", () => {
  const advise = () => adviseOn(refused(2 ** 32, 2 ** 28, [2 ** 24]), facts, options);
  expect(advise).toThrow(/This would fit: contextSize \d+/);
  expect(advise).toThrow(expect.objectContaining({ code: "not_enough_memory" }));
});

test("other errors, and a refusal that the plan does not see, are left to the caller", () => {
  expect(() => adviseOn(new MedGemmaError("gguf_invalid"), facts, options)).not.toThrow();
  expect(() => adviseOn(refused(1, 2 ** 40, []), facts, options)).not.toThrow();
});

describe("an adapter's header is read before llama.cpp sees it", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "medgemma-prepare-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const fitting = path.join(packageRoot, "test/fixtures/lora/phantom-brief-lora-f16.gguf");
  const prepare = (...files: string[]) => {
    const adapters = files.map((file, index) => ({ file, name: `${index}` }));
    const resolved = resolveLoadOptions({ ...PHANTOM, adapters });
    return prepareLoad(PHANTOM.model, PHANTOM.projector, resolved.engine);
  };

  test("and accepted where it is one", async () => {
    await expect(prepare(fitting)).resolves.toMatchObject({ modelParts: [] });
  });

  test.each([
    ["keys", { pairs: 500_000 }],
    ["tensors", { tensors: 500_000 }],
  ])("and refused with half a million %s, beside one that fits too", async (name, counts) => {
    const file = await countingGguf(path.join(folder, `${name}.gguf`), counts);
    const refusal = { code: "gguf_invalid", facts: { file: `${name}.gguf` } };
    await expect(prepare(file)).rejects.toMatchObject(refusal);
    await expect(prepare(fitting, file)).rejects.toMatchObject(refusal);
  });

  test("and refused where it is missing, no GGUF, or cut off", async () => {
    await expect(prepare(path.join(folder, "none"))).rejects.toMatchObject({ code: "file_not_found" });
    const text = path.join(folder, "text.gguf");
    await writeFile(text, "no adapter");
    await expect(prepare(text)).rejects.toMatchObject({ code: "not_gguf" });
    const cut = await countingGguf(path.join(folder, "cut.gguf"), { tensors: 1000 });
    await truncate(cut, 1000);
    await expect(prepare(cut)).rejects.toMatchObject({ code: "gguf_truncated" });
  });
});
