#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace medgemma {

enum class LogLevel { debug, info, warning, error };

// Called from any thread. Must not call back into the engine.
using LogSink = std::function<void(LogLevel, const std::string&)>;

// Several environments (worker threads) of one process may listen at once. Without listeners nothing is
// printed.
uint64_t add_log_sink(LogSink sink);
void remove_log_sink(uint64_t id);

// Routes llama.cpp's, ggml's and mtmd's logging to the sinks. Process-wide; called once by init_backend.
void route_logs();

// While it lives, hears the lines that this thread logs. It may throw, where llama.cpp's code catches.
class LogWatch {
 public:
  explicit LogWatch(std::function<void(const std::string&)> listener);
  ~LogWatch();
  LogWatch(const LogWatch&) = delete;
  LogWatch& operator=(const LogWatch&) = delete;

 private:
  std::function<void(const std::string&)> listener_;
};

// The first error, else the first warning, that this thread logged since clear_last_problem: why something
// failed.
std::string last_problem();
void clear_last_problem();

}  // namespace medgemma
