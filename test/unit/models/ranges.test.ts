import { expect, test, vi } from "vitest";
import * as room from "../../../src/models/download/disk-space.js";
import { rangeOf, sizeBeyond } from "../../../src/models/download/hub-request.js";
import {
  asked,
  BODY,
  cutOnceReceived,
  expectWhole,
  fetchFile,
  fileNames,
  hub,
  name,
  received,
} from "./download-support.js";
import { cutOnce, type Manner, ranges, sha256 } from "./hub.js";

const SIZE = BODY.length;
const ETAG = { etag: `"${sha256(BODY)}"` };

/** The part that was asked for, with the status of a whole file, as some caches give it. */
const slice =
  (headers: (from: number) => Record<string, string | number>, status = 200): Manner =>
  (request, response, body) => {
    const from = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
    response.writeHead(status, { ...ETAG, ...headers(from) }).end(body.subarray(from));
  };
const rangeFrom = (from: number) => ({ "content-range": `bytes ${from}-${SIZE - 1}/${SIZE}` });

test.each([
  ["with its length", (from: number) => ({ ...rangeFrom(from), "content-length": SIZE - from })],
  ["without a length", rangeFrom],
])("a part that comes with status 200 and its range, %s, is gone on with", async (_name, headers) => {
  hub.script(`/${name}`, cutOnceReceived(100_000), slice(headers));
  await fetchFile();
  expectWhole();
  expect(asked(hub)).toEqual([undefined, "bytes=100000-"]);
});

test("a whole file whose range says so by mistake is one", async () => {
  const whole: Manner = (_request, response, body) =>
    response.writeHead(200, { ...rangeFrom(0), "content-length": SIZE }).end(body);
  hub.script(`/${name}`, cutOnceReceived(100_000), whole);
  await fetchFile();
  expectWhole();
});

test.each([
  ["another beginning", () => ({ "content-range": `bytes 50000-${SIZE - 1}/${SIZE}` })],
  ["no range", () => ({})],
  ["a range that is none", () => ({ "content-range": "bytes 9-1/2" })],
  ["several parts", () => ({ "content-type": "multipart/byteranges; boundary=x" })],
])("a part with %s is not believed", async (_name, headers) => {
  hub.script(`/${name}`, cutOnceReceived(100_000), slice(headers, 206), ranges);
  await fetchFile();
  expectWhole();
});

test("a part that goes on behind its range is not believed", async () => {
  const longer: Manner = (_request, response, body) => {
    response.writeHead(206, { ...ETAG, "content-range": `bytes 100000-100099/${SIZE}` });
    response.end(Buffer.concat([body.subarray(100_000, 100_100), Buffer.alloc(5000, 7)]));
  };
  hub.script(`/${name}`, cutOnceReceived(100_000), longer, ranges);
  await fetchFile();
  expectWhole();
});

test("parts that are shorter than what was asked for are put together", async () => {
  const some: Manner = (request, response, body) => {
    const from = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? "bytes=0-")?.[1]);
    const to = Math.min(from + 90_000, SIZE);
    response.writeHead(206, { ...ETAG, "content-range": `bytes ${from}-${to - 1}/${SIZE}` });
    response.end(body.subarray(from, to));
  };
  hub.script(`/${name}`, cutOnceReceived(20_000), some);
  await fetchFile();
  expectWhole();
});

test("a range behind the end of a file that is whole ends it, of unknown size too", async () => {
  const first: Manner = (_request, response, body) => {
    // Without a length nobody knows that it is whole when the connection is cut.
    response.writeHead(200, ETAG);
    response.write(body, () => cutOnce(response, () => received() === SIZE));
  };
  hub.script(`/${name}`, first, ranges);
  await fetchFile({ bytes: undefined, sha256: undefined });
  expectWhole();
  // Nothing of it is asked for again.
  for (const range of asked(hub).slice(1)) expect(range).toMatch(`bytes=${SIZE}-`);
});

test("a body without end and without a length stops at what the hub says of the file", async () => {
  const endless: Manner = (_request, response) => {
    response.writeHead(200, { "x-linked-size": String(SIZE) });
    const piece = Buffer.alloc(65_536, 1);
    const go = () => {
      while (!response.destroyed && response.write(piece));
    };
    response.on("drain", go).on("error", () => undefined);
    go();
  };
  hub.script(`/${name}`, endless);
  await expect(fetchFile({ bytes: undefined, sha256: undefined })).rejects.toMatchObject({
    code: "hash_mismatch",
  });
});

test("or before the disk is full, and leaves nothing behind", async () => {
  const full = Object.assign(new Error("full"), { code: "disk_full" });
  const spy = vi.spyOn(room, "requireRoom").mockRejectedValue(full);
  const endless: Manner = (_request, response, body) => {
    response.writeHead(200);
    response.write(body);
  };
  hub.script(`/${name}`, endless);
  await expect(fetchFile({ bytes: undefined, sha256: undefined })).rejects.toBe(full);
  expect(fileNames()).toEqual([`${name}.part`]);
  spy.mockRestore();
});

// RFC 9110, section 14.4.
test.each([
  [206, { "content-range": "bytes 5-9/20" }, { from: 5, to: 10, total: 20 }],
  [206, { "content-range": "bytes 5-9/*" }, { from: 5, to: 10, total: undefined }],
  [206, { "content-range": "bytes 5-9/20", "content-length": "4" }, undefined],
  [206, { "content-range": "bytes 5-30/20" }, undefined],
  [206, { "content-range": "items 5-9/20" }, undefined],
  [200, { "content-range": "bytes 5-9/20", "content-length": "5" }, { from: 5, to: 10, total: 20 }],
  [200, { "content-range": "bytes 5-9/20", "content-length": "20" }, undefined],
  [200, {}, undefined],
] as const)("status %i with %j holds %j", (status, headers, range) => {
  expect(rangeOf(new Response("", { status, headers }))).toEqual(range);
});

test("a refusal may tell the size", () => {
  const refusal = (range: string) => new Response(null, { status: 416, headers: { "content-range": range } });
  expect(sizeBeyond(refusal("bytes */300"))).toBe(300);
  expect(sizeBeyond(refusal("bytes */*"))).toBeUndefined();
});
