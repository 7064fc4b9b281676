import type { EngineStats } from "./engine.js";

/** When no process runs. */
export const NO_STATS: EngineStats = {
  requests: { running: 0, waiting: 0, completed: 0, failed: 0, cancelled: 0, preempted: 0 },
  tokens: { prompt: 0, cached: 0, completion: 0 },
  prefixCache: { hits: 0, misses: 0, evictions: 0, parked: 0, cells: 0 },
  images: { encoded: 0, memoryHits: 0, diskHits: 0, bytes: 0 },
  restarts: 0,
};
