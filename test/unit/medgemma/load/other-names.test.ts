import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { findLocalModel, findModel } from "../../../../src/medgemma/load/find-model.js";
import { resolveLoadOptions } from "../../../../src/medgemma/load/load-options.js";

test.each([
  ["mmproj", "projector"],
  ["modelPath", "model"],
  ["n_ctx", "contextSize"],
  ["num_ctx", "contextSize"],
  ["ngl", "gpuLayers"],
  ["n_gpu_layers", "gpuLayers"],
  ["baseURL", "endpoint"],
])("the option %s of another program is answered with %s", (name, own) => {
  expect(() => resolveLoadOptions({ [name]: "x" })).toThrow(
    expect.objectContaining({
      code: "bad_option",
      message: expect.stringContaining(`It is called ${own} here.`),
      facts: { option: name, near: own },
    }),
  );
});

test("a file: address is a model's path", async () => {
  const model = path.resolve("models/a b%.gguf");
  const projector = path.resolve("models/mmproj ü.gguf");
  const named = { model: pathToFileURL(model).href, projector: pathToFileURL(projector).href };
  expect(await findLocalModel(named.model, named.projector)).toEqual({ model, projector });
  const files = { ...named, acceptLicense: undefined, onDownload: undefined };
  expect(await findModel(files, undefined)).toEqual({ model, projector });
  await expect(findLocalModel("file://elsewhere/model.gguf")).rejects.toMatchObject({ code: "bad_option" });
});

test.each([
  "https://example.com/model.gguf",
  "https://ollama.com/library/medgemma",
  "s3://bucket/model.gguf",
])("%s is no path of a file that is missing", async (model) => {
  const refused = { code: "model_unknown", remedy: expect.stringContaining("MEDGEMMA_HUB") };
  await expect(findLocalModel(model)).rejects.toMatchObject(refused);
});

test("a repository that nobody here knows is answered with the form that names its file", async () => {
  await expect(findLocalModel("google/medgemma-4b-it")).rejects.toMatchObject({
    code: "file_not_found",
    remedy: expect.stringContaining("hf:google/medgemma-4b-it/FILE.gguf"),
  });
});
