import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll } from "vitest";

/** What the server does with one request, after which the next of the list is used; the last one stays. */
export type Manner = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

export interface Hub {
  readonly url: string;
  /** The same machine by another name, which to a client is another host. */
  readonly otherUrl: string;
  readonly requests: IncomingMessage[];
  /** What happens to the requests for a file, in order. */
  script(path: string, ...manners: Manner[]): void;
  serve(path: string, body: Buffer): void;
}

/** A real HTTP server in Hugging Face's path layout. */
export async function startHub(): Promise<Hub> {
  const bodies = new Map<string, Buffer>();
  const scripts = new Map<string, Manner[]>();
  const requests: IncomingMessage[] = [];
  const server: Server = createServer((request, response) => {
    requests.push(request);
    const path = decodeURIComponent((request.url ?? "").split("?")[0] ?? "");
    const body = bodies.get(path);
    const script = scripts.get(path) ?? [];
    const manner = script.length > 1 ? script.shift() : script[0];
    if (manner === undefined && body === undefined) response.writeHead(404).end("not here");
    else (manner ?? ranges)(request, response, body ?? Buffer.alloc(0));
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    otherUrl: `http://localhost:${port}`,
    requests,
    script: (path, ...manners) => void scripts.set(path, manners),
    serve: (path, body) => void bodies.set(path, body),
  };
}

function begin(request: IncomingMessage, response: ServerResponse, body: Buffer): Buffer | undefined {
  const etag = `"${sha256(body)}"`;
  const asked = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
  const ifRange = request.headers["if-range"];
  const match = ifRange === undefined || ifRange === etag ? asked : null;
  const from = Number(match?.[1] ?? 0);
  if (from >= body.length && from > 0) {
    response.writeHead(416, { "content-range": `bytes */${body.length}` }).end();
    return undefined;
  }
  const rest = body.subarray(from, match?.[2] ? Number(match[2]) + 1 : undefined);
  response.writeHead(match ? 206 : 200, {
    etag,
    "content-length": rest.length,
    ...(match && { "content-range": `bytes ${from}-${from + rest.length - 1}/${body.length}` }),
  });
  return rest;
}

/** As a good server does. */
export const ranges: Manner = (request, response, body) => {
  const rest = begin(request, response, body);
  if (rest) response.end(rest);
};

/**
 * Sends so many bytes and cuts the connection: once the client has them, where `received` tells how many bytes of the file
 * that are; else soon, which a busy client loses some of them by.
 */
export const cutAfter =
  (bytes: number, received?: () => number): Manner =>
  (request, response, body) => {
    const rest = begin(request, response, body);
    if (!rest) return;
    const before = body.length - rest.length;
    const sent = () => (received ? cutOnce(response, () => received() >= before + bytes) : cutSoon(response));
    response.write(rest.subarray(0, bytes), sent);
  };

const cutSoon = (response: ServerResponse) => void setTimeout(() => response.destroy(), 20);

/** Cuts the connection once something holds. */
export function cutOnce(response: ServerResponse, holds: () => boolean): void {
  if (holds()) response.destroy();
  else setTimeout(cutOnce, 1, response, holds);
}

/** Sends so many bytes and then nothing. */
export const stallAfter =
  (bytes: number): Manner =>
  (request, response, body) => {
    begin(request, response, body);
    response.write(body.subarray(0, bytes));
  };

/** A little at a time. */
export const slowly =
  (bytes: number, milliseconds: number): Manner =>
  (request, response, body) => {
    const rest = begin(request, response, body);
    if (!rest) return;
    let done = 0;
    const timer = setInterval(() => {
      if (done >= rest.length) {
        clearInterval(timer);
        response.end();
      } else {
        response.write(rest.subarray(done, done + bytes));
        done += bytes;
      }
    }, milliseconds);
    response.on("close", () => clearInterval(timer));
  };

/** The whole, whatever was asked for. */
export const ignoreRanges: Manner = (_request, response, body) => {
  response.writeHead(200, { "content-length": body.length }).end(body);
};

export const ignoreRangesAndCutAfter =
  (bytes: number): Manner =>
  (_request, response, body) => {
    response.writeHead(200, { "content-length": body.length });
    response.write(body.subarray(0, bytes), () => cutSoon(response));
  };

export const answer =
  (status: number, headers: Record<string, string> = {}): Manner =>
  (_request, response) => {
    response.writeHead(status, headers).end("no");
  };

export const send =
  (body: Buffer, headers: Record<string, string> = {}): Manner =>
  (_request, response) => {
    response.writeHead(200, headers).end(body);
  };

export const sha256 = (body: Buffer): string => createHash("sha256").update(body).digest("hex");

/** Bytes that differ everywhere. */
export function noise(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed;
  for (let index = 0; index < length; index++) {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    bytes[index] = state >> 16;
  }
  return bytes;
}
