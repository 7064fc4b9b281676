import { vi } from "vitest";

/**
 * Runs work on a clock that jumps at every look, so that whatever lets the event loop turn when its time is over does so
 * at every opportunity; and counts the turns.
 */
export async function countTurns<T>(work: () => Promise<T>): Promise<{ result: T; turns: number }> {
  let now = 0;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => {
    now += 1000;
    return now;
  });
  let turns = 0;
  const tick = () => {
    turns++;
    next = setImmediate(tick);
  };
  let next = setImmediate(tick);
  try {
    const result = await work();
    return { result, turns };
  } finally {
    clearImmediate(next);
    clock.mockRestore();
  }
}
