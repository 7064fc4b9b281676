import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));
export const benchDir = path.join(root, "bench");
/** What is dear to make and outlives a run: builds, peers, stand-in. Not in git. */
export const cacheDir = process.env.MEDGEMMA_BENCH_CACHE ?? path.join(root, "build-bench");
export const resultsDir = path.join(benchDir, "results");
