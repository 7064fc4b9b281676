import { expect, test } from "vitest";
import { resolveLoadOptions } from "../../../src/medgemma/load-options.js";

const endpoint = "http://127.0.0.1:8080";

test("without a model the phantom is loaded", () => {
  expect(resolveLoadOptions({}).files.model).toMatch(/phantom-f16\.gguf$/);
});

test("an endpoint takes what is about the connection", () => {
  const { signal } = new AbortController();
  expect(resolveLoadOptions({ endpoint, apiKey: "key", signal }).remote).toEqual({ endpoint, apiKey: "key" });
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
