// Which requests' adapters a turn computes with: rows of one decode share them. Part of Scheduler.
#include <algorithm>
#include <set>

#include "scheduler.h"

namespace medgemma {
namespace {

// Each change costs the building of a graph, each turn lets the others wait.
constexpr int kTurnsOfMix = 8;

}  // namespace

void Scheduler::choose_adapters() {
  if (slots_.empty()) return;
  std::set<uint32_t> mixes;
  for (const SlotPtr& slot : slots_) mixes.insert(slot->request().adapters.number);
  const bool alone = mixes.size() == 1;
  if (mixes.count(active_mix_) != 0 && (alone || ++turns_of_mix_ < kTurnsOfMix)) return;
  // The next one in a circle: nobody is passed over.
  auto next = mixes.upper_bound(active_mix_);
  if (next == mixes.end()) next = mixes.begin();
  turns_of_mix_ = 0;
  active_mix_ = *next;
  const auto slot =
      std::find_if(slots_.begin(), slots_.end(), [this](const SlotPtr& entry) { return has_turn(*entry); });
  const AdapterMix& mix = (*slot)->request().adapters;
  std::vector<float> scales;
  for (const AdapterMix::Part& part : mix.parts) scales.push_back(part.scale);
  context_.set_adapters(adapters_ ? adapters_->pointers(mix) : std::vector<llama_adapter_lora*>{},
                        std::move(scales));
}

}  // namespace medgemma
