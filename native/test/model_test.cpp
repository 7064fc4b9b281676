// Loading, and the tokenizer.

#include <string>
#include <vector>

#include "check.h"
#include "errors.h"
#include "registry.h"
#include "support.h"

static int failures = 0;

using medgemma::Engine;
using medgemma::LoadParams;
using medgemma_test::code_of;
using medgemma_test::load_phantom;
using medgemma_test::phantom;
using medgemma_test::phantom_params;
using Tokens = std::vector<llama_token>;

namespace {

std::string load_code(const LoadParams& params) {
  return code_of([&] { Engine::load(params, [](float) { return true; }); });
}

std::shared_ptr<const medgemma::ImageEmbedding> picture_of_width(int width) {
  auto picture = std::make_shared<medgemma::ImageEmbedding>();
  picture->tokens = 1;
  picture->width = width;
  picture->values.resize(static_cast<size_t>(width));
  return picture;
}

}  // namespace

TEST(load_reports_progress_up_to_one) {
  std::vector<float> reported;
  const auto engine = Engine::load(phantom_params(true), [&](float value) {
    reported.push_back(value);
    return true;
  });
  CHECK(reported.size() > 3);
  for (size_t i = 1; i < reported.size(); ++i) CHECK(reported[i] >= reported[i - 1]);
  CHECK(!reported.empty() && reported.front() >= 0 && reported.back() == 1);
  CHECK(engine->has_projector());
  CHECK(engine->image_size() == 224);
  CHECK(engine->image_tokens() == 16);
  CHECK(engine->context_size() == 2048);
}

TEST(load_stops_wherever_its_progress_says_so) {
  for (int stop_at = 0; stop_at < 40; stop_at += 3) {
    int calls = 0;
    const std::string code =
        code_of([&] { Engine::load(phantom_params(true), [&](float) { return calls++ < stop_at; }); });
    // A load that has fewer steps than that ends well.
    CHECK(code == (calls > stop_at ? "aborted" : ""));
  }
}

TEST(load_names_what_is_wrong_with_its_files) {
  LoadParams params = phantom_params(true);
  params.model_path = phantom("missing.gguf");
  CHECK(load_code(params) == "file_not_found");
  params = phantom_params(true);
  std::swap(params.model_path, params.projector_path);
  CHECK(load_code(params) == "projector_as_model");
  params = phantom_params(true);
  params.projector_path = params.model_path;
  CHECK(load_code(params) == "model_as_projector");
  params.projector_path = phantom("missing.gguf");
  CHECK(load_code(params) == "file_not_found");
}

TEST(tokens_equal_the_reference) {
  const auto engine = load_phantom();
  const auto segments = engine->tokenize_prompt(medgemma_test::question(medgemma_test::kTriage));
  CHECK(segments.size() == 1);
  // prompt_ids of that question in test/fixtures/phantom/goldens.json.
  const Tokens expected = {2,   4,   701, 11,  963, 934, 992, 983, 419, 413, 424, 412, 598, 527, 949,
                           420, 418, 934, 983, 993, 955, 423, 427, 934, 980, 992, 395, 393, 285, 308,
                           411, 421, 970, 391, 359, 374, 949, 5,   11,  4,   546, 683, 11};
  CHECK(!segments.empty() && segments[0].tokens == expected);
}

TEST(tokens_spell_their_text) {
  const auto engine = load_phantom();
  const medgemma::Model& model = engine->model();
  for (const std::string& text :
       {std::string("Is there an effusion?"), std::string("\n\n\n"), std::string("\xC3\xA9\xF0\x9F\xAB\x81"),
        std::string(5000, 'x'), std::string("<end_of_turn>"), std::string("a\0b", 3)}) {
    std::string spelt;
    for (llama_token token : model.tokenize(text, false)) spelt += model.piece(token);
    CHECK(spelt == text);
  }
  CHECK(model.tokenize("", true).empty());
}

TEST(control_words_are_tokens_only_when_special) {
  const auto engine = load_phantom();
  const medgemma::Model& model = engine->model();
  for (const char* word : {"<bos>", "<start_of_turn>", "<end_of_turn>", "<start_of_image>", "<end_of_image>",
                           "<image_soft_token>", "<unused94>", "<unused95>"}) {
    const Tokens control = model.tokenize(word, true);
    CHECK(control.size() == 1);
    const Tokens letters = model.tokenize(word, false);
    CHECK(letters.size() > 1);
    for (llama_token token : letters) CHECK(control.empty() || token != control[0]);
  }
}

TEST(a_prompt_must_end_with_text) {
  const auto engine = load_phantom();
  CHECK(code_of([&] { engine->tokenize_prompt({}); }) == "bad_option");
  CHECK(code_of([&] { engine->tokenize_prompt({{"", false, picture_of_width(256)}}); }) == "bad_option");
}

TEST(a_picture_of_another_width_never_reaches_llama) {
  const auto engine = load_phantom();
  for (int width : {0, 8, 255, 257, 2560}) {
    const std::vector<medgemma::PromptPiece> pieces = {{"", false, picture_of_width(width)},
                                                       {"text", false, nullptr}};
    CHECK(code_of([&] { engine->tokenize_prompt(pieces); }) == "projector_mismatch");
  }
}
