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

// Row i of a continuation predicts its token i + 1; the first token came from the prompt's last row. Every
// row asks for its logits, so that those before the last known token are in the fork already.
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
    const int rows = std::min(missing, outputs_left);
    // Split only when it is too long for a batch of its own: then it is the first that is not done.
    if (!forks.empty() && rows < missing) break;
    const bool begun = forks.empty() && slot.fork() >= 0;
    const llama_seq_id sequence = begun ? slot.fork() : cache.acquire();
    if (sequence < 0) break;
    if (!begun) context.fork(slot.sequence(), sequence, slot.position());
    Fork fork{sequence, i, {}};
    for (int row = known - 1; row < known - 1 + rows; ++row) {
      fork.outputs.push_back(batch.add(tokens[row], slot.position() + row, sequence, true));
    }
    outputs_left -= rows;
    forks.push_back(std::move(fork));
  }
}

// Adds what the batch said. False when it said what is no number.
bool read_scores(Slot& slot, const Context& context, const std::vector<Fork>& forks) {
  for (const Fork& fork : forks) {
    const std::vector<llama_token>& tokens = slot.request().continuations[fork.continuation];
    std::vector<TokenLogprob>& scores = slot.result().scores[fork.continuation];
    for (const int row : fork.outputs) {
      const float* logits = context.logits(row);
      if (!all_finite(logits, static_cast<size_t>(slot.vocabulary_size()))) return false;
      const LogSoftmax log_softmax(logits, slot.vocabulary_size());
      const llama_token token = tokens[scores.size()];
      scores.push_back({token, log_softmax[token]});
    }
  }
  return true;
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

int score_continuations(Slot& slot, Context& context, PrefixCache& cache, Batch& batch, size_t max_forks) {
  std::vector<Fork> forks;
  const auto release_new = [&] {
    for (const Fork& fork : forks) {
      if (fork.sequence != slot.fork()) cache.release(fork.sequence);
    }
    forks.clear();
  };
  fill(slot, context, cache, batch, max_forks, forks);
  if (forks.empty()) return kNoSequence;
  int code = context.decode(batch, /* causal */ true);
  while (code == 1 && cache.evict_oldest()) code = context.decode(batch, true);
  if (code == 1 && forks.size() > 1) {
    release_new();
    fill(slot, context, cache, batch, 1, forks);
    code = context.decode(batch, true);
  }
  const bool finite = code != 0 || read_scores(slot, context, forks);
  if (code == 0 && finite) {
    const Fork& first = forks.front();
    const bool done = slot.result().scores[first.continuation].size() ==
                      slot.request().continuations[first.continuation].size();
    slot.set_fork(done ? -1 : first.sequence);  // what is not the slot's is released below
  } else if (slot.fork() >= 0) {
    // What an interrupted decode leaves behind would be there twice the next time.
    const Fork& first = forks.front();
    const size_t known = slot.result().scores[first.continuation].size();
    context.truncate(slot.fork(), slot.position() + static_cast<llama_pos>(known) - 1);
  }
  release_new();
  if (!finite) throw no_numbers("decode_failed", "the model");
  return code;
}

}  // namespace medgemma
