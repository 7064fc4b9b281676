// A few threads that share the tasks of one step. The caller is one of them.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace medgemma::siglip {

class ThreadPool {
 public:
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int size() const { return static_cast<int>(workers_.size()) + 1; }

  // Calls task(index, thread) for every index below `count` and returns when all are done. Which thread takes
  // which index is left to chance; a task must not throw.
  void run(int count, const std::function<void(int index, int thread)>& task);

 private:
  void work(int thread);
  void drain(int thread);

  std::mutex mutex_;
  std::condition_variable started_;
  std::condition_variable finished_;
  const std::function<void(int, int)>* task_ = nullptr;
  std::atomic<int> next_{0};
  int count_ = 0;
  int busy_ = 0;
  unsigned round_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> workers_;
};

}  // namespace medgemma::siglip
