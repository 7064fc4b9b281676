// Pictures: encoding, cancelling, and answers about them.

#include <cmath>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "check.h"
#include "registry.h"
#include "support.h"

static int failures = 0;

using medgemma::EncodeJob;
using medgemma::Engine;
using medgemma::ImageEmbedding;
using medgemma_test::load_phantom;
using Embedding = std::shared_ptr<const ImageEmbedding>;

namespace {

struct Encoded {
  std::string error;
  Embedding embedding;
};

struct Encoding {
  std::shared_ptr<EncodeJob> job;
  std::future<Encoded> end;
};

Encoding encode(Engine& engine, uint8_t shade, bool cancelled = false) {
  auto promise = std::make_shared<std::promise<Encoded>>();
  auto job = std::make_shared<EncodeJob>();
  job->rgb.resize(224 * 224 * 3);
  for (size_t i = 0; i < job->rgb.size(); ++i) job->rgb[i] = static_cast<uint8_t>(i / 700 + shade);
  job->serial = shade + 1u;
  job->cancelled = cancelled;
  job->done = [promise](Embedding embedding) { promise->set_value({"", std::move(embedding)}); };
  job->failed = [promise](const medgemma::EngineError& error) { promise->set_value({error.code, nullptr}); };
  Encoding encoding{job, promise->get_future()};
  engine.encode(job);
  return encoding;
}

}  // namespace

TEST(a_picture_has_the_projectors_shape_and_always_the_same_values) {
  const auto engine = load_phantom(true);
  const Encoded first = encode(*engine, 0).end.get();
  CHECK(first.error.empty());
  CHECK(first.embedding->tokens == 16);
  CHECK(first.embedding->width == 256);
  CHECK(first.embedding->values.size() == 16 * 256);
  for (float value : first.embedding->values) CHECK(std::isfinite(value));
  CHECK(encode(*engine, 0).end.get().embedding->values == first.embedding->values);
  CHECK(encode(*engine, 90).end.get().embedding->values != first.embedding->values);
}

TEST(a_cancelled_picture_is_dropped_and_the_next_one_is_whole) {
  const auto engine = load_phantom(true);
  const std::vector<float> expected = encode(*engine, 7).end.get().embedding->values;
  CHECK(encode(*engine, 3, true).end.get().error == "aborted");
  std::vector<Encoding> queue;
  for (uint8_t i = 0; i < 4; ++i) queue.push_back(encode(*engine, i));
  queue[0].job->cancelled = true;  // runs, or has ended, or has not begun
  queue[3].job->cancelled = true;  // waits
  const std::string error = queue[0].end.get().error;
  CHECK(error.empty() || error == "aborted");
  CHECK(queue[1].end.get().error.empty());
  CHECK(queue[2].end.get().error.empty());
  CHECK(queue[3].end.get().error == "aborted");
  CHECK(encode(*engine, 7).end.get().embedding->values == expected);
}

TEST(a_picture_is_cancelled_between_layers) {
  const auto engine = load_phantom(true);
  auto promise = std::make_shared<std::promise<std::string>>();
  auto job = std::make_shared<EncodeJob>();
  job->rgb.resize(224 * 224 * 3);
  float last = 0;
  job->progress = [&last, raw = job.get()](float share) {
    last = share;
    raw->cancelled = true;
  };
  job->done = [promise](Embedding) { promise->set_value(""); };
  job->failed = [promise](const medgemma::EngineError& error) { promise->set_value(error.code); };
  engine->encode(job);
  CHECK(promise->get_future().get() == "aborted");
  CHECK(last > 0 && last < 1);
}

TEST(stop_fails_the_picture_that_is_encoded_and_those_that_wait) {
  const auto engine = load_phantom(true);
  std::vector<Encoding> queue;
  for (uint8_t i = 0; i < 4; ++i) queue.push_back(encode(*engine, i));
  engine->stop();
  for (size_t i = 0; i < queue.size(); ++i) {
    const std::string error = queue[i].end.get().error;
    CHECK(error == "disposed" || error.empty());
    if (i == 3) CHECK(error == "disposed");
  }
  CHECK(encode(*engine, 9).end.get().error == "disposed");
}

TEST(an_engine_without_a_projector_says_so) {
  const auto engine = load_phantom();
  CHECK(!engine->has_projector());
  CHECK(medgemma_test::code_of([&] { encode(*engine, 0); }) == "projector_missing");
}

TEST(a_picture_is_answered_about_while_others_are_encoded) {
  const auto engine = load_phantom(true);
  const Embedding picture = encode(*engine, 5).end.get().embedding;
  std::vector<Encoding> queue;
  for (uint8_t i = 10; i < 13; ++i) queue.push_back(encode(*engine, i));
  const auto outcome =
      medgemma_test::start(*engine,
                           {{"<bos><start_of_turn>user\n\n\n<start_of_image>", true, nullptr},
                            {"", false, picture},
                            {"<end_of_image>\n\n", true, nullptr},
                            {"Is there a nodule in this image? Answer with yes or no.", false, nullptr},
                            {"<end_of_turn>\n<start_of_turn>model\n", true, nullptr}})
          .wait();
  CHECK(outcome.error.empty());
  CHECK(outcome.result.image_tokens == 16);
  CHECK(!outcome.text.empty());
  for (Encoding& each : queue) CHECK(each.end.get().error.empty());
}
