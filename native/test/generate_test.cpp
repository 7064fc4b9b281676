// Requests through the scheduler: answers, stops, cancellation, several at once, the end of the engine.

#include <atomic>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "check.h"
#include "registry.h"
#include "scheduling.h"

static int failures = 0;

using medgemma::Engine;
using medgemma::GenerateOptions;
using medgemma_test::ask;
using medgemma_test::babble;
using medgemma_test::kTriage;
using medgemma_test::kTriageAnswer;
using medgemma_test::load_phantom;
using medgemma_test::Outcome;
using medgemma_test::question;
using medgemma_test::Running;
using medgemma_test::start;

namespace {

// A babbling request whose first token has come.
Running babbling(Engine& engine) {
  auto first = std::make_shared<std::promise<void>>();
  auto told = std::make_shared<std::atomic<bool>>(false);
  Running running = start(engine, question("What is that?"), babble(), [first, told] {
    if (!told->exchange(true)) first->set_value();
  });
  first->get_future().wait();
  return running;
}

}  // namespace

TEST(greedy_answer_equals_the_reference) {
  const auto engine = load_phantom();
  GenerateOptions options;
  options.logprobs = 1;
  const Outcome outcome = ask(*engine, kTriage, options);
  CHECK(outcome.error.empty());
  CHECK(outcome.text == kTriageAnswer);
  // answer_ids in goldens.json, then the end of the turn.
  const std::vector<llama_token> expected = {323, 405, 272, 934, 982, 955, 273, 425, 272, 273,
                                             597, 527, 327, 273, 426, 272, 345, 966, 5};
  CHECK(outcome.tokens == expected);
  CHECK(outcome.result.completion_tokens == 18);
  CHECK(outcome.result.prompt_tokens == 43);
  CHECK(!outcome.result.hit_limit);
}

TEST(token_limit_and_stop_strings_end_an_answer) {
  const auto engine = load_phantom();
  GenerateOptions options;
  options.max_tokens = 5;
  const Outcome limited = ask(*engine, kTriage, options);
  CHECK(limited.result.hit_limit);
  CHECK(limited.result.completion_tokens == 5);
  CHECK(std::string(kTriageAnswer).rfind(limited.text, 0) == 0);
  options.max_tokens = 64;
  options.stop = {"\"complaint\""};
  const Outcome stopped = ask(*engine, kTriage, options);
  CHECK(!stopped.result.hit_limit);
  CHECK(stopped.text == "{\"esi\": 1, ");
}

TEST(a_grammar_is_followed_in_letters_and_never_by_control_words) {
  const auto engine = load_phantom();
  GenerateOptions options;
  options.logprobs = 1;
  for (const char* word : {"<unused95>", "<unused94>", "<start_of_turn>", "<bos>", "<end_of_image>"}) {
    options.sampling.grammar = std::string("root ::= \"the word ") + word + " stays\"";
    const Outcome outcome = ask(*engine, kTriage, options);
    CHECK(outcome.text == std::string("the word ") + word + " stays");
    for (const llama_token token : outcome.tokens) CHECK(engine->model().piece(token) != word);
  }
}

TEST(seeds_repeat_an_answer_and_others_change_it) {
  const auto engine = load_phantom();
  medgemma_test::Settings settings;
  settings.options = babble();
  settings.options.max_tokens = 40;
  // Without it the second answer would begin with the first's prefix, and round its last rows otherwise.
  settings.deterministic = true;
  const auto text = [&] {
    return medgemma_test::hand_over(*engine, question(kTriage), settings).wait().text;
  };
  const std::string first = text();
  CHECK(text() == first);
  settings.options.sampling.seed = 2;
  CHECK(text() != first);
}

TEST(more_than_the_context_holds_is_refused) {
  const auto engine = load_phantom();
  GenerateOptions options;
  options.max_tokens = 1 << 20;
  CHECK(medgemma_test::code_of([&] { ask(*engine, kTriage, options); }) == "context_full");
  options.clamp_max_tokens = true;
  CHECK(ask(*engine, kTriage, options).text == kTriageAnswer);
}

TEST(cancel_ends_one_request_and_no_other) {
  const auto engine = load_phantom();
  Running running = babbling(*engine);
  Running other = start(*engine, question(kTriage));
  engine->cancel(*running.request);
  CHECK(running.wait().error == "aborted");
  CHECK(other.wait().text == kTriageAnswer);
  // Before it is admitted, and twice.
  Running early = start(*engine, question("What is that?"), babble());
  engine->cancel(*early.request);
  engine->cancel(*early.request);
  CHECK(early.wait().error == "aborted");
  CHECK(ask(*engine, kTriage).text == kTriageAnswer);
}

TEST(requests_side_by_side_get_their_own_answers) {
  const auto engine = load_phantom();
  std::vector<Running> running;
  GenerateOptions noise = babble();
  noise.max_tokens = 60;
  for (uint32_t i = 0; i < 12; ++i) {
    noise.sampling.seed = i;
    running.push_back(i % 3 == 0 ? start(*engine, question(kTriage))
                                 : start(*engine, question("Hello?"), noise));
  }
  for (size_t i = 0; i < running.size(); ++i) {
    const Outcome outcome = running[i].wait();
    CHECK(outcome.error.empty());
    if (i % 3 == 0) CHECK(outcome.text == kTriageAnswer);
  }
  const medgemma::SchedulerStats stats = engine->stats();
  CHECK(stats.completed == 12);
  CHECK(stats.running == 0 && stats.waiting == 0);
}

TEST(stop_from_another_thread_ends_what_runs_and_waits) {
  const auto engine = load_phantom();
  Running running = babbling(*engine);
  std::vector<Running> waiting;
  for (int i = 0; i < 20; ++i) waiting.push_back(start(*engine, question("What is that?"), babble()));
  std::thread stopper([&] { engine->stop(); });
  CHECK(running.wait().error == "disposed");
  for (Running& each : waiting) CHECK(each.wait().error == "disposed");
  stopper.join();
  CHECK(start(*engine, question(kTriage)).wait().error == "disposed");
  engine->stop();
}

TEST(requests_and_cancels_from_many_threads) {
  const auto engine = load_phantom();
  std::atomic<int> ended{0};
  std::vector<std::thread> threads;
  for (uint32_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (uint32_t i = 0; i < 6; ++i) {
        GenerateOptions options = babble();
        options.max_tokens = 30;
        options.sampling.seed = thread * 100 + i;
        Running running = start(*engine, question("Hello?"), options);
        if (i % 2 == 0) engine->cancel(*running.request);
        const std::string error = running.wait().error;
        if (error.empty() || (i % 2 == 0 && error == "aborted")) ++ended;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(ended == 24);
}

TEST(an_engine_may_go_while_it_answers) {
  for (int i = 0; i < 3; ++i) {
    auto engine = load_phantom();
    Running running = babbling(*engine);
    engine.reset();
    CHECK(running.wait().error == "disposed");
  }
}
