import { defineConfig } from "vitest/config";

// Far above what anything takes on a machine that does other work too: only what never ends runs into a limit.
const limits = { testTimeout: 600_000, hookTimeout: 600_000 };

// unit: no addon, parallel. native and parity: one process at a time, for each holds a model and both cores.
const serial = {
  pool: "forks" as const,
  maxWorkers: 1,
  fileParallelism: false,
  ...limits,
};

// The comparisons with Debian's DICOM tools and with Google's pictures run where sets of files are named: in CI.
const oracles = process.env.MEDGEMMA_DICOM_SETS ? [] : ["test/native/dicom/*.test.ts"];
// So does the comparison with a llama-server.
const servers = process.env.MEDGEMMA_LLAMA_SERVER ? [] : ["test/native/remote-llama-server.test.ts"];

// The recipes of docs/frameworks.md and docs/bundlers.md install what they name.
const frameworks = process.env.MEDGEMMA_FRAMEWORKS ? [] : ["test/native/frameworks/*.test.ts"];

// And the parity suite on Vulkan: MEDGEMMA_VULKAN is the number of the device, as GGML_VK_VISIBLE_DEVICES counts them.
const device = process.env.MEDGEMMA_VULKAN;
const vulkan = {
  name: "vulkan",
  include: ["test/vulkan/**/*.test.ts", "test/parity/{answers,pictures,pictures-matter}.test.ts"],
  ...serial,
  // Software's Vulkan answers all goldens in minutes.
  hookTimeout: 1_200_000,
  testTimeout: 600_000,
  env: { MEDGEMMA_TEST_GPU: "vulkan", GGML_VK_VISIBLE_DEVICES: device ?? "", GGML_VK_DISABLE_F16: "1" },
};

export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"], ...limits } },
      {
        test: {
          name: "native",
          include: ["test/native/**/*.test.ts"],
          exclude: [...oracles, ...servers, ...frameworks],
          ...serial,
        },
      },
      { test: { name: "parity", include: ["test/parity/**/*.test.ts"], ...serial } },
      ...(device === undefined ? [] : [{ test: vulkan }]),
    ],
  },
});
