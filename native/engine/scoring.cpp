#include "scoring.h"

#include <algorithm>
#include <cstdint>

#include "finite.h"

namespace medgemma {
namespace {

struct Fork {
  llama_seq_id sequence;
  size_t continuation;
  std::vector<int> outputs;  // batch rows, each of which predicts the next token that has no score yet
};

// Row i of a continuation predicts its token i + 1; the first token came from the prompt's last row.
void fill(Slot& slot, Context& context, PrefixCache& cache, Batch& batch, size_t max_forks,
          std::vector<Fork>& forks) {
  const auto& continuations = slot.request().continuations;
  int outputs_left = context.max_outputs();
  batch.clear();
  for (size_t i = 0; i < continuations.size() && forks.size() < max_forks && outputs_left > 0; ++i) {
    const std::vector<llama_token>& tokens = continuations[i];
    const int known = static_cast<int>(slot.result().scores[i].size());
    const int missing = static_cast<int>(tokens.size()) - known;
    if (missing == 0) continue;
    const int outputs = std::min(missing, outputs_left);
    const int rows = known - 1 + outputs;
    // A continuation is split over several batches only when it is too long for one.
    if (!forks.empty() && (outputs < missing || batch.size() + rows > context.batch_size())) break;
    const llama_seq_id sequence = cache.acquire();
    if (sequence < 0) break;
    context.fork(slot.sequence(), sequence, slot.position());
    Fork fork{sequence, i, {}};
    for (int row = 0; row < rows; ++row) {
      const bool output = row >= known - 1;
      const int index = batch.add(tokens[row], slot.position() + row, sequence, output);
      if (output) fork.outputs.push_back(index);
    }
    outputs_left -= outputs;
    forks.push_back(std::move(fork));
  }
}

}  // namespace

bool all_scored(const Slot& slot) {
  const auto& continuations = slot.request().continuations;
  const auto& scores = slot.result().scores;
  for (size_t i = 0; i < continuations.size(); ++i) {
    if (scores[i].size() < continuations[i].size()) return false;
  }
  return true;
}

int score_continuations(Slot& slot, Context& context, PrefixCache& cache, Batch& batch) {
  std::vector<Fork> forks;
  const auto release = [&] {
    for (const Fork& fork : forks) cache.release(fork.sequence);
    forks.clear();
  };
  fill(slot, context, cache, batch, SIZE_MAX, forks);
  if (forks.empty()) return 0;  // every sequence runs: try again next turn
  int code = context.decode(batch, /* causal */ true);
  while (code == 1 && cache.evict_oldest()) code = context.decode(batch, true);
  if (code == 1 && forks.size() > 1) {
    release();
    fill(slot, context, cache, batch, 1, forks);
    code = context.decode(batch, true);
  }
  bool finite = true;
  if (code == 0) {
    for (const Fork& fork : forks) {
      const std::vector<llama_token>& tokens = slot.request().continuations[fork.continuation];
      std::vector<TokenLogprob>& scores = slot.result().scores[fork.continuation];
      for (const int row : fork.outputs) {
        const float* logits = context.logits(row);
        finite = finite && all_finite(logits, static_cast<size_t>(slot.vocabulary_size()));
        const LogSoftmax log_softmax(logits, slot.vocabulary_size());
        const llama_token token = tokens[scores.size()];
        scores.push_back({token, log_softmax[token]});
      }
    }
  }
  release();
  if (!finite) throw no_numbers("decode_failed", "the model");
  return code;
}

}  // namespace medgemma
