#include "batch.h"

namespace medgemma {

void Batch::clear() {
  embeddings_ = nullptr;
  tokens_.clear();
  positions_.clear();
  sequence_counts_.clear();
  sequences_.clear();
  outputs_.clear();
}

int Batch::add(llama_token token, llama_pos position, llama_seq_id sequence, bool output) {
  tokens_.push_back(token);
  positions_.push_back(position);
  sequence_counts_.push_back(1);
  sequences_.push_back(sequence);
  outputs_.push_back(output ? 1 : 0);
  return size() - 1;
}

void Batch::set_image(const float* values, int rows, llama_pos position, llama_seq_id sequence) {
  clear();
  embeddings_ = values;
  for (int i = 0; i < rows; ++i) {
    positions_.push_back(position + i);
    sequence_counts_.push_back(1);
    sequences_.push_back(sequence);
    outputs_.push_back(0);
  }
}

llama_batch Batch::view() {
  sequence_pointers_.clear();
  for (llama_seq_id& sequence : sequences_) sequence_pointers_.push_back(&sequence);
  llama_batch batch = {};
  batch.n_tokens = size();
  batch.token = embeddings_ == nullptr ? tokens_.data() : nullptr;
  batch.embd = const_cast<float*>(embeddings_);  // llama_decode only reads it
  batch.pos = positions_.data();
  batch.n_seq_id = sequence_counts_.data();
  batch.seq_id = sequence_pointers_.data();
  batch.logits = outputs_.data();
  return batch;
}

}  // namespace medgemma
