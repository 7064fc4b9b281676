import { expect, test } from "vitest";
import { MedGemmaError } from "../../../../src/base/errors.js";
import { resolveLoadOptions } from "../../../../src/medgemma/load/load-options.js";
import { adviseOn } from "../../../../src/medgemma/load/prepare-load.js";
import { inspectModel } from "../../../../src/models/gguf/inspect.js";
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
