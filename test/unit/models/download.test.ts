import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import {
  asked,
  BODY,
  cutOnceReceived,
  expectWhole,
  fetchFile,
  fileNames,
  hub,
  name,
  OTHER,
  received,
  target,
} from "./download-support.js";
import {
  answer,
  cutOnce,
  ignoreRanges,
  ignoreRangesAndCutAfter,
  type Manner,
  noise,
  ranges,
  send,
  sha256,
  stallAfter,
} from "./hub.js";

const record = () => JSON.parse(readFileSync(`${target}.json`, "utf8"));

test("a file comes whole, with a record of its hash and nothing else", async () => {
  const seen: number[] = [];
  await fetchFile({ onBytes: (bytes) => seen.push(bytes) });
  expectWhole();
  expect(record()).toMatchObject({ sha256: sha256(BODY), bytes: BODY.length, verifiedBy: "catalogue" });
  expect(seen.at(-1)).toBe(BODY.length);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
});

test("a link that is cut again and again still ends, and no byte is asked for twice", async () => {
  hub.script(`/${name}`, ...Array.from({ length: 20 }, () => cutOnceReceived(12_000)), ranges);
  await fetchFile();
  expectWhole();
  expect(hub.requests.length).toBe(21);
  expect(asked(hub).slice(1)).toEqual(
    Array.from({ length: 20 }, (_, index) => `bytes=${(index + 1) * 12_000}-`),
  );
});

test("a server that ignores ranges is started over with", async () => {
  hub.script(`/${name}`, cutOnceReceived(100_000), ignoreRangesAndCutAfter(150_000), ignoreRanges);
  await fetchFile();
  expectWhole();
});

test("a range that is not the one asked for is not believed", async () => {
  hub.script(
    `/${name}`,
    cutOnceReceived(100_000),
    (_request, response) => {
      const rest = BODY.subarray(50_000);
      response.writeHead(206, {
        "content-range": `bytes 50000-299999/300000`,
        "content-length": rest.length,
      });
      response.end(rest);
    },
    ranges,
  );
  await fetchFile();
  expectWhole();
});

test("other bytes are kept aside and said, and the right ones are taken the next time", async () => {
  hub.script(`/${name}`, send(OTHER));
  await expect(fetchFile()).rejects.toMatchObject({
    code: "hash_mismatch",
    facts: { expected: sha256(BODY), actual: sha256(OTHER), kept: `${name}.rejected` },
  });
  expect(fileNames()).toEqual([`${name}.rejected`]);
  expect(readFileSync(`${target}.rejected`).equals(OTHER)).toBe(true);
  hub.script(`/${name}`, ranges);
  await fetchFile();
  expect(readFileSync(target).equals(BODY)).toBe(true);
});

test("a part that somebody damaged is found by the hash of the whole", async () => {
  hub.script(`/${name}`, cutOnceReceived(100_000), answer(404));
  await expect(fetchFile()).rejects.toMatchObject({ code: "download_failed" });
  const part = readFileSync(`${target}.part`);
  part[50_000] = (part[50_000] ?? 0) ^ 1;
  writeFileSync(`${target}.part`, part);
  hub.script(`/${name}`, ranges);
  await expect(fetchFile()).rejects.toMatchObject({ code: "hash_mismatch" });
  expect(existsSync(target)).toBe(false);
  await fetchFile();
  expect(readFileSync(target).equals(BODY)).toBe(true);
});

test("another size is told before anything is fetched", async () => {
  hub.script(`/${name}`, send(noise(10), { "content-length": "10" }));
  await expect(fetchFile()).rejects.toMatchObject({ code: "hash_mismatch", facts: { hubBytes: 10 } });
  expect(existsSync(target)).toBe(false);
});

test("bytes without an end are cut off at the file's size", async () => {
  hub.script(`/${name}`, (_request, response) => {
    response.writeHead(200);
    const write = () => {
      while (response.write(noise(65_536)));
    };
    response.on("drain", write);
    write();
  });
  await expect(fetchFile()).rejects.toMatchObject({ code: "hash_mismatch" });
  expect(readFileSync(`${target}.rejected`).length).toBeLessThanOrEqual(BODY.length);
});

test.each([
  [
    "promises more than it has",
    (_request: unknown, response: ServerResponse) => {
      response.writeHead(200, { "content-length": BODY.length + 1000 }).write(BODY);
      cutOnce(response, () => received() === BODY.length);
    },
  ],
  ["ends every time at the same place", ignoreRangesAndCutAfter(100_000)],
])("a server that %s is given up", async (_what, manner) => {
  hub.script(`/${name}`, manner as Manner);
  await expect(fetchFile({ bytes: undefined, sha256: undefined })).rejects.toMatchObject({
    code: "download_failed",
  });
  expect(hub.requests.length).toBeLessThan(20);
});

test("the token goes to the hub's host, also after a redirect there, and never to another", async () => {
  hub.script(`/${name}`, answer(302, { location: "/inner" }));
  hub.script("/inner", answer(307, { location: `${hub.otherUrl}/outer?signed=1` }));
  hub.serve("/outer", BODY);
  await fetchFile({ token: "secret" });
  expectWhole();
  const tokens = hub.requests.map(({ url, headers }) => [url, headers.authorization]);
  expect(tokens).toEqual([
    [`/${name}`, "Bearer secret"],
    ["/inner", "Bearer secret"],
    ["/outer?signed=1", undefined],
  ]);
});

test("a redirect back from another host does not bring the token along by itself", async () => {
  hub.script(`/${name}`, answer(302, { location: `${hub.otherUrl}/away` }));
  hub.script("/away", answer(302, { location: `${hub.otherUrl}/end` }));
  hub.serve("/end", BODY);
  await fetchFile({ token: "secret" });
  expect(hub.requests.map(({ headers }) => headers.authorization)).toEqual([
    "Bearer secret",
    undefined,
    undefined,
  ]);
});

test.each([
  ["a circle", { location: "?again" }],
  ["nowhere", {}],
  ["something that is not http", { location: "file:///etc/hostname" }],
])("a redirect to %s fails", async (_what, headers) => {
  hub.script(`/${name}`, answer(302, headers));
  await expect(fetchFile()).rejects.toMatchObject({
    code: "download_failed",
    facts: { reason: "redirects" },
  });
});

test("silence ends a connection, and the next continues", async () => {
  hub.script(`/${name}`, stallAfter(100_000), ranges);
  await fetchFile({ idle: 2000 });
  expectWhole();
  expect(asked(hub)).toEqual([undefined, "bytes=100000-"]);
});

test("an aborted download keeps its part and continues there", async () => {
  const controller = new AbortController();
  hub.script(`/${name}`, stallAfter(100_000), ranges);
  const running = fetchFile({
    signal: controller.signal,
    onBytes: (bytes) => bytes === 100_000 && controller.abort(),
  });
  await expect(running).rejects.toMatchObject({ code: "aborted" });
  expect(fileNames()).toEqual([`${name}.part`]);
  await fetchFile();
  expectWhole();
  expect(asked(hub)).toEqual([undefined, "bytes=100000-"]);
  await expect(fetchFile({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "aborted" });
});

test("without a hash, halves of two states of a file never meet", async () => {
  hub.script(`/${name}`, cutOnceReceived(100_000), answer(404));
  const unknown = { bytes: undefined, sha256: undefined };
  await expect(fetchFile(unknown)).rejects.toMatchObject({ code: "download_failed" });
  hub.serve(`/${name}`, OTHER);
  hub.script(`/${name}`, ranges);
  await fetchFile(unknown);
  expect(readFileSync(target).equals(OTHER)).toBe(true);
  expect(record()).toMatchObject({ verifiedBy: "nobody", sha256: sha256(OTHER) });
  expect(fileNames()).toEqual([name, `${name}.json`]);
});

test("without a hash, the same state is continued", async () => {
  hub.script(`/${name}`, cutOnceReceived(100_000), answer(404));
  await expect(fetchFile({ sha256: undefined })).rejects.toMatchObject({ code: "download_failed" });
  hub.script(`/${name}`, ranges);
  await fetchFile({ sha256: undefined });
  expectWhole();
  expect(asked(hub).at(-1)).toBe("bytes=100000-");
});

test("the hub's own hash is held against the file where the catalogue has none", async () => {
  const promise = (hash: string) => answer(302, { location: `/${name}`, "x-linked-etag": `"${hash}"` });
  hub.script("/linked", promise(sha256(BODY)));
  const urls = [new URL(`${hub.url}/linked`)];
  await fetchFile({ urls, sha256: undefined });
  expectWhole();
  expect(record().verifiedBy).toBe("hub");
  rmSync(target);
  hub.serve(`/${name}`, OTHER);
  await expect(fetchFile({ urls, sha256: undefined })).rejects.toMatchObject({ code: "hash_mismatch" });
  // And where it has one, another file is told before it is fetched.
  hub.script("/linked", promise(sha256(OTHER)));
  hub.requests.length = 0;
  await expect(fetchFile({ urls })).rejects.toMatchObject({ code: "hash_mismatch" });
  expect(existsSync(target)).toBe(false);
});

test("several that fetch the same file share one download", async () => {
  hub.script(`/${name}`, cutOnceReceived(100_000), ranges);
  await Promise.all([fetchFile(), fetchFile(), fetchFile()]);
  expectWhole();
  expect(hub.requests.length).toBe(2);
});
