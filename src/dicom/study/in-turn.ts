/** Steps that wait or run at a time: enough for every worker, and few enough to be listened to and given up. */
const AT_ONCE = 16;

/** Runs a step for each item, some at a time; the results in the items' order. The first error ends it. */
export async function inTurn<T, R>(
  items: readonly T[],
  step: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  let failed = false;
  const run = async () => {
    while (next < items.length && !failed) {
      const index = next++;
      try {
        results[index] = await step(items[index] as T, index);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, run));
  return results;
}
