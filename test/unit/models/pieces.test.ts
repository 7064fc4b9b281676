import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { rejection } from "../../support/ask.js";
import { until } from "../../support/until.js";
import { asked, BODY, expectWhole, fetchFile, hub, name, OTHER, target } from "./download-support.js";
import { answer, cutAfter, type Hub, ignoreRanges, type Manner, ranges, slowly, stallAfter } from "./hub.js";

const firstBytes = (from: Hub) => asked(from).map((range) => Number(/^bytes=(\d+)-/.exec(range ?? "")?.[1]));

describe("a large file comes in pieces", () => {
  const pieceBytes = 50_000;

  test.each([
    ["with a hash and a size", {}],
    ["when nothing is known of it", { bytes: undefined, sha256: undefined }],
  ])("side by side, each byte once, %s", async (_what, known) => {
    hub.script(`/${name}`, slowly(10_000, 5));
    const seen: number[] = [];
    await fetchFile({ ...known, pieceBytes, onBytes: (bytes) => seen.push(bytes) });
    expectWhole();
    expect(firstBytes(hub).sort((a, b) => a - b)).toEqual([0, 50_000, 100_000, 150_000, 200_000, 250_000]);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  test("three ahead of the one whose turn it is", async () => {
    const controller = new AbortController();
    hub.script(`/${name}`, stallAfter(10_000), ranges);
    const running = rejection(fetchFile({ pieceBytes, signal: controller.signal }));
    await until(() => expect(firstBytes(hub).sort((a, b) => a - b)).toEqual([0, 50_000, 100_000, 150_000]));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(hub.requests.length).toBe(4);
    controller.abort();
    expect((await running).code).toBe("aborted");
    expect(readFileSync(`${target}.part`).equals(BODY.subarray(0, 10_000))).toBe(true);
  });

  test("and goes on where a connection was cut", async () => {
    hub.script(`/${name}`, ...Array.from({ length: 12 }, () => cutAfter(20_000)), ranges);
    await fetchFile({ pieceBytes });
    expectWhole();
    expect(firstBytes(hub).filter((from) => from % pieceBytes !== 0)).not.toEqual([]);
  });

  test("and is continued later from the beginning that is here", async () => {
    const controller = new AbortController();
    hub.script(`/${name}`, slowly(5_000, 5));
    const onBytes = (bytes: number) => bytes >= 60_000 && controller.abort();
    await expect(fetchFile({ pieceBytes, signal: controller.signal, onBytes })).rejects.toMatchObject({
      code: "aborted",
    });
    const part = readFileSync(`${target}.part`);
    expect(part.length).toBeGreaterThanOrEqual(60_000);
    expect(part.equals(BODY.subarray(0, part.length))).toBe(true);
    hub.requests.length = 0;
    hub.script(`/${name}`, ranges);
    await fetchFile({ pieceBytes });
    expectWhole();
    expect(Math.min(...firstBytes(hub))).toBe(part.length);
  });

  test("but over one connection where the server ignores ranges", async () => {
    hub.script(`/${name}`, ignoreRanges);
    await fetchFile({ pieceBytes });
    expectWhole();
    expect(hub.requests.length).toBe(1);
  });

  test("whose server refuses some is asked again", async () => {
    const script = [ranges, answer(503), ranges, answer(429, { "retry-after": "0" }), ignoreRanges, ranges];
    hub.script(`/${name}`, ...script);
    await fetchFile({ pieceBytes });
    expectWhole();
  });

  test("of one state of the file only", async () => {
    const changing: Manner = (request, response, body) => {
      hub.serve(`/${name}`, OTHER);
      slowly(20_000, 5)(request, response, body);
    };
    hub.script(`/${name}`, changing, ranges);
    await fetchFile({ pieceBytes, sha256: undefined });
    expect(readFileSync(target).equals(OTHER)).toBe(true);
  });

  test("of which a wrong one is found by the hash of the whole", async () => {
    const wrong: Manner = (request, response) => ranges(request, response, OTHER);
    hub.script(`/${name}`, ranges, ranges, wrong, ranges);
    await expect(fetchFile({ pieceBytes })).rejects.toMatchObject({ code: "hash_mismatch" });
    expect(existsSync(target)).toBe(false);
  });
});
