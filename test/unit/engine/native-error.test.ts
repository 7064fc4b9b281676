import { expect, test } from "vitest";
import { fromNative } from "../../../src/engine/native/addon.js";

test("llama.cpp's words name a file without its folder", () => {
  const file = "/data/Meier $& Anna/model.gguf";
  const native = Object.assign(new Error(`llama.cpp could not load the model: failed to load '${file}'`), {
    code: "model_load_failed",
  });
  const error = fromNative(native, [file]);
  expect(error).toMatchObject({
    code: "model_load_failed",
    message: expect.stringContaining("'model.gguf'"),
  });
  expect(`${error.message} ${error.cause} ${error.stack}`).not.toContain("Meier");
});
