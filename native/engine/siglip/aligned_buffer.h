// Memory that starts on a cache line, zeroed, in large pages where the system has them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <utility>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace medgemma::siglip {

class AlignedBuffer {
 public:
  AlignedBuffer() = default;
  explicit AlignedBuffer(size_t bytes) {
    const bool large = bytes >= kLargePage;
    alignment_ = large ? kLargePage : 64;
    bytes_ = (bytes + alignment_ - 1) / alignment_ * alignment_;
    data_ = static_cast<uint8_t*>(::operator new(bytes_, std::align_val_t(alignment_)));
#ifdef __linux__
    if (large) madvise(data_, bytes_, MADV_HUGEPAGE);
#endif
    std::memset(data_, 0, bytes_);
  }
  AlignedBuffer(const AlignedBuffer&) = delete;
  AlignedBuffer& operator=(const AlignedBuffer&) = delete;
  AlignedBuffer(AlignedBuffer&& other) noexcept {
    swap(other);
  }
  AlignedBuffer& operator=(AlignedBuffer&& other) noexcept {
    swap(other);
    return *this;
  }
  ~AlignedBuffer() {
    if (data_ != nullptr) ::operator delete(data_, std::align_val_t(alignment_));
  }

  uint8_t* data() const {
    return data_;
  }
  float* floats() const {
    return reinterpret_cast<float*>(data_);
  }

 private:
  static constexpr size_t kLargePage = size_t{2} << 20;

  void swap(AlignedBuffer& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    std::swap(alignment_, other.alignment_);
  }

  uint8_t* data_ = nullptr;
  size_t bytes_ = 0;
  size_t alignment_ = 64;
};

}  // namespace medgemma::siglip
