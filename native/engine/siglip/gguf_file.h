// Read access to a GGUF file that trusts nothing in it: wrong types and offsets are errors, never aborts.
#pragma once

#include <cstdint>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "ggml.h"
#include "gguf.h"

namespace medgemma::siglip {

struct FileError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct TensorInfo {
  std::string name;
  ggml_type type = GGML_TYPE_F32;
  std::vector<int64_t> shape;  // innermost first, trailing ones removed
  uint64_t offset = 0;         // in the file
  uint64_t bytes = 0;
};

class GgufFile {
 public:
  explicit GgufFile(const std::string& path);

  bool has(const std::string& key) const;
  uint32_t u32(const std::string& key) const;
  uint32_t u32(const std::string& key, uint32_t otherwise) const;
  float f32(const std::string& key) const;
  bool boolean(const std::string& key, bool otherwise) const;
  std::string string(const std::string& key, const std::string& otherwise) const;
  std::vector<float> floats(const std::string& key) const;

  std::vector<std::string> tensor_names() const;
  bool has_tensor(const std::string& name) const;
  TensorInfo tensor(const std::string& name) const;
  // A tensor's numbers as float32. Safe from several threads.
  std::vector<float> read(const TensorInfo& tensor) const;
  // The same after checking the shape.
  std::vector<float> read(const std::string& name, const std::vector<int64_t>& shape) const;

 private:
  friend class RowReader;
  int64_t find(const std::string& key, gguf_type type) const;

  std::string path_;
  uint64_t file_bytes_ = 0;
  std::unique_ptr<gguf_context, decltype(&gguf_free)> gguf_{nullptr, gguf_free};
};

// A tensor's rows in their order, in pieces of the caller's size: whole tensors would cost more memory and
// time than what they become. What is read stays valid until the next call.
class RowReader {
 public:
  RowReader(const GgufFile& file, const TensorInfo& tensor);

  // As the file holds them, and as float32.
  const std::vector<uint8_t>& bytes(int64_t rows);
  const std::vector<float>& numbers(int64_t rows);

 private:
  TensorInfo tensor_;
  std::ifstream stream_;
  std::vector<uint8_t> bytes_;
  std::vector<float> numbers_;
};

}  // namespace medgemma::siglip
