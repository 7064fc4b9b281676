import type { EngineStats } from "../engine.js";
import type { NativeStats } from "./addon.js";

export function toEngineStats(native: NativeStats, images: EngineStats["images"] | undefined): EngineStats {
  return {
    requests: {
      running: native.running,
      waiting: native.waiting,
      completed: native.completed,
      failed: native.failed,
      cancelled: native.cancelled,
      preempted: native.preempted,
    },
    tokens: {
      prompt: native.promptTokens,
      cached: native.cachedTokens,
      completion: native.completionTokens,
    },
    prefixCache: {
      hits: native.prefixHits,
      misses: native.prefixMisses,
      evictions: native.prefixEvictions,
      parked: native.parked,
      cells: native.parkedCells,
    },
    images: images ?? { encoded: 0, memoryHits: 0, diskHits: 0, bytes: 0 },
    restarts: 0,
  };
}
