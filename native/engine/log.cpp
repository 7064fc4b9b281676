#include "log.h"

#include <llama.h>
#include <mtmd.h>

#include <map>
#include <mutex>

namespace medgemma {
namespace {

struct LogState {
  std::mutex mutex;
  std::map<uint64_t, LogSink> sinks;
  uint64_t next_id = 1;
  std::string partial;  // llama.cpp logs parts of lines; sinks get whole ones
  LogLevel partial_level = LogLevel::info;
};

// Loads and decodes of several threads must not take each other's reasons.
struct Problem {
  std::string error;
  std::string warning;
};
thread_local Problem problem;

thread_local const std::function<void(const std::string&)>* watch = nullptr;

LogState& state() {
  static LogState* instance = new LogState;  // never destroyed: libraries may log while the process exits
  return *instance;
}

LogLevel to_level(ggml_log_level level) {
  switch (level) {
    case GGML_LOG_LEVEL_ERROR:
      return LogLevel::error;
    case GGML_LOG_LEVEL_WARN:
      return LogLevel::warning;
    case GGML_LOG_LEVEL_INFO:
      return LogLevel::info;
    default:
      return LogLevel::debug;
  }
}

void on_log(ggml_log_level level, const char* text, void*) {
  LogState& log = state();
  std::lock_guard<std::mutex> lock(log.mutex);
  if (level != GGML_LOG_LEVEL_CONT) log.partial_level = to_level(level);
  log.partial += text;
  size_t end;
  while ((end = log.partial.find('\n')) != std::string::npos) {
    const std::string line = log.partial.substr(0, end);
    log.partial.erase(0, end + 1);
    if (line.empty()) continue;
    // The first error tells the reason; what follows it only says that something failed.
    if (log.partial_level == LogLevel::error && problem.error.empty()) problem.error = line;
    if (log.partial_level == LogLevel::warning && problem.warning.empty()) problem.warning = line;
    for (const auto& [id, sink] : log.sinks) sink(log.partial_level, line);
    if (watch != nullptr) (*watch)(line);
  }
}

}  // namespace

uint64_t add_log_sink(LogSink sink) {
  LogState& log = state();
  std::lock_guard<std::mutex> lock(log.mutex);
  log.sinks[log.next_id] = std::move(sink);
  return log.next_id++;
}

void remove_log_sink(uint64_t id) {
  LogState& log = state();
  std::lock_guard<std::mutex> lock(log.mutex);
  log.sinks.erase(id);
}

void route_logs() {
  llama_log_set(on_log, nullptr);
  mtmd_log_set(on_log, nullptr);
}

LogWatch::LogWatch(std::function<void(const std::string&)> listener) : listener_(std::move(listener)) {
  watch = &listener_;
}

LogWatch::~LogWatch() {
  watch = nullptr;
}

std::string last_problem() {
  return problem.error.empty() ? problem.warning : problem.error;
}

void clear_last_problem() {
  problem = {};
}

}  // namespace medgemma
