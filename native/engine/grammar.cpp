#include "grammar.h"

#include <json-schema-to-grammar.h>

#include "errors.h"

namespace medgemma {

std::string json_schema_grammar(const std::string& schema_json) {
  try {
    return json_schema_to_grammar(common_json::parse(schema_json));
  } catch (const std::exception& error) {
    throw EngineError("grammar_unsupported", error.what());
  }
}

}  // namespace medgemma
