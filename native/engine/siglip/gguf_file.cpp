#include "gguf_file.h"

#include <cstring>

namespace medgemma::siglip {

GgufFile::GgufFile(const std::string& path) : path_(path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) throw FileError("cannot open " + path);
  file_bytes_ = static_cast<uint64_t>(file.tellg());
  gguf_.reset(gguf_init_from_file(path.c_str(), gguf_init_params{/*no_alloc=*/true, /*ctx=*/nullptr}));
  if (!gguf_) throw FileError("not a GGUF file: " + path);
}

bool GgufFile::has(const std::string& key) const {
  return gguf_find_key(gguf_.get(), key.c_str()) >= 0;
}

int64_t GgufFile::find(const std::string& key, gguf_type type) const {
  const int64_t id = gguf_find_key(gguf_.get(), key.c_str());
  if (id < 0) throw FileError("missing key " + key);
  if (gguf_get_kv_type(gguf_.get(), id) != type) throw FileError("wrong type of key " + key);
  return id;
}

uint32_t GgufFile::u32(const std::string& key) const {
  return gguf_get_val_u32(gguf_.get(), find(key, GGUF_TYPE_UINT32));
}

uint32_t GgufFile::u32(const std::string& key, uint32_t otherwise) const {
  return has(key) ? u32(key) : otherwise;
}

float GgufFile::f32(const std::string& key) const {
  return gguf_get_val_f32(gguf_.get(), find(key, GGUF_TYPE_FLOAT32));
}

bool GgufFile::boolean(const std::string& key, bool otherwise) const {
  return has(key) ? gguf_get_val_bool(gguf_.get(), find(key, GGUF_TYPE_BOOL)) : otherwise;
}

std::string GgufFile::string(const std::string& key, const std::string& otherwise) const {
  return has(key) ? gguf_get_val_str(gguf_.get(), find(key, GGUF_TYPE_STRING)) : otherwise;
}

std::vector<float> GgufFile::floats(const std::string& key) const {
  const int64_t id = find(key, GGUF_TYPE_ARRAY);
  if (gguf_get_arr_type(gguf_.get(), id) != GGUF_TYPE_FLOAT32) throw FileError("wrong type of key " + key);
  const auto* values = static_cast<const float*>(gguf_get_arr_data(gguf_.get(), id));
  return {values, values + gguf_get_arr_n(gguf_.get(), id)};
}

std::vector<std::string> GgufFile::tensor_names() const {
  std::vector<std::string> names;
  for (int64_t i = 0; i < gguf_get_n_tensors(gguf_.get()); ++i)
    names.emplace_back(gguf_get_tensor_name(gguf_.get(), i));
  return names;
}

bool GgufFile::has_tensor(const std::string& name) const {
  return gguf_find_tensor(gguf_.get(), name.c_str()) >= 0;
}

TensorInfo GgufFile::tensor(const std::string& name) const {
  const int64_t id = gguf_find_tensor(gguf_.get(), name.c_str());
  if (id < 0) throw FileError("missing tensor " + name);
  TensorInfo info;
  info.name = name;
  info.type = gguf_get_tensor_type(gguf_.get(), id);
  const int64_t* ne = gguf_get_tensor_ne(gguf_.get(), id);
  info.shape.assign(ne, ne + GGML_MAX_DIMS);
  while (info.shape.size() > 1 && info.shape.back() == 1) info.shape.pop_back();
  info.offset = gguf_get_data_offset(gguf_.get()) + gguf_get_tensor_offset(gguf_.get(), id);
  info.bytes = gguf_get_tensor_size(gguf_.get(), id);
  if (info.offset > file_bytes_ || info.bytes > file_bytes_ - info.offset) {
    throw FileError("the file ends inside tensor " + name);
  }
  return info;
}

std::vector<float> GgufFile::read(const TensorInfo& info) const {
  int64_t rows = 1;
  for (size_t i = 1; i < info.shape.size(); ++i) rows *= info.shape[i];
  return RowReader(*this, info).numbers(rows);
}

std::vector<float> GgufFile::read(const std::string& name, const std::vector<int64_t>& shape) const {
  const TensorInfo info = tensor(name);
  if (info.shape != shape) throw FileError("wrong shape of tensor " + name);
  return read(info);
}

RowReader::RowReader(const GgufFile& file, const TensorInfo& tensor)
    : tensor_(tensor), stream_(file.path_, std::ios::binary) {
  stream_.seekg(static_cast<std::streamoff>(tensor.offset));
}

const std::vector<uint8_t>& RowReader::bytes(int64_t rows) {
  bytes_.resize(static_cast<size_t>(rows) * ggml_row_size(tensor_.type, tensor_.shape[0]));
  stream_.read(reinterpret_cast<char*>(bytes_.data()), static_cast<std::streamsize>(bytes_.size()));
  if (!stream_) throw FileError("cannot read tensor " + tensor_.name);
  return bytes_;
}

const std::vector<float>& RowReader::numbers(int64_t rows) {
  bytes(rows);
  const int64_t count = rows * tensor_.shape[0];
  numbers_.resize(static_cast<size_t>(count));
  if (tensor_.type == GGML_TYPE_F32) {
    std::memcpy(numbers_.data(), bytes_.data(), bytes_.size());
    return numbers_;
  }
  const ggml_to_float_t to_float = ggml_get_type_traits(tensor_.type)->to_float;
  if (to_float == nullptr) throw FileError("unreadable type of tensor " + tensor_.name);
  to_float(bytes_.data(), numbers_.data(), count);
  return numbers_;
}

}  // namespace medgemma::siglip
