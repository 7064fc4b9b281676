// A context too small for what is asked at once: prefixes go, requests pause and go on, nothing stands still.

#include <atomic>
#include <cmath>
#include <future>
#include <string>
#include <vector>

#include "check.h"
#include "registry.h"
#include "scheduling.h"

static int failures = 0;

using medgemma::GenerateOptions;
using medgemma_test::distance_from_alone;
using medgemma_test::Ended;
using medgemma_test::hand_over;
using medgemma_test::load_phantom_with;
using medgemma_test::made_up_picture;
using medgemma_test::made_up_text;
using medgemma_test::noise;
using medgemma_test::question;
using medgemma_test::question_about;
using medgemma_test::Settings;
using medgemma_test::Started;

namespace {

// See distance_from_alone.
constexpr double kRounding = 0.1;

Settings with(GenerateOptions options) {
  Settings settings;
  settings.options = std::move(options);
  return settings;
}

}  // namespace

TEST(paused_requests_answer_as_if_alone) {
  const auto engine = load_phantom_with(512, 6);
  const auto picture = made_up_picture(4, "pressure");
  std::vector<std::vector<medgemma::PromptPiece>> prompts;
  std::vector<Started> all;
  for (uint32_t i = 0; i < 10; ++i) {
    const std::string text = made_up_text(i, 12);
    prompts.push_back(i % 2 == 0 ? question_about({picture}, text) : question(text));
    all.push_back(hand_over(*engine, prompts.back(), with(noise(i, 160))));
  }
  std::vector<Ended> answers;
  for (Started& each : all) answers.push_back(each.wait());
  CHECK(engine->stats().preempted > 0);
  CHECK(engine->stats().running == 0 && engine->stats().waiting == 0);
  for (uint32_t i = 0; i < 10; ++i) {
    CHECK(answers[i].result.completion_tokens > 0);
    CHECK(distance_from_alone(*engine, prompts[i], answers[i]) < kRounding);
  }
}

TEST(a_request_that_fills_the_context_ends_well) {
  const auto engine = load_phantom_with(512, 4);
  const int prompt = static_cast<int>(engine->tokenize_prompt(question("Hello?"))[0].tokens.size());
  std::vector<Started> all;
  for (uint32_t i = 0; i < 6; ++i)
    all.push_back(hand_over(*engine, question("Hello?"), with(noise(i, engine->context_size() - prompt))));
  for (Started& each : all) CHECK(each.wait().error.empty());
  CHECK(medgemma_test::code_of([&] {
          hand_over(*engine, question("Hello?"), with(noise(1, engine->context_size() - prompt + 1)));
        }) == "context_full");
}

TEST(scores_under_pressure_come_out_as_alone) {
  const auto engine = load_phantom_with(512, 6);
  Settings scoring;
  for (uint32_t i = 0; i < 12; ++i) scoring.continuations.push_back(made_up_text(50 + i, 10));
  Settings by_itself = scoring;
  by_itself.deterministic = true;
  const Ended expected = hand_over(*engine, question(made_up_text(1, 30)), by_itself).wait();
  for (uint32_t round = 0; round < 3; ++round) {
    std::vector<Started> others;
    for (uint32_t i = 0; i < 4; ++i)
      others.push_back(hand_over(*engine, question(made_up_text(round * 9 + i, 10)), with(noise(i, 200))));
    std::vector<Started> scored;
    for (int i = 0; i < 3; ++i) scored.push_back(hand_over(*engine, question(made_up_text(1, 30)), scoring));
    for (Started& each : scored) {
      const Ended end = each.wait();
      CHECK(end.error.empty());
      CHECK(end.result.scores.size() == 12);
      for (size_t i = 0; i < end.result.scores.size(); ++i) {
        CHECK(end.result.scores[i].size() == expected.result.scores[i].size());
        for (size_t k = 0; k < end.result.scores[i].size(); ++k)
          CHECK(std::abs(end.result.scores[i][k].logprob - expected.result.scores[i][k].logprob) < kRounding);
      }
    }
    for (Started& other : others) CHECK(other.wait().error.empty());
  }
}

TEST(forks_of_a_long_prefix_do_not_stand_still) {
  // Sliding layers have cells for a window a sequence. A prefix of many windows is pinned there by all its
  // forks, so that they run out of cells long before the context is full.
  const auto engine = load_phantom_with(8192, 8);
  const std::string record = made_up_text(1, 2750);
  std::vector<Started> all;
  for (uint32_t i = 0; i < 12; ++i)
    all.push_back(hand_over(*engine, question(record + " " + made_up_text(i + 10, 3)), with(noise(i, 150))));
  for (Started& each : all) CHECK(each.wait().error.empty());
  CHECK(engine->stats().cached_tokens > 0);
}

TEST(branches_of_one_prefix_do_not_stand_still) {
  // Forks of different branches share less than their common origin suggests.
  const auto engine = load_phantom_with(1024, 6);
  const std::string root = made_up_text(1, 60);
  for (uint32_t round = 0; round < 4; ++round) {
    std::vector<Started> all;
    for (uint32_t i = 0; i < 12; ++i) {
      const std::string branch = root + " " + made_up_text(i % 4 + 10, 60) + " ";
      all.push_back(hand_over(*engine, question(branch + made_up_text(i + round, 3)), with(noise(i, 120))));
    }
    for (Started& each : all) CHECK(each.wait().error.empty());
  }
  CHECK(engine->stats().prefix_hits > 0);
}

TEST(small_requests_do_not_starve_a_large_one) {
  const auto engine = load_phantom_with(1024, 4);
  std::vector<Started> small;
  uint32_t seed = 0;
  const auto add = [&] {
    ++seed;
    small.push_back(hand_over(*engine, question(made_up_text(seed, 5)), with(noise(seed, 60))));
  };
  for (int i = 0; i < 6; ++i) add();
  std::atomic<bool> ended{false};
  Settings settings = with(noise(1, 5));
  settings.on_end = [&] { ended = true; };
  std::string text = made_up_text(77, 300);
  while (engine->tokenize_prompt(question(text))[0].tokens.size() < 900) text += " " + made_up_text(78, 20);
  Started large = hand_over(*engine, question(text), settings);
  // There is always another small one waiting.
  size_t next = 0;
  for (; next < 200 && !ended; ++next) {
    CHECK(small[next].wait().error.empty());
    add();
  }
  CHECK(ended);
  CHECK(next < 40);
  CHECK(large.wait().error.empty());
  for (; next < small.size(); ++next) CHECK(small[next].wait().error.empty());
}

TEST(a_long_prompt_does_not_hold_up_a_short_question) {
  const auto engine = load_phantom_with(8192, 4);
  std::atomic<int> ends{0};
  int long_end = 0;
  int short_end = 0;
  Settings long_one = with(noise(1, 5));
  long_one.on_end = [&] { long_end = ++ends; };
  Settings short_one = with(noise(2, 5));
  short_one.on_end = [&] { short_end = ++ends; };
  Started first = hand_over(*engine, question(made_up_text(1, 2500)), long_one);
  Started second = hand_over(*engine, question("Hello?"), short_one);
  CHECK(second.wait().error.empty());
  CHECK(first.wait().error.empty());
  CHECK(short_end == 1 && long_end == 2);
}
