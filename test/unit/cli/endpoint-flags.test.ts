import { Command } from "commander";
import { expect, test } from "vitest";
import { addModelFlags, type ModelFlags } from "../../../src/cli/flags.js";
import { toLoadOptions } from "../../../src/cli/load.js";
import { resolveLoadOptions } from "../../../src/medgemma/load/load-options.js";

const read = (...words: string[]) => {
  const command = addModelFlags(new Command()).parse(words, { from: "user" });
  return toLoadOptions(command.opts<ModelFlags>());
};

test("the flags of endpoints become the library's options", () => {
  const url = "http://127.0.0.1:8080";
  const words = ["--endpoint", url, "--endpoint-api", "chat", "--endpoint-model", "m", "--timeout", "1000"];
  const options = read(...words);
  expect(options).toEqual({
    endpoint: url,
    endpointApi: "chat",
    endpointModel: "m",
    endpointTimeout: 1000,
  });
  expect(resolveLoadOptions(options).remote).toEqual(options);
  expect(read("--endpoint", url, "--endpoint", `${url}/b`).endpoint).toEqual([url, `${url}/b`]);
});

test("another interface than chat is refused", () => {
  const options = read("--endpoint", "http://127.0.0.1:8080", "--endpoint-api", "completions");
  expect(() => resolveLoadOptions(options)).toThrow(
    expect.objectContaining({ code: "bad_option", facts: { option: "endpointApi" } }),
  );
});

test("the fit of pictures is of the load, with an endpoint too", () => {
  expect(read("--picture-fit", "stretch")).toEqual({ fit: "stretch" });
  const remote = read("--endpoint", "http://127.0.0.1:8080", "--picture-fit", "pad");
  expect(resolveLoadOptions(remote)).toMatchObject({ fit: "pad", remote: { endpoint: remote.endpoint } });
  expect(() => resolveLoadOptions(read("--picture-fit", "crop"))).toThrow(
    expect.objectContaining({ code: "bad_option", facts: { option: "fit" } }),
  );
});
