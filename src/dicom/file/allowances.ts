/**
 * How long the next step of a job may take. A worker tells the main thread before each step, because a decoder that
 * hangs cannot say anything; start-up of the thread and of the codec do not count.
 */

let callback: (milliseconds: number) => void = () => undefined;

/** Frames of some pixels take microseconds; the main thread should not hear of each. */
const WORTH_TELLING = 10;
let told = { milliseconds: 0, at: 0 };

/** The worker's way to the main thread. */
export function onAllow(call: (milliseconds: number) => void): void {
  callback = call;
  told = { milliseconds: 0, at: 0 };
}

function tell(milliseconds: number): void {
  const at = performance.now();
  if (milliseconds <= told.milliseconds && at - told.at < WORTH_TELLING) return;
  told = { milliseconds, at };
  callback(milliseconds);
}

/** Opening and parsing a file, inflating included. */
export function allowParsing(bytes: number): void {
  tell(2500 + bytes / 20_000);
}

/** What a header says of each of its frames. */
export function allowFrames(frames: number): void {
  tell(2500 + frames / 25);
}

/** Putting slices in order. */
export function allowGrouping(slices: number): void {
  tell(5000 + slices / 20);
}

/** Decoding one frame: some ten times what a codec needs on a slow core. */
export function allowFrame(bytes: number, pixels: number): void {
  tell(2500 + bytes / 1024 + pixels / 10_000);
}

/** What was unpacked, and looked at voxel by voxel. */
export function allowInflated(bytes: number): void {
  tell(3000 + bytes / 10_000);
}

/** Reading a NIfTI volume and cutting its slices. */
export function allowVolume(bytes: number): void {
  tell(3000 + bytes / 2000);
}
