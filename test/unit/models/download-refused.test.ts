import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import type { MedGemmaError } from "../../../src/base/errors.js";
import { cutOnceReceived, expectWhole, fetchFile, hub, name } from "./download-support.js";
import { answer, ranges } from "./hub.js";

test.each([401, 403])("HTTP %i is access_denied, at once", async (status) => {
  hub.script(`/${name}`, answer(status));
  await expect(fetchFile()).rejects.toMatchObject({ code: "access_denied", facts: { status } });
  await expect(fetchFile({ token: "secret" })).rejects.toThrow(
    expect.objectContaining({ code: "access_denied" }),
  );
  expect(hub.requests.length).toBe(2);
});

test("HTTP 404 fails at once, or goes on to the next address", async () => {
  hub.script("/gone", answer(404));
  await expect(fetchFile({ urls: [new URL(`${hub.url}/gone`)] })).rejects.toMatchObject({
    code: "download_failed",
    facts: { status: 404, reason: "not_found" },
  });
  expect(hub.requests.length).toBe(1);
  await fetchFile({ urls: [new URL(`${hub.url}/gone`), new URL(`${hub.url}/${name}`)] });
  expectWhole();
});

test("HTTP 429 and 503 are waited out, as long as Retry-After says", async () => {
  const date = new Date(Date.now() + 1000).toUTCString();
  hub.script(`/${name}`, answer(429, { "retry-after": "1" }), answer(503, { "retry-after": date }), ranges);
  await fetchFile();
  expectWhole();
});

test("a server that asks to come back much later, or never recovers, fails", async () => {
  hub.script(`/${name}`, answer(429, { "retry-after": "86400" }));
  await expect(fetchFile()).rejects.toMatchObject({ facts: { status: 429, reason: "busy" } });
  hub.script(`/${name}`, answer(500));
  hub.requests.length = 0;
  await expect(fetchFile()).rejects.toMatchObject({ code: "download_failed", facts: { reason: "HTTP 500" } });
  expect(hub.requests.length).toBe(6);
});

test("a host that nobody is at fails with the network's own word", async () => {
  const urls = [new URL("http://127.0.0.1:1/x")];
  await expect(fetchFile({ urls })).rejects.toMatchObject({ code: "download_failed" });
});

/** fetch that fails with these codes, one after the other (the last again and again), or is the real one where it is "". */
function failing(...codes: string[]): () => number {
  const real = globalThis.fetch;
  let calls = 0;
  vi.stubGlobal("fetch", (...args: Parameters<typeof fetch>) => {
    const code = codes[Math.min(calls++, codes.length - 1)] ?? "";
    if (code === "") return real(...args);
    return Promise.reject(new TypeError("fetch failed", { cause: Object.assign(new Error(code), { code }) }));
  });
  onTestFinished(() => {
    vi.unstubAllGlobals();
  });
  return () => calls;
}

test.each([
  ["ENOTFOUND", 2, "cannot be reached", "MEDGEMMA_HUB"],
  ["EAI_AGAIN", 2, "cannot be reached", "--model FILE"],
  ["ECONNREFUSED", 2, "cannot be reached", "MEDGEMMA_MODELS"],
  ["UND_ERR_CONNECT_TIMEOUT", 2, "cannot be reached", "NODE_USE_ENV_PROXY"],
  ["SELF_SIGNED_CERT_IN_CHAIN", 1, "certificate", "NODE_EXTRA_CA_CERTS"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", 1, "certificate", "NODE_EXTRA_CA_CERTS"],
  ["ECONNRESET", 6, "ECONNRESET, 6 times in a row", "run the same again"],
])("%s from the beginning is told after %d tries, with what to do", async (code, tries, words, remedy) => {
  const calls = failing(code);
  const error = await fetchFile().catch((it: unknown) => it as MedGemmaError);
  expect(error).toMatchObject({ code: "download_failed", facts: { file: name, reason: code } });
  expect((error as MedGemmaError).message).toContain(words);
  expect((error as MedGemmaError).remedy).toContain(remedy);
  expect(calls()).toBe(tries);
});

test("a network that goes away under way is waited for", async () => {
  hub.script(`/${name}`, cutOnceReceived(12_000), ranges);
  const calls = failing("", "ENOTFOUND", "EAI_AGAIN", "ENETUNREACH", "ECONNREFUSED", "");
  await fetchFile();
  expectWhole();
  expect(calls()).toBe(6);
});

test("a hub that nobody listens for is not waited for", async () => {
  const closed = createServer().listen(0, "127.0.0.1");
  await once(closed, "listening");
  const { port } = closed.address() as AddressInfo;
  closed.close();
  await once(closed, "close");
  await expect(fetchFile({ urls: [new URL(`http://127.0.0.1:${port}/x.gguf`)] })).rejects.toMatchObject({
    facts: { reason: "ECONNREFUSED" },
  });
});
