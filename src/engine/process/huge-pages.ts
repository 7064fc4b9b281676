import { stat } from "node:fs/promises";

/** Below this a model gains nothing, and what the allocator rounds up would show. */
const LARGE = 2 ** 30;
const TUNABLE = "glibc.malloc.hugetlb=1";

/**
 * Environment of a process for a large model: glibc then asks the kernel for pages of 2 MB, where it grants them on
 * request. Weights, cache and what the loader reads into are gigabytes, and taking them in pages of 4 KB costs a
 * third of a load. Other systems and allocators do not look at it.
 */
export async function hugePages(model: string): Promise<Record<string, string>> {
  const bytes = await stat(model).then(
    ({ size }) => size,
    () => 0,
  );
  if (process.platform !== "linux" || bytes < LARGE) return {};
  const own = process.env.GLIBC_TUNABLES;
  return { GLIBC_TUNABLES: own === undefined || own === "" ? TUNABLE : `${TUNABLE}:${own}` };
}
