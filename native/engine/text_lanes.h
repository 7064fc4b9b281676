#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace medgemma {

// Threads that read texts, so that nobody else waits for one: short texts have a thread of their own, and of
// the long ones the shortest goes first.
class TextLanes {
 public:
  // Reads a text; must not throw. Its argument tells when nobody waits any more, because all is stopped.
  using Work = std::function<void(const std::function<bool()>& stopped)>;

  TextLanes() : short_(stopping_), long_(stopping_) {}
  ~TextLanes() { stop(); }

  // After stop() the work is done at once, by the caller.
  void submit(size_t bytes, Work work);
  // Tells what runs and waits, and blocks until it has ended. Idempotent.
  void stop();

 private:
  class Lane {
   public:
    explicit Lane(const std::atomic<bool>& stopping);
    void submit(size_t bytes, Work work);
    void wake();
    void join();

   private:
    void run();

    const std::atomic<bool>& stopping_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::multimap<size_t, Work> waiting_;  // by bytes
    std::thread thread_;
  };

  std::atomic<bool> stopping_{false};
  std::mutex joining_;
  Lane short_;
  Lane long_;
};

}  // namespace medgemma
