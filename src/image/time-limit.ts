import { JoinedAbort } from "../base/abort.js";
import { MedGemmaError } from "../base/errors.js";

/** Waits for something that is not the work's own: its time is not counted. */
export type Uncounted = <R>(wait: Promise<R>) => Promise<R>;

/**
 * Work with a limit of time: its signal fires when the caller's does or the time is over. What cannot stop at once ends in
 * the background. @throws MedGemmaError `image_timeout`, or what the work throws.
 */
export async function withinTime<T>(
  milliseconds: number,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal, uncounted: Uncounted) => Promise<T>,
): Promise<T> {
  const both = new JoinedAbort(signal);
  let left = milliseconds;
  let since = performance.now();
  let timer = setTimeout(() => both.abort(), left);
  const uncounted: Uncounted = async (wait) => {
    clearTimeout(timer);
    left -= performance.now() - since;
    try {
      return await wait;
    } finally {
      since = performance.now();
      timer = setTimeout(() => both.abort(), left);
    }
  };
  try {
    return await work(both.signal, uncounted);
  } catch (error) {
    if (!both.signal.aborted || signal?.aborted) throw error;
    throw new MedGemmaError("image_timeout", undefined, { facts: { milliseconds } });
  } finally {
    clearTimeout(timer);
    both.end();
  }
}

/** The same for libvips, which looks at the clock between two lines of a picture: a second later, for ours is the error. */
export function vipsTimeout(milliseconds: number): { readonly seconds: number } {
  return { seconds: Math.min(3600, Math.ceil(milliseconds / 1000) + 1) };
}
