#pragma once

#include <llama.h>

#include <vector>

namespace medgemma {

// llama_batch over vectors: rows of tokens, or one picture's rows.
class Batch {
 public:
  void clear();
  int size() const { return static_cast<int>(positions_.size()); }
  // Returns the row's index, which llama_get_logits_ith takes when `output` is set.
  int add(llama_token token, llama_pos position, llama_seq_id sequence, bool output);
  // The rows of a picture; `values` must outlive the decode. Only into an empty batch.
  void set_image(const float* values, int rows, llama_pos position, llama_seq_id sequence);
  llama_batch view();

 private:
  const float* embeddings_ = nullptr;
  std::vector<llama_token> tokens_;
  std::vector<llama_pos> positions_;
  std::vector<int32_t> sequence_counts_;
  std::vector<llama_seq_id> sequences_;
  std::vector<llama_seq_id*> sequence_pointers_;
  std::vector<int8_t> outputs_;
};

}  // namespace medgemma
