import { fstat } from "node:fs";
import { Socket } from "node:net";
import path from "node:path";
import type { Readable } from "node:stream";

/** What comes in by a pipe, as a path: a command line's `-` is turned into it. */
export const STDIN = "/dev/stdin";

const DESCRIPTOR = /^\/(?:dev\/fd|proc\/self\/fd)\/(\d+)$/;

/** The number of the open file that a path stands for, as a shell hands over another command's output: `<(zcat x.gz)`. */
function descriptorOf(file: string): number | undefined {
  if (file === STDIN) return 0;
  const number = DESCRIPTOR.exec(file)?.[1];
  return number === undefined ? undefined : Number(number);
}

/** A pipe or socket that this process was started with, which can be read once; undefined for all that is a file. */
export async function openHandedStream(file: string): Promise<Readable | undefined> {
  const descriptor = descriptorOf(file);
  if (descriptor === undefined) return undefined;
  if (descriptor === 0) return process.stdin;
  const piped = await new Promise<boolean>((resolve) => {
    fstat(descriptor, (error, found) => resolve(!error && (found.isFIFO() || found.isSocket())));
  });
  // A socket's own way of reading waits outside of Node's few threads, and can be ended.
  return piped ? new Socket({ fd: descriptor, readable: true, writable: false }) : undefined;
}

/** Whether a path is a stream's: nothing of it can be looked at beforehand. */
export function isHanded(file: string): boolean {
  return descriptorOf(file) !== undefined;
}

/** What paths in a file are relative to: its folder; of a stream, the current one. */
export function folderOf(file: string): string {
  return isHanded(file) ? process.cwd() : path.dirname(file);
}
