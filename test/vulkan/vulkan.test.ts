import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { ProcessEngine } from "../../src/engine/process/process-engine.js";
import { MedGemma } from "../../src/medgemma/medgemma.js";
import { answer } from "../support/ask.js";
import {
  cosine,
  goldens,
  kinds,
  messagesOf,
  PHANTOM,
  picture,
  readNpy,
  THREADS,
} from "../support/phantom.js";

// The child process on Mesa's lavapipe, Vulkan computed by the CPU, which ggml takes when its number is named
// (vitest.config.ts). Single precision, as for the parity tests: lavapipe compiles the kernels of half precision, which a
// real GPU takes, in ten minutes. MEDGEMMA_VULKAN_HALF=1 takes those.
const env = process.env.MEDGEMMA_VULKAN_HALF ? { GGML_VK_DISABLE_F16: undefined } : {};

let engine: ProcessEngine;
beforeAll(async () => {
  engine = await ProcessEngine.load({
    ...PHANTOM,
    threads: THREADS,
    gpu: "vulkan",
    env,
    contextSize: 2048,
    parallel: 1,
  });
});
afterAll(() => engine?.dispose());

describe("on Vulkan", () => {
  test("the device is there, and the projector is on it", () => {
    expect(engine.info.devices.map(({ type }) => type)).toContain("gpu");
    expect(engine.info.projector?.encoder).toBe("mtmd");
    expect(engine.info.placement).toEqual({ gpuLayers: 7, layers: 7, projector: "gpu", gpus: ["Vulkan0"] });
  });

  test("a picture's embedding is the reference's", async () => {
    const { values, shape } = readNpy("embeddings.npy");
    const [, tokens = 0, width = 0] = shape;
    const embedding = await engine.encode(await picture("000.png"));
    for (let token = 0; token < tokens; token++) {
      const [from, to] = [token * width, (token + 1) * width];
      expect(cosine(embedding.values.subarray(from, to), values.subarray(from, to))).toBeGreaterThan(0.9995);
    }
  });

  test.each(kinds)("%s is answered as the reference answers it", async (kind) => {
    const golden = goldens.find((it) => it.kind === kind);
    if (!golden) throw new Error(`no ${kind}`);
    expect((await answer(engine, await messagesOf(golden))).text).toBe(golden.answer);
  });
});

test("without a device asked for by name there is gpu_unavailable; auto stays on the CPU", async () => {
  const options = { ...PHANTOM, threads: THREADS, env: { GGML_VK_VISIBLE_DEVICES: undefined } };
  await expect(ProcessEngine.load({ ...options, gpu: "cuda" })).rejects.toMatchObject({
    code: "gpu_unavailable",
  });
  const auto = await ProcessEngine.load(options);
  expect(auto.info.devices.map(({ type }) => type)).toEqual(["cpu"]);
  await auto.dispose();
});

test("a model loaded with a plan goes there whole, and asks for little of the machine's own memory", async () => {
  await using model = await MedGemma.load({ ...PHANTOM, threads: THREADS, gpu: "vulkan" });
  expect(model.info.placement).toMatchObject({ gpuLayers: 7, projector: "gpu", gpus: ["Vulkan0"] });
  const placements = [
    { gpuLayers: 7, projectorOnGpu: true, spread: 0, projector: 0, graph: 0, host: 2 ** 50 },
  ];
  const refused = ProcessEngine.load({ ...PHANTOM, threads: THREADS, gpu: "vulkan", env, placements });
  await expect(refused).rejects.toMatchObject({
    code: "not_enough_memory",
    facts: { required: 2 ** 50, gpus: ["Vulkan0"], gpuTypes: ["gpu"], gpuMemoryFree: [expect.any(Number)] },
  });
});

test("what the GPU has no room for stays on the CPU, and the answers are the same", async () => {
  const nothing = { spread: 0, projector: 0, graph: 0, host: 0 };
  const placements = [
    { gpuLayers: 100, projectorOnGpu: true, ...nothing, spread: 2 ** 60 },
    { gpuLayers: 2, projectorOnGpu: false, ...nothing },
    { gpuLayers: 0, projectorOnGpu: false, ...nothing },
  ];
  const options = { ...PHANTOM, threads: THREADS, gpu: "vulkan", env, placements } as const;
  const shared = await ProcessEngine.load(options);
  onTestFinished(() => shared.dispose());
  expect(shared.info.projector?.encoder).toMatch(/^siglip/);
  expect(shared.info.placement).toEqual({ gpuLayers: 2, layers: 7, projector: "cpu", gpus: ["Vulkan0"] });
  const golden = goldens.find(({ kind }) => kind === "boxes");
  if (!golden) throw new Error("no boxes");
  expect((await answer(shared, await messagesOf(golden))).text).toBe(golden.answer);
});
