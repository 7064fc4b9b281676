#include "addon_state.h"

#include <cstdlib>
#include <mutex>

#include "log.h"

namespace medgemma {
namespace {

// The environments of this process. Never destroyed, so that it outlives whatever happens while it exits.
struct Environments {
  std::mutex mutex;
  std::set<AddonState*> alive;
};

Environments& environments() {
  static Environments* instance = new Environments;
  return *instance;
}

}  // namespace

AddonState::AddonState(Napi::Env env) : dispatcher(env) {
  {
    std::lock_guard<std::mutex> lock(environments().mutex);
    environments().alive.insert(this);
  }
  env.SetInstanceData<AddonState>(this);
  // Registered after the dispatcher's own hook, so it runs before: threads end while posting is still
  // harmless.
  env.AddCleanupHook(tear_down, this);
}

AddonState& AddonState::of(Napi::Env env) {
  return *env.GetInstanceData<AddonState>();
}

uint64_t AddonState::add_pending(Pending pending) {
  if (pending_.empty()) dispatcher.keep_alive(true);
  pending_.emplace(next_id_, std::move(pending));
  return next_id_++;
}

Pending* AddonState::find_pending(uint64_t id) {
  const auto found = pending_.find(id);
  return found == pending_.end() ? nullptr : &found->second;
}

Pending AddonState::take_pending(uint64_t id) {
  const auto found = pending_.find(id);
  if (found == pending_.end()) return {};
  Pending pending = std::move(found->second);
  pending_.erase(found);
  if (pending_.empty()) dispatcher.keep_alive(false);
  return pending;
}

// Exit, or the end of a worker, possibly while a model loads or answers: every thread of ours is told to stop
// and waited for, because it runs code and holds memory that are about to go.
void AddonState::tear_down(AddonState* state) {
  {
    std::lock_guard<std::mutex> lock(environments().mutex);
    environments().alive.erase(state);
  }
  state->dispatcher.close();
  state->stop_threads();
  state->long_tasks.clear();
  state->engines.clear();
  state->pending_.clear();
}

void AddonState::stop_threads() {
  if (log_sink != 0) remove_log_sink(log_sink);
  for (const auto& [id, task] : long_tasks) task->cancelled = true;
  for (const auto& [id, task] : long_tasks) {
    if (task->thread.joinable()) task->thread.join();
  }
  for (const auto& entry : engines) {
    if (const std::shared_ptr<Engine> engine = entry.lock()) engine->stop();
  }
}

void AddonState::guard_exit() {
  std::atexit(stop_all);
}

// On the main thread. Workers have ended by now: Node stops them first, and their hooks have run.
void AddonState::stop_all() {
  std::lock_guard<std::mutex> lock(environments().mutex);
  for (AddonState* state : environments().alive) {
    state->dispatcher.mute();
    state->stop_threads();
  }
}

}  // namespace medgemma
