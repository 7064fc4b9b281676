import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";
import { listAddressedFiles, localFile } from "../../../src/models/catalogue/addressed.js";
import { listModels, removeModel, verifyModels } from "../../../src/models/manage.js";
import { type DownloadProgress, pullModel } from "../../../src/models/pull.js";
import { rejection } from "../../support/ask.js";
import { answer, noise, sha256, startHub } from "./hub.js";

const top = mkdtempSync(path.join(os.tmpdir(), "medgemma-pull-"));
afterAll(() => rmSync(top, { recursive: true, force: true }));
const hub = await startHub();
const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const [A, B, P] = [noise(50_000, 3), noise(60_000, 4), noise(40_000, 5)];
const WHOLE = readFileSync("test/fixtures/lora/phantom-brief-lora-f16.gguf");
const at = (file: string) => `/lab/x-GGUF/resolve/${COMMIT}/${file}`;
const entry = (tag: string, file: string, body: Buffer) => ({
  tag,
  repository: "lab/x-GGUF",
  revision: COMMIT,
  file,
  bytes: body.length,
  sha256: sha256(body),
});

const catalogue = path.join(top, "catalogue.json");
writeFileSync(
  catalogue,
  JSON.stringify({
    version: 1,
    licenses: { lab: { name: "Terms", url: "https://lab.example/terms", mustAccept: true } },
    models: [
      {
        name: "x",
        title: "X",
        promptVersion: "1.0",
        license: "lab",
        contextSize: 512,
        workingBytes: 7,
        defaultTag: "A",
        variants: [
          { ...entry("A", "a.gguf", A), projector: "P" },
          { ...entry("B", "b.gguf", B), projector: "P" },
          { tag: "huge", repository: "lab/x-GGUF", file: "huge.gguf", bytes: 9e15 },
        ],
        projectors: [entry("P", "mmproj.gguf", P)],
      },
    ],
  }),
);

let count = 0;
let folder = "";
let settings = { catalogue, hub: hub.url, folder };
beforeEach(() => {
  folder = path.join(top, `models-${++count}`);
  settings = { catalogue, hub: hub.url, folder };
  hub.serve(at("a.gguf"), A);
  hub.serve(at("b.gguf"), B);
  hub.serve(at("mmproj.gguf"), P);
  for (const file of ["a.gguf", "b.gguf", "mmproj.gguf"]) hub.script(at(file));
  hub.requests.length = 0;
});
afterEach(() => vi.unstubAllEnvs());

test("model and projector come with progress; the second time nothing is asked for", async () => {
  const seen: DownloadProgress[] = [];
  const pulled = await pullModel("x", {
    ...settings,
    acceptLicense: true,
    onProgress: (progress) => seen.push(progress),
  });
  expect(pulled).toMatchObject({ name: "x", promptVersion: "1.0", downloaded: true });
  expect(readFileSync(pulled.model).equals(A)).toBe(true);
  expect(readFileSync(pulled.projector ?? "").equals(P)).toBe(true);
  expect(seen.at(-1)).toEqual({ model: "x", files: ["a.gguf", "mmproj.gguf"], bytes: 90_000, total: 90_000 });
  hub.requests.length = 0;
  expect(await pullModel("X:a", settings)).toEqual({ ...pulled, downloaded: false });
  expect(hub.requests.length).toBe(0);
});

test("terms are accepted once, by option or environment, and never by default", async () => {
  await expect(pullModel("x", settings)).rejects.toMatchObject({
    code: "license_not_accepted",
    facts: { url: "https://lab.example/terms" },
  });
  vi.stubEnv("MEDGEMMA_ACCEPT_LICENSE", "1");
  await expect(pullModel("x", { ...settings, acceptLicense: false })).rejects.toMatchObject({
    code: "license_not_accepted",
  });
  expect(hub.requests.length).toBe(0);
  await pullModel("x", settings);
  vi.stubEnv("MEDGEMMA_ACCEPT_LICENSE", "");
  await pullModel("x:B", settings);
  const record = JSON.parse(readFileSync(path.join(folder, "licenses.json"), "utf8"));
  expect(record.lab).toMatchObject({ url: "https://lab.example/terms", acceptedAt: expect.any(String) });
});

test("the disk is asked before the hub", async () => {
  await expect(pullModel("x:huge", { ...settings, acceptLicense: true })).rejects.toMatchObject({
    code: "disk_full",
    facts: { needed: 9e15, free: expect.any(Number) },
  });
  expect(hub.requests.length).toBe(0);
});

test("a models folder that cannot be made is told at once, and nothing is asked for", async () => {
  writeFileSync(path.join(top, "file"), "");
  const places = [path.join(top, "file"), path.join(top, "file", "models")];
  for (const place of process.platform === "linux" ? [...places, "/proc/none"] : places) {
    await expect(pullModel("x", { ...settings, folder: place, acceptLicense: true })).rejects.toMatchObject({
      code: "models_folder",
      remedy: expect.stringContaining("MEDGEMMA_MODELS"),
    });
  }
  expect(hub.requests.length).toBe(0);
});

test("where one of two files fails, the other stops and nothing is believed", async () => {
  hub.script(at("mmproj.gguf"), answer(403));
  await expect(pullModel("x", { ...settings, acceptLicense: true })).rejects.toMatchObject({
    code: "access_denied",
    facts: { file: "mmproj.gguf" },
  });
  const [listed] = await listModels(settings);
  expect(listed?.state).not.toBe("here");
  hub.script(at("mmproj.gguf"));
  expect((await pullModel("x", settings)).downloaded).toBe(true);
});

test("token and hub come from the environment", async () => {
  vi.stubEnv("HF_TOKEN", "secret");
  vi.stubEnv("MEDGEMMA_HUB", `${hub.url}/mirror`);
  vi.stubEnv("MEDGEMMA_MODELS", folder);
  vi.stubEnv("MEDGEMMA_CATALOGUE", catalogue);
  hub.serve(`/mirror${at("a.gguf")}`, A);
  hub.serve(`/mirror${at("mmproj.gguf")}`, P);
  await pullModel("x", { acceptLicense: true });
  expect(hub.requests.map(({ headers }) => headers.authorization)).toEqual([
    "Bearer secret",
    "Bearer secret",
  ]);
  vi.stubEnv("MEDGEMMA_HUB", "ftp://x");
  await expect(pullModel("x")).rejects.toMatchObject({ code: "bad_option" });
});

test("a list tells what is here; removing keeps a projector that is needed", async () => {
  await pullModel("x", { ...settings, acceptLicense: true });
  await pullModel("x:B", settings);
  const states = async () => (await listModels(settings)).map(({ name, state }) => `${name} ${state}`);
  expect(await states()).toEqual(["x here", "x:B here", "x:huge absent"]);
  const [first] = await listModels(settings);
  expect(first).toMatchObject({ bytes: 90_000, memory: 90_007, pictures: true, license: { accepted: true } });
  expect(await removeModel("x", settings)).toEqual(["a.gguf"]);
  expect(await states()).toEqual(["x absent", "x:B here", "x:huge absent"]);
  expect((await removeModel("x:B", settings)).sort()).toEqual(["b.gguf", "mmproj.gguf"]);
  expect(existsSync(path.join(folder, "lab"))).toBe(false);
  expect(await removeModel("x", settings)).toEqual([]);
});

test("what was fetched by address is listed, found, verified and removed by it", async () => {
  const address = "hf:other/y-GGUF/sub/y.gguf@v1.0";
  const begun = "hf:other/z-GGUF/z.gguf";
  hub.serve("/other/y-GGUF/resolve/v1.0/sub/y.gguf", WHOLE);
  const { model } = await pullModel(address, settings);
  await pullModel("x", { ...settings, acceptLicense: true });
  const part = path.join(folder, "other", "z-GGUF", "main", "z.gguf.part");
  mkdirSync(path.dirname(part), { recursive: true });
  writeFileSync(part, "GG");
  writeFileSync(path.join(folder, "stray.gguf"), "no address leads here");
  expect(await listAddressedFiles(settings)).toEqual([
    {
      name: address,
      state: "here",
      bytes: WHOLE.length,
      sha256: sha256(WHOLE),
      verifiedBy: "nobody",
      path: model,
    },
    { name: begun, state: "partial", bytes: 2, path: part.replace(/\.part$/, "") },
  ]);
  expect(await localFile(address, settings)).toBe(model);
  expect(await localFile(begun, settings)).toBeUndefined();
  writeFileSync(model, B);
  const rejected = { model: address, file: "sub/y.gguf", sha256: sha256(B), outcome: "rejected" };
  expect(await verifyModels(undefined, settings)).toContainEqual(rejected);
  expect(await removeModel(begun, settings)).toEqual([]);
  expect(existsSync(part)).toBe(false);
  await pullModel(address, settings);
  expect(await verifyModels(address, settings)).toMatchObject([{ outcome: "verified" }]);
  expect(await removeModel(address, settings)).toEqual(["y.gguf"]);
  expect(await listAddressedFiles(settings)).toEqual([]);
  expect(existsSync(path.join(folder, "other"))).toBe(false);
  await expect(removeModel("hf:../x/y.gguf", settings)).rejects.toMatchObject({ code: "bad_option" });
});

test.each([
  ["a page instead of it", Buffer.from("<!doctype html><p>Not here</p>"), "not_gguf"],
  ["a shorter one", WHOLE.subarray(0, WHOLE.length - 777), "gguf_truncated"],
])("of a file without a known hash, %s is kept aside and never used", async (_what, body, code) => {
  const address = "hf:other/y-GGUF/y.gguf";
  hub.serve("/other/y-GGUF/resolve/main/y.gguf", body);
  await expect(pullModel(address, settings)).rejects.toMatchObject({ code, facts: { file: "y.gguf" } });
  expect(await localFile(address, settings)).toBeUndefined();
  expect(existsSync(path.join(folder, "other/y-GGUF/main/y.gguf.rejected"))).toBe(true);
  hub.serve("/other/y-GGUF/resolve/main/y.gguf", WHOLE);
  expect(readFileSync((await pullModel(address, settings)).model).equals(WHOLE)).toBe(true);
});

test("a size that the disk has no room for is believed before the bytes come", async () => {
  hub.script("/other/y-GGUF/resolve/main/huge.gguf", (_request, response) => {
    response.writeHead(200, { "content-length": 9e15 }).write("GGUF");
  });
  await expect(pullModel("hf:other/y-GGUF/huge.gguf", settings)).rejects.toMatchObject({ code: "disk_full" });
});

test("a hub with a password in its address is refused", async () => {
  const withPassword = { ...settings, hub: hub.url.replace("//", "//user:secret@") };
  const error = await rejection(pullModel("x", withPassword));
  expect([error.code, error.message]).toEqual(["bad_option", expect.not.stringContaining("secret")]);
});

test("what the system refuses in the folder is told", async () => {
  mkdirSync(path.join(folder, "licenses.json"), { recursive: true });
  await expect(pullModel("x", { ...settings, acceptLicense: true })).rejects.toMatchObject({
    code: "models_folder",
    facts: { reason: expect.stringMatching(/^E/) },
  });
});

test("verify finds a flipped bit and puts the file aside; the next pull brings it anew", async () => {
  const { model } = await pullModel("x", { ...settings, acceptLicense: true });
  expect((await verifyModels("x", settings)).map(({ outcome }) => outcome)).toEqual(["verified", "verified"]);
  const flipped = Buffer.from(A);
  flipped[1234] = (flipped[1234] ?? 0) ^ 1;
  writeFileSync(model, flipped);
  const outcomes = await verifyModels(undefined, settings);
  expect(outcomes).toMatchObject([
    { file: "a.gguf", outcome: "rejected", sha256: sha256(flipped) },
    { file: "mmproj.gguf", outcome: "verified" },
  ]);
  expect(existsSync(model)).toBe(false);
  expect(readFileSync(`${model}.rejected`).equals(flipped)).toBe(true);
  await pullModel("x", settings);
  expect(readFileSync(model).equals(A)).toBe(true);
});

test("a file of another size under the right name is not believed", async () => {
  const { model } = await pullModel("x", { ...settings, acceptLicense: true });
  writeFileSync(model, A.subarray(0, 100));
  expect((await listModels(settings))[0]?.state).toBe("absent");
  expect((await pullModel("x", settings)).downloaded).toBe(true);
  expect(readFileSync(model).equals(A)).toBe(true);
});

test.each([
  [{ acceptLicence: true }, /acceptLicense/],
  [{ acceptLicense: "yes" }, /acceptLicense/],
  [{ onProgress: 1 }, /onProgress/],
  [{ signal: 1 }, /signal/],
  [{ folder: 1 }, /folder/],
])("%o is a bad option", async (options, message) => {
  await expect(pullModel("x", options as never)).rejects.toMatchObject({
    code: "bad_option",
    message: expect.stringMatching(message),
  });
});

test("an abort before the start asks nobody", async () => {
  const signal = AbortSignal.abort();
  await expect(pullModel("x", { ...settings, acceptLicense: true, signal })).rejects.toMatchObject({
    code: "aborted",
  });
  expect(hub.requests.length).toBe(0);
});
