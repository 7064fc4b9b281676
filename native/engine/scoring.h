#pragma once

#include "batch.h"
#include "context.h"
#include "prefix_cache.h"
#include "slot.h"

namespace medgemma {

bool all_scored(const Slot& slot);

// No code of llama_decode's: nothing was done, for every sequence is in use.
constexpr int kNoSequence = 1000;

// Decodes one batch with as many continuations as may be and there are sequences and output rows for, each in
// a fork of the slot's prompt, and adds their tokens' log-probabilities to the slot's result. One that is
// longer goes on in the next batch, its fork kept in the slot. Returns llama_decode's code or kNoSequence.
// Throws EngineError(decode_failed) when the model's numbers are none.
int score_continuations(Slot& slot, Context& context, PrefixCache& cache, Batch& batch, size_t max_forks);

}  // namespace medgemma
