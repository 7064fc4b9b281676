import { expect, test } from "vitest";
import { resolveLoadOptions } from "../../../../src/medgemma/load/load-options.js";

const endpoint = "http://127.0.0.1:8080";

test("without a model the phantom is loaded", () => {
  expect(resolveLoadOptions({}).files.model).toMatch(/phantom-f16\.gguf$/);
});

test("an endpoint takes what is about the connection", () => {
  const { signal } = new AbortController();
  const options = { endpoint, apiKey: "key", parallel: 4, endpointTimeout: 1000, signal };
  expect(resolveLoadOptions(options).remote).toEqual(options);
});

test.each([{ apiKey: "key" }, { endpointRetries: 2 }, { endpointModel: "m" }])(
  "without an endpoint its options are refused: %o",
  (lost) => {
    expect(() => resolveLoadOptions(lost)).toThrow(
      expect.objectContaining({ code: "bad_option", facts: { option: Object.keys(lost)[0] } }),
    );
  },
);

test.each([
  { endpoint: [] },
  { endpoint: ["http://a", "ftp://b"] },
  { endpointApi: "completions" as never },
  { endpointCapabilities: { images: 1 } as never },
  { endpointCapabilities: { telepathy: true } as never },
])("an endpoint is checked before anything is loaded: %o", (bad) => {
  expect(() => resolveLoadOptions({ endpoint, ...bad })).toThrow(
    expect.objectContaining({ code: "bad_option" }),
  );
});

test.each([
  { model: "m.gguf" },
  { threads: 2 },
  { gpu: "cuda" as const },
  { adapters: [{ file: "a.gguf" }] },
])("an endpoint refuses options of this machine: %o", (local) => {
  expect(() => resolveLoadOptions({ endpoint, ...local })).toThrow(
    expect.objectContaining({ code: "bad_option", facts: { option: Object.keys(local)[0] } }),
  );
});

test.each(["retries", "timeout"])("%s, which would not say of what, is no option", (name) => {
  expect(() => resolveLoadOptions({ endpoint, [name]: 1 })).toThrow(
    expect.objectContaining({ code: "bad_option", facts: expect.objectContaining({ option: name }) }),
  );
});

test("how long a step may take is a number of milliseconds, or 0 for ever", () => {
  expect(resolveLoadOptions({ stuckAfter: 0 }).engine.stuckAfter).toBe(0);
  expect(resolveLoadOptions({ stuckAfter: 60_000 }).engine.stuckAfter).toBe(60_000);
  for (const stuckAfter of [5, -1, 1e9, "60000" as never])
    expect(() => resolveLoadOptions({ stuckAfter })).toThrow(
      expect.objectContaining({ code: "bad_option", facts: { option: "stuckAfter" } }),
    );
});
