import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeEach, expect } from "vitest";
import { type DownloadOptions, download } from "../../../src/models/download/download.js";
import { cutAfter, type Hub, type Manner, noise, sha256, startHub } from "./hub.js";

export const top = mkdtempSync(path.join(os.tmpdir(), "medgemma-download-"));
afterAll(() => rmSync(top, { recursive: true, force: true }));
export const hub = await startHub();
export const BODY = noise(300_000);
export const OTHER = noise(300_000, 2);

let count = 0;
// Another file for each test.
export let name = "";
export let target = "";
/** Bytes of the file that have arrived. */
let arrived = 0;
export const received = (): number => arrived;
beforeEach(() => {
  arrived = 0;
  name = `file-${++count}.gguf`;
  target = path.join(top, String(count), name);
  hub.serve(`/${name}`, BODY);
  hub.requests.length = 0;
});

/** Cuts the one connection that there is once so many bytes more have arrived. */
export const cutOnceReceived = (bytes: number): Manner => cutAfter(bytes, received);

export function fetchFile(changes: Partial<DownloadOptions> = {}): Promise<void> {
  return download({
    urls: [new URL(`${hub.url}/${name}`)],
    target,
    folder: top,
    bytes: BODY.length,
    sha256: sha256(BODY),
    token: undefined,
    signal: undefined,
    pause: 1,
    ...changes,
    onBytes: (bytes, total) => {
      arrived = bytes;
      changes.onBytes?.(bytes, total);
    },
  });
}

export const fileNames = () => readdirSync(path.dirname(target)).sort();
export const asked = (from: Hub) => from.requests.map(({ headers }) => headers.range);

export function expectWhole(): void {
  expect(readFileSync(target).equals(BODY)).toBe(true);
  expect(fileNames()).toEqual([name, `${name}.json`]);
}
