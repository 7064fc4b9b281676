// What two prompts share, and the parked sequences that hold it.

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "check.h"
#include "prefix.h"
#include "prefix_cache.h"
#include "registry.h"
#include "scheduling.h"

static int failures = 0;

using medgemma::common_prefix;
using medgemma::Context;
using medgemma::PrefixCache;
using medgemma::Segment;
using medgemma::to_units;
using medgemma::Unit;
using medgemma_test::made_up_picture;

namespace {

Segment text(std::vector<llama_token> tokens) {
  return {std::move(tokens), nullptr};
}

Segment picture(const std::string& key) {
  return {{}, made_up_picture(1, key)};
}

std::vector<Unit> units_of(const std::vector<Segment>& segments) {
  return to_units(segments);
}

int common(const std::vector<Segment>& a, const std::vector<Segment>& b, int limit = 1000) {
  const int length = common_prefix(units_of(a), units_of(b), limit);
  if (length != common_prefix(units_of(b), units_of(a), limit)) return -1;
  return length;
}

// A context on the phantom with some sequences, decoded by hand.
struct Bench {
  explicit Bench(int size, int parallel = 4)
      : model(
            medgemma::Model::load(medgemma_test::phantom("phantom-f16.gguf"), 0, [](float) { return true; })),
        context(model, {size, 1, parallel, 16}, [] { return false; }),
        cache(context) {}

  // Decodes units first..last of text into a sequence.
  bool decode(llama_seq_id sequence, const std::vector<Unit>& units, int first) {
    for (int begin = first; begin < static_cast<int>(units.size()); begin += context.batch_size()) {
      medgemma::Batch batch;
      const int end = std::min<int>(begin + context.batch_size(), static_cast<int>(units.size()));
      for (int i = begin; i < end; ++i)
        batch.add(static_cast<llama_token>(units[i]), i, sequence, i + 1 == end);
      if (context.decode(batch, true) != 0) return false;
      logits.assign(context.logits(batch.size() - 1),
                    context.logits(batch.size() - 1) + model->vocabulary_size());
    }
    return true;
  }

  bool park(const std::vector<Unit>& units) {
    const llama_seq_id sequence = cache.acquire();
    if (sequence < 0 || !decode(sequence, units, 0)) return false;
    cache.park(sequence, units, ++group);
    return true;
  }

  std::shared_ptr<medgemma::Model> model;
  Context context;
  PrefixCache cache;
  std::vector<float> logits;  // of the row that was decoded last
  uint64_t group = 0;
};

std::vector<Unit> tokens(int seed, int count) {
  std::vector<Unit> units;
  for (int i = 0; i < count; ++i) units.push_back(medgemma::text_unit(300 + (i * 7 + seed * 31) % 500));
  return units;
}

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  double most = 0;
  for (size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(static_cast<double>(a[i]) - b[i]));
  return most;
}

}  // namespace

TEST(text_is_shared_up_to_the_first_other_token) {
  CHECK(common({text({1, 2, 3})}, {text({1, 2, 4, 5})}) == 2);
  CHECK(common({text({1, 2, 3})}, {text({1, 2, 3})}) == 3);
  CHECK(common({text({1, 2, 3})}, {text({1, 2, 3})}, 2) == 2);
  CHECK(common({text({1, 2, 3})}, {text({1, 2, 3, 4})}) == 3);
  CHECK(common({text({9})}, {text({1})}) == 0);
  CHECK(common({}, {text({1})}) == 0);
  // Where the pieces end does not matter, only what they say.
  CHECK(common({text({1}), text({2, 3})}, {text({1, 2, 3})}) == 3);
}

TEST(pictures_are_shared_whole_and_by_their_key) {
  const Segment begin = text({1, 2});
  CHECK(common({begin, picture("a"), text({3})}, {begin, picture("a"), text({4})}) == 18);
  CHECK(common({begin, picture("a"), text({3})}, {begin, picture("b"), text({3})}) == 2);
  CHECK(common({begin, picture("a"), picture("b"), text({3})},
               {begin, picture("b"), picture("a"), text({3})}) == 2);
  CHECK(common({begin, picture("a"), picture("b"), text({3})},
               {begin, picture("a"), picture("c"), text({3})}) == 18);
  // A picture at another position shares nothing after the first difference.
  CHECK(common({begin, picture("a")}, {text({1}), picture("a")}) == 1);
  // A limit inside a picture falls back to its beginning; at its ends it holds.
  for (int limit = 3; limit < 18; ++limit)
    CHECK(common({begin, picture("a"), text({3})}, {begin, picture("a"), text({3})}, limit) == 2);
  CHECK(common({begin, picture("a"), text({3})}, {begin, picture("a"), text({3})}, 18) == 18);
  CHECK(common({begin, picture("a"), text({3})}, {begin, picture("a"), text({3})}, 2) == 2);
}

TEST(what_other_adapters_computed_is_never_shared) {
  for (const std::vector<Segment>& prompt :
       {std::vector<Segment>{text({2, 4, 6})}, std::vector<Segment>{picture("a"), text({1, 2})}}) {
    const int length = static_cast<int>(to_units(prompt).size());
    for (const uint32_t one : {0u, 1u, 2u, 4294967295u}) {
      for (const uint32_t other : {0u, 1u, 2u, 4294967295u}) {
        const int shared = common_prefix(to_units(prompt, one), to_units(prompt, other), 1000);
        CHECK(shared == (one == other ? length : 0));
      }
    }
  }
}

TEST(half_a_picture_is_never_shared) {
  // What a sequence might hold if a picture had been broken off.
  std::vector<Unit> whole = units_of({text({1}), picture("a"), text({2})});
  std::vector<Unit> half(whole.begin(), whole.begin() + 9);
  CHECK(common_prefix(half, whole, 1000) == 1);
  CHECK(common_prefix(whole, half, 1000) == 1);
}

TEST(a_picture_is_no_token_and_keys_keep_their_number) {
  CHECK(medgemma::picture_serial("one") == medgemma::picture_serial("one"));
  CHECK(medgemma::picture_serial("one") != medgemma::picture_serial("two"));
  for (uint64_t serial : {uint64_t{0}, uint64_t{1}, uint64_t{1} << 40}) {
    for (int row : {0, 1, 65535}) CHECK(medgemma::image_unit(serial, row) >> 32 != 0);
  }
  CHECK(medgemma::image_unit(1, 65535) != medgemma::image_unit(2, 0));
  CHECK(medgemma::text_unit(-1) >> 32 == 0);
}

TEST(the_prefix_used_longest_ago_goes_first) {
  Bench bench(1024);
  const int sequences = bench.cache.available();
  CHECK(sequences == bench.context.sequences());
  for (int i = 0; i < sequences; ++i) CHECK(bench.park(tokens(i, 20)));
  CHECK(bench.cache.parked() == sequences);
  CHECK(bench.cache.available() == sequences);
  CHECK(bench.cache.find(tokens(0, 20), 100).length == 20);  // used again: 1 is the oldest now
  const llama_seq_id one = bench.cache.acquire();
  CHECK(bench.cache.evictions() == 1);
  CHECK(bench.cache.find(tokens(0, 20), 100).length == 20);
  CHECK(bench.cache.find(tokens(1, 20), 100).length == 0);
  CHECK(bench.cache.find(tokens(2, 20), 100).length == 20);
  bench.cache.release(one);
  CHECK(bench.cache.evict_oldest());
  CHECK(bench.cache.find(tokens(3, 20), 100).length == 0);
  bench.cache.clear();
  CHECK(bench.cache.parked() == 0 && bench.cache.available() == sequences);
  CHECK(!bench.cache.evict_oldest());
  std::vector<llama_seq_id> taken;
  for (int i = 0; i < sequences; ++i) taken.push_back(bench.cache.acquire());
  CHECK(bench.cache.acquire() == -1);
  std::sort(taken.begin(), taken.end());
  for (int i = 0; i < sequences; ++i) CHECK(taken[i] == i);
}

TEST(a_prefix_within_another_takes_no_second_sequence) {
  Bench bench(1024);
  CHECK(bench.context.keeps_all());
  CHECK(bench.park(tokens(1, 60)));
  CHECK(bench.park(tokens(1, 30)));
  CHECK(bench.cache.parked() == 1);
  CHECK(bench.cache.find(tokens(1, 60), 1000).length == 60);
  CHECK(bench.park(tokens(1, 90)));
  CHECK(bench.cache.parked() == 1);
  CHECK(bench.cache.find(tokens(1, 90), 1000).length == 90);
  CHECK(bench.cache.find(tokens(1, 90), 50).length == 50);
  CHECK(bench.cache.available() == bench.context.sequences());
}

TEST(a_fork_goes_on_as_the_whole_prompt_would) {
  // 600 tokens are more than two windows of the phantom. In the small context any length can be forked; in
  // the large one only what the window still reaches.
  for (const int size : {2048, 8192}) {
    Bench bench(size);
    CHECK(bench.context.keeps_all() == (size == 2048));
    const std::vector<Unit> prompt = tokens(3, 600);
    CHECK(bench.park(prompt));
    for (const int length : {600, 599, 500, 300, 100, 1}) {
      std::vector<Unit> other(prompt.begin(), prompt.begin() + length);
      for (const Unit unit : tokens(9, 40)) other.push_back(unit);
      const llama_seq_id fresh = bench.cache.acquire();
      CHECK(bench.decode(fresh, other, 0));
      const std::vector<float> expected = bench.logits;
      bench.cache.release(fresh);
      const PrefixCache::Match match = bench.cache.find(other, static_cast<int>(other.size()) - 1);
      CHECK(match.length == length || (size == 8192 && match.length == 0));
      if (match.length == 0) continue;
      const llama_seq_id fork = bench.cache.acquire();
      bench.context.fork(match.sequence, fork, match.length);
      CHECK(bench.decode(fork, other, match.length));
      CHECK(largest_difference(expected, bench.logits) < 0.1);
      bench.cache.release(fork);
      // The parked one lost nothing.
      CHECK(bench.cache.find(prompt, 600).length == 600);
    }
  }
}

TEST(what_a_window_has_forgotten_is_not_reached) {
  Bench bench(8192, 1);
  CHECK(!bench.context.keeps_all());
  // Five sequences of a window each and one batch fit into the sliding layers: 2000 tokens push the first
  // ones out.
  CHECK(bench.park(tokens(3, 2000)));
  const std::vector<Unit> prompt = tokens(3, 2000);
  const llama_seq_id sequence = bench.cache.find(prompt, 2000).sequence;
  CHECK(sequence >= 0);
  CHECK(bench.context.reaches(sequence, 2000));
  CHECK(!bench.context.reaches(sequence, 200));
  CHECK(!bench.context.reaches(sequence, 0));
  std::vector<Unit> early(prompt.begin(), prompt.begin() + 200);
  early.push_back(medgemma::text_unit(299));
  CHECK(bench.cache.find(early, 200).length == 0);
}
