#include "addon_state.h"

#include "log.h"

namespace medgemma {

AddonState::AddonState(Napi::Env env) : dispatcher(env) {
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
  state->dispatcher.close();
  if (state->log_sink != 0) remove_log_sink(state->log_sink);
  for (const auto& [id, load] : state->loads) load->cancelled = true;
  for (const auto& [id, load] : state->loads) {
    if (load->thread.joinable()) load->thread.join();
  }
  for (const auto& engine : state->engines) engine->stop();
  state->loads.clear();
  state->engines.clear();
  state->pending_.clear();
}

}  // namespace medgemma
