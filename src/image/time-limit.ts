import { MedGemmaError } from "../errors.js";

/**
 * Work with a limit of time: its signal fires when the caller's does or the time is over. What cannot stop at once ends in
 * the background. @throws MedGemmaError `image_timeout`, or what the work throws.
 */
export async function withinTime<T>(
  milliseconds: number,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const both = new AbortController();
  const forward = () => both.abort(signal?.reason);
  if (signal?.aborted) forward();
  signal?.addEventListener("abort", forward, { once: true });
  const timer = setTimeout(() => both.abort(), milliseconds);
  try {
    return await work(both.signal);
  } catch (error) {
    if (!both.signal.aborted || signal?.aborted) throw error;
    throw new MedGemmaError("image_timeout", undefined, { facts: { milliseconds } });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", forward);
  }
}

/** The same for libvips, which looks at the clock between two lines of a picture: a second later, for ours is the error. */
export function vipsTimeout(milliseconds: number): { readonly seconds: number } {
  return { seconds: Math.min(3600, Math.ceil(milliseconds / 1000) + 1) };
}
