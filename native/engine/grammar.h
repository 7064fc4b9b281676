#pragma once

#include <string>

namespace medgemma {

// GBNF for the JSON that a schema describes, by llama.cpp's own converter. Throws
// EngineError(grammar_unsupported). What the converter would quietly accept or print a warning about must
// have been refused before (src/engine/schema.ts).
std::string json_schema_grammar(const std::string& schema_json);

}  // namespace medgemma
