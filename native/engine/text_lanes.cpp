#include "text_lanes.h"

#include <utility>

namespace medgemma {
namespace {

// Read in some ten milliseconds.
constexpr size_t kShort = 64 << 10;

}  // namespace

void TextLanes::submit(size_t bytes, Work work) {
  (bytes <= kShort ? short_ : long_).submit(bytes, std::move(work));
}

void TextLanes::stop() {
  stopping_ = true;
  short_.wake();
  long_.wake();
  std::lock_guard<std::mutex> lock(joining_);
  short_.join();
  long_.join();
}

TextLanes::Lane::Lane(const std::atomic<bool>& stopping) : stopping_(stopping), thread_([this] { run(); }) {}

void TextLanes::Lane::submit(size_t bytes, Work work) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!stopping_) {
      waiting_.emplace(bytes, std::move(work));
      wake_.notify_one();
      return;
    }
  }
  work([] { return true; });
}

void TextLanes::Lane::wake() {
  std::lock_guard<std::mutex> lock(mutex_);
  wake_.notify_one();
}

void TextLanes::Lane::join() {
  if (thread_.joinable()) thread_.join();
}

void TextLanes::Lane::run() {
  for (;;) {
    std::unique_lock<std::mutex> lock(mutex_);
    wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    const Work work = std::move(waiting_.begin()->second);
    waiting_.erase(waiting_.begin());
    lock.unlock();
    work([this] { return stopping_.load(); });
  }
}

}  // namespace medgemma
