import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { readCatalogue } from "../../../src/models/catalogue/catalogue.js";
import { isHubAddress, parseHubAddress, understandName } from "../../../src/models/catalogue/hub-address.js";
import { removeModel } from "../../../src/models/manage.js";
import { pullModel } from "../../../src/models/pull.js";
import { noise, sha256, startHub } from "./hub.js";

const top = mkdtempSync(path.join(os.tmpdir(), "medgemma-address-"));
afterAll(() => rmSync(top, { recursive: true, force: true }));
const hub = await startHub();
const A = noise(50_000, 3);
// Of which no hash is known: it must be a whole GGUF file.
const P = readFileSync("test/fixtures/lora/phantom-brief-lora-f16.gguf");
const cdn = "/cdn/a";
hub.serve(cdn, A);
hub.serve("/lab/x/resolve/refs/pr/1/q/mm.gguf", P);

let count = 0;
let settings = { hub: hub.url, folder: "" };
beforeEach(() => {
  settings = { hub: hub.url, folder: path.join(top, `models-${++count}`) };
  hub.requests.length = 0;
});

/** The hub names a hash and sends the client elsewhere, as Hugging Face does. */
function redirect(hash: string): void {
  hub.script("/lab/x/resolve/main/a.gguf", (_request, response) => {
    response.writeHead(302, { location: hub.url + cdn, "x-linked-etag": `"${hash}"` }).end();
  });
}
const record = (file: string) => JSON.parse(readFileSync(`${file}.json`, "utf8"));

describe("addresses", () => {
  test.each([
    ["hf:lab/x/a.gguf", { repository: "lab/x", file: "a.gguf" }],
    ["hf://lab/x/a.gguf", { repository: "lab/x", file: "a.gguf" }],
    ["HF:lab/x/q/a.gguf@v1", { repository: "lab/x", file: "q/a.gguf", revision: "v1" }],
    ["huggingface:lab/x/a.gguf#refs/pr/1", { repository: "lab/x", file: "a.gguf", revision: "refs/pr/1" }],
    [
      "https://huggingface.co/lab/x/resolve/main/a.gguf?download=true",
      { repository: "lab/x", file: "a.gguf" },
    ],
    [
      "https://huggingface.co/lab/x/blob/v1/q/a%2Db.gguf",
      { repository: "lab/x", file: "q/a-b.gguf", revision: "v1" },
    ],
    ["hf.co/lab/x/resolve/main/a.gguf", { repository: "lab/x", file: "a.gguf" }],
  ])("%s", (text, expected) => {
    expect(isHubAddress(text)).toBe(true);
    expect(parseHubAddress("name", text)).toEqual(expected);
  });

  test.each([
    "hf:lab/x:Q4_K_M",
    "hf:lab/a.gguf",
    "hf:lab/x/a.safetensors",
    "hf:../x/a.gguf",
    "hf:lab/x/../../a.gguf",
    "hf:lab/x/b\\..\\a.gguf",
    "hf:lab/x/a.gguf@../../b",
    "hf:lab/x/a.gguf@",
    "hf:lab/x//a.gguf",
    "https://huggingface.co/lab/x/resolve/main/..%2F..%2Fa.gguf",
    "https://huggingface.co/lab/x",
    "https://huggingface.co/",
  ])("%s is refused", (text) => {
    expect(() => parseHubAddress("name", text)).toThrow(expect.objectContaining({ code: "bad_option" }));
  });
});

describe("names that other programs take", async () => {
  const catalogue = await readCatalogue();
  test.each([
    ["unsloth/medgemma-1.5-4b-it-GGUF:Q4_K_M", "medgemma-1.5-4b-it"],
    ["unsloth/medgemma-1.5-4b-it-GGUF:q8_0", "medgemma-1.5-4b-it:Q8_0"],
    ["hf.co/unsloth/medgemma-1.5-4b-it-GGUF", "medgemma-1.5-4b-it"],
    ["hf.co/unsloth/medgemma-1.5-4b-it-GGUF:latest", "medgemma-1.5-4b-it"],
    ["https://huggingface.co/unsloth/medgemma-4b-it-GGUF/tree/main", "medgemma-4b-it"],
    ["hf:unsloth/medgemma-4b-it-GGUF:Q4_K_M", "medgemma-4b-it"],
    ["UNSLOTH/medgemma-4b-it-gguf", "medgemma-4b-it"],
    ["medgemma-4b-it:Q4_K_M", "medgemma-4b-it:Q4_K_M"],
    ["hf:lab/x/a.gguf", "hf:lab/x/a.gguf"],
    ["some/folder", "some/folder"],
    ["./models/a.gguf", "./models/a.gguf"],
    ["C:\\models\\a.gguf", "C:\\models\\a.gguf"],
    ["models/a.gguf", "models/a.gguf"],
  ])("%s is %s", (text, name) => {
    expect(understandName(catalogue, text)).toBe(name);
  });

  test.each([
    "lab/x-GGUF:Q4_K_M",
    "hf:lab/x:Q4_K_M",
    "https://huggingface.co/lab/x",
    "unsloth/medgemma-4b-it-GGUF:IQ1_S",
  ])("%s is answered with the form that names a file", (text) => {
    const repository = /(?:lab|unsloth)\/[\w.-]+/.exec(text)?.[0];
    expect(() => understandName(catalogue, text)).toThrow(
      expect.objectContaining({
        code: "model_unknown",
        remedy: expect.stringContaining(`hf:${repository}/FILE.gguf`),
      }),
    );
  });
});

test("model and projector come by address, and are not asked for again", async () => {
  redirect(sha256(A));
  const projector = "hf:lab/x/q/mm.gguf@refs/pr/1";
  const pulled = await pullModel("hf:lab/x/a.gguf", { ...settings, projector });
  expect(readFileSync(pulled.model).equals(A)).toBe(true);
  expect(readFileSync(pulled.projector ?? "").equals(P)).toBe(true);
  expect(record(pulled.model).verifiedBy).toBe("hub");
  expect(record(pulled.projector ?? "").verifiedBy).toBe("nobody");
  expect(pulled).toMatchObject({ downloaded: true, promptVersion: undefined });
  expect(pulled.sha256).toEqual({ model: sha256(A), projector: sha256(P) });
  expect(hub.requests.map(({ url }) => url)).toContain("/lab/x/resolve/refs%2Fpr%2F1/q/mm.gguf");
  hub.requests.length = 0;
  expect(await pullModel("hf:lab/x/a.gguf", { ...settings, projector })).toEqual({
    ...pulled,
    downloaded: false,
  });
  expect(hub.requests.length).toBe(0);
});

test("of a model in several files the first is named, and all come and go together", async () => {
  for (const part of [1, 2, 3]) hub.serve(`/lab/x/resolve/main/m-0000${part}-of-00003.gguf`, P);
  const address = "hf:lab/x/m-00001-of-00003.gguf";
  const pulled = await pullModel(address, settings);
  const folder = path.dirname(pulled.model);
  expect(path.basename(pulled.model)).toBe("m-00001-of-00003.gguf");
  const parts = () => readdirSync(folder).filter((name) => name.endsWith(".gguf"));
  expect(parts()).toEqual([1, 2, 3].map((part) => `m-0000${part}-of-00003.gguf`));
  rmSync(path.join(folder, "m-00002-of-00003.gguf"));
  expect((await pullModel(address, settings)).downloaded).toBe(true);
  expect(parts()).toHaveLength(3);
  expect(await removeModel(address, settings)).toHaveLength(3);
  expect(existsSync(folder)).toBe(false);
});

test("a file that is not what the hub names is kept aside", async () => {
  redirect(sha256(P));
  await expect(pullModel("hf:lab/x/a.gguf", settings)).rejects.toMatchObject({
    code: "hash_mismatch",
    facts: { expected: sha256(P), actual: sha256(A), kept: "a.gguf.rejected" },
  });
});

test("an address is no way around the terms of the catalogue, and learns its hash from it", async () => {
  const catalogue = path.join(top, "catalogue.json");
  const file = { repository: "lab/x", file: "a.gguf", bytes: P.length, sha256: sha256(P) };
  const model = { name: "x", title: "X", promptVersion: "1.0", license: "lab", contextSize: 512 };
  const variants = [{ ...file, tag: "A" }];
  writeFileSync(
    catalogue,
    JSON.stringify({
      version: 1,
      licenses: { lab: { name: "Terms", url: "https://lab.example/terms", mustAccept: true } },
      models: [{ ...model, workingBytes: 7, defaultTag: "A", variants, projectors: [] }],
    }),
  );
  redirect(sha256(A));
  const pull = (address: string, acceptLicense: boolean) =>
    pullModel(address, { ...settings, catalogue, acceptLicense });
  for (const address of ["hf:lab/x/a.gguf", "hf:LAB/x/other.gguf"])
    await expect(pull(address, false)).rejects.toMatchObject({ code: "license_not_accepted" });
  expect(hub.requests.length).toBe(0);
  await expect(pull("hf:lab/x/a.gguf", true)).rejects.toMatchObject({ code: "hash_mismatch" });
});
