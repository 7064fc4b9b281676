// Many requests on one context: who runs when, what others may change, and how it all ends.

#include <atomic>
#include <chrono>
#include <cmath>
#include <future>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "check.h"
#include "registry.h"
#include "scheduling.h"

static int failures = 0;

using medgemma::GenerateOptions;
using medgemma_test::alone;
using medgemma_test::distance_from_alone;
using medgemma_test::Ended;
using medgemma_test::hand_over;
using medgemma_test::kTriage;
using medgemma_test::kTriageAnswer;
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

double sum(const std::vector<medgemma::TokenLogprob>& scores) {
  double total = 0;
  for (const auto& score : scores) total += score.logprob;
  return total;
}

}  // namespace

TEST(deterministic_answers_are_equal_to_the_last_bit) {
  const auto engine = load_phantom_with(2048, 4);
  const auto pieces = question_about({made_up_picture(1, "det")}, made_up_text(1, 60));
  const Ended expected = alone(*engine, pieces, noise(7, 50));
  CHECK(expected.error.empty() && expected.logprobs.size() > 10);
  for (uint32_t round = 0; round < 6; ++round) {
    // Others before it, beside it in the queue, and after it; each round leaves other prefixes behind.
    std::vector<Started> others;
    for (uint32_t i = 0; i < 5; ++i)
      others.push_back(
          hand_over(*engine, question(made_up_text(round * 10 + i, 5 + 9 * i)), with(noise(i, 20))));
    Settings settings = with(noise(7, 50));
    settings.deterministic = true;
    settings.batch = round % 2 == 1;
    Started started = hand_over(*engine, pieces, settings);
    for (uint32_t i = 0; i < 3; ++i) others.push_back(hand_over(*engine, pieces, with(noise(i, 20))));
    const Ended again = started.wait();
    CHECK(again.text == expected.text);
    CHECK(again.logprobs == expected.logprobs);
    CHECK(again.result.cached_tokens == 0);
    for (Started& other : others) CHECK(other.wait().error.empty());
  }
}

TEST(deterministic_scores_are_equal_to_the_last_bit) {
  const auto engine = load_phantom_with(2048, 4);
  const auto pieces = question(made_up_text(3, 40));
  Settings settings;
  settings.deterministic = true;
  for (uint32_t i = 0; i < 14; ++i) settings.continuations.push_back(made_up_text(100 + i, 1 + i % 4));
  const Ended expected = hand_over(*engine, pieces, settings).wait();
  CHECK(expected.result.scores.size() == 14);
  for (uint32_t round = 0; round < 3; ++round) {
    std::vector<Started> others;
    for (uint32_t i = 0; i < 4; ++i)
      others.push_back(hand_over(*engine, question(made_up_text(round * 10 + i, 20)), with(noise(i, 20))));
    const Ended again = hand_over(*engine, pieces, settings).wait();
    CHECK(again.result.scores.size() == expected.result.scores.size());
    for (size_t i = 0; i < again.result.scores.size(); ++i)
      CHECK(sum(again.result.scores[i]) == sum(expected.result.scores[i]));
    for (Started& other : others) CHECK(other.wait().error.empty());
  }
}

TEST(a_long_continuation_is_the_sum_of_its_pieces) {
  const auto engine = load_phantom_with(2048, 2);
  const std::string first = made_up_text(5, 60);
  const std::string second = made_up_text(6, 60);
  Settings whole;
  whole.continuations = {first + "\n" + second, "yes", "no"};
  const Ended together = hand_over(*engine, question(kTriage), whole).wait();
  CHECK(together.error.empty());
  const auto tokens = engine->model().tokenize(first + "\n" + second, false);
  CHECK(tokens.size() > 100);
  CHECK(together.result.scores.size() == 3 && together.result.scores[0].size() == tokens.size());
  // Each token's own score, from a prompt that ends before it.
  auto pieces = question(kTriage);
  for (const size_t at : {size_t{0}, size_t{1}, size_t{20}, tokens.size() - 1}) {
    auto request = std::make_shared<medgemma::Request>();
    request->segments = engine->tokenize_prompt(pieces);
    auto& prompt = request->segments.back().tokens;
    prompt.insert(prompt.end(), tokens.begin(), tokens.begin() + static_cast<std::ptrdiff_t>(at));
    request->continuations = {{tokens[at]}};
    std::promise<double> score;
    request->done = [&](const medgemma::Result& result) { score.set_value(result.scores[0][0].logprob); };
    request->failed = [&](const medgemma::EngineError&) { score.set_value(1); };
    engine->submit(request);
    CHECK(std::abs(score.get_future().get() - together.result.scores[0][at].logprob) < 0.01);
  }
}

TEST(random_cancels_leave_the_others_answers) {
  const auto engine = load_phantom_with(2048, 6);
  const auto picture = made_up_picture(2, "cancel");
  constexpr uint32_t kKinds = 5;
  std::vector<std::vector<medgemma::PromptPiece>> prompts;
  for (uint32_t kind = 0; kind < kKinds; ++kind) {
    const std::string text = made_up_text(kind, 4 + 30 * static_cast<int>(kind));
    prompts.push_back(kind % 2 == 0 ? question_about({picture}, text) : question(text));
  }
  std::mutex mutex;
  std::vector<std::pair<uint32_t, Ended>> answers;
  std::atomic<int> failed{0};
  std::atomic<int> cancelled{0};
  std::vector<std::thread> threads;
  for (uint32_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      std::mt19937 random(thread);
      for (int round = 0; round < 4; ++round) {
        std::vector<std::pair<uint32_t, Started>> mine;
        for (int i = 0; i < 12; ++i) {
          const uint32_t kind = random() % kKinds;
          Settings settings = with(noise(kind, 30));
          settings.batch = random() % 4 == 0;
          settings.deterministic = random() % 12 == 0;
          mine.emplace_back(kind, hand_over(*engine, prompts[kind], settings));
          if (random() % 3 == 0) {
            std::this_thread::sleep_for(std::chrono::microseconds(random() % 3000));
            engine->cancel(*mine[random() % mine.size()].second.request);
          }
        }
        for (auto& [kind, started] : mine) {
          const Ended end = started.wait();
          if (end.error.empty()) {
            std::lock_guard<std::mutex> lock(mutex);
            answers.emplace_back(kind, end);
          } else {
            ++(end.error == "aborted" && started.request->cancelled ? cancelled : failed);
          }
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(failed == 0);
  CHECK(cancelled > 0);
  const medgemma::SchedulerStats stats = engine->stats();
  CHECK(stats.running == 0 && stats.waiting == 0 && stats.failed == 0);
  CHECK(stats.cancelled == cancelled);
  CHECK(stats.completed + stats.cancelled == 4 * 4 * 12);
  CHECK(static_cast<int64_t>(answers.size()) == stats.completed);
  for (const auto& [kind, answer] : answers)
    CHECK(distance_from_alone(*engine, prompts[kind], answer) < kRounding);
}

TEST(interactive_requests_are_admitted_before_batch_ones) {
  const auto engine = load_phantom_with(2048, 1);
  std::mutex mutex;
  std::vector<std::string> order;
  const auto told = [&](const std::string& name) {
    std::lock_guard<std::mutex> lock(mutex);
    order.push_back(name);
  };
  std::promise<void> first_token;
  std::atomic<bool> begun{false};
  Settings blocker = with(noise(1, 200));
  blocker.on_token = [&] {
    if (!begun.exchange(true)) first_token.set_value();
  };
  std::vector<Started> all;
  all.push_back(hand_over(*engine, question("What is that?"), blocker));
  first_token.get_future().wait();
  for (const std::string name : {"batch 1", "batch 2", "interactive 1", "interactive 2"}) {
    Settings settings = with(noise(1, 5));
    settings.batch = name[0] == 'b';
    settings.on_end = [&told, name] { told(name); };
    all.push_back(hand_over(*engine, question(name), settings));
  }
  for (Started& each : all) CHECK(each.wait().error.empty());
  CHECK(order == std::vector<std::string>({"interactive 1", "interactive 2", "batch 1", "batch 2"}));
}

TEST(a_full_queue_is_refused_and_says_so) {
  const auto engine = load_phantom_with(2048, 1, 3);
  std::promise<void> first_token;
  std::atomic<bool> begun{false};
  Settings blocker = with(noise(1, 1500));
  blocker.on_token = [&] {
    if (!begun.exchange(true)) first_token.set_value();
  };
  Started running = hand_over(*engine, question("What is that?"), blocker);
  first_token.get_future().wait();
  std::vector<Started> waiting;
  for (int i = 0; i < 3; ++i) waiting.push_back(hand_over(*engine, question(kTriage), {}));
  CHECK(engine->stats().waiting == 3);
  CHECK(medgemma_test::code_of([&] { hand_over(*engine, question(kTriage), {}); }) == "queue_full");
  engine->cancel(*waiting[1].request);
  CHECK(waiting[1].wait().error == "aborted");
  Started late = hand_over(*engine, question(kTriage), {});
  engine->cancel(*running.request);
  CHECK(running.wait().error == "aborted");
  CHECK(waiting[0].wait().text == kTriageAnswer);
  CHECK(waiting[2].wait().text == kTriageAnswer);
  CHECK(late.wait().text == kTriageAnswer);
}

TEST(a_picture_that_fits_no_batch_is_refused) {
  const auto engine = load_phantom_with(2048, 1);
  for (const int rows : {0, 300}) {
    auto picture = std::make_shared<medgemma::ImageEmbedding>();
    picture->tokens = rows;
    picture->width = 256;
    picture->values.resize(static_cast<size_t>(rows) * 256);
    const auto pieces = question_about({picture}, "What is that?");
    CHECK(medgemma_test::code_of([&] { hand_over(*engine, pieces, {}); }) == "bad_option");
  }
  CHECK(hand_over(*engine, question(kTriage), {}).wait().text == kTriageAnswer);
}

TEST(a_grammar_that_no_token_fits_fails_alone) {
  const auto engine = load_phantom_with(2048, 4);
  Settings impossible;
  impossible.options.sampling.grammar = "root ::= [\\U0001F4A9]{3}";
  std::vector<Started> all;
  for (int i = 0; i < 6; ++i)
    all.push_back(hand_over(*engine, question(kTriage), i % 2 == 0 ? impossible : Settings{}));
  for (int i = 0; i < 6; ++i) {
    const Ended end = all[i].wait();
    // The phantom has bytes for everything; what matters is that the others do not notice.
    if (i % 2 == 1) CHECK(end.text == kTriageAnswer);
    CHECK(end.error.empty() || end.error == "decode_failed");
  }
}

TEST(the_end_comes_in_every_state) {
  const auto picture = made_up_picture(2, "end");
  for (uint32_t round = 0; round < 12; ++round) {
    // A context so small that some are paused; prompts, pictures, answers and scores under way.
    const auto engine = load_phantom_with(512, 4);
    std::vector<Started> all;
    for (uint32_t i = 0; i < 14; ++i) {
      Settings settings = with(noise(i, 150));
      settings.deterministic = i == 9;
      settings.batch = i % 5 == 4;
      if (i % 4 == 3) settings.continuations = {made_up_text(i, 40), made_up_text(i + 1, 3)};
      all.push_back(hand_over(*engine, question_about({picture}, made_up_text(i, 10 + i)), settings));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(round * round));
    std::thread first([&] { engine->stop(); });
    std::thread second([&] { engine->stop(); });
    for (Started& each : all) {
      const std::string error = each.wait().error;
      CHECK(error.empty() || error == "disposed");
    }
    first.join();
    second.join();
    const medgemma::SchedulerStats stats = engine->stats();
    CHECK(stats.running == 0 && stats.waiting == 0);
  }
}
