import { type ErrorEntry, EXIT } from "./entry.js";

/** Errors of a call: its options, its answer, the engine at work. */
export const RUN_ERRORS = {
  context_full: {
    meaning: "The prompt and the answer do not fit into the context.",
    remedy:
      "Shorten the text, use fewer pictures or a smaller `maxTokens` (`--max-tokens`), or load with a larger `contextSize` (`--context-size`).",
    exitCode: EXIT.capacity,
    httpStatus: 400,
  },
  queue_full: {
    meaning: "Too many requests wait already.",
    remedy: "Try again later, or load with a larger `queueSize`.",
    exitCode: EXIT.capacity,
    httpStatus: 503,
  },
  grammar_unsupported: {
    meaning: "The schema or grammar cannot be turned into rules for the model's answer.",
    remedy: "Simplify the part that is named; see docs/structured-output.md for what can be expressed.",
    exitCode: EXIT.usage,
    httpStatus: 400,
  },
  answer_incomplete: {
    meaning: "The answer was cut off before its JSON was whole, so that there is no value.",
    remedy:
      "Ask again with more `maxTokens` and without `stop`; bound texts and lists in the schema (maxLength, maxItems) if the model does not end them.",
    exitCode: EXIT.capacity,
    httpStatus: 500,
  },
  answer_invalid: {
    meaning: "The answer is no value of the schema, or no JSON.",
    remedy:
      "Ask again with another `seed` and a `temperature`, say in the question what is asked for, or ask for less: what a grammar cannot hold the model to (docs/structured-output.md), it need not keep.",
    exitCode: EXIT.unexpected,
    httpStatus: 500,
  },
  engine_crashed: {
    meaning: "The engine's process ended while it worked.",
    remedy:
      "Ask again: the next request starts it anew. If it repeats, run `medgemma doctor` and report the cause.",
    exitCode: EXIT.engine,
    httpStatus: 503,
  },
  endpoint_failed: {
    meaning: "The endpoint cannot be reached, refused the request, or broke off its answer.",
    remedy:
      "Check that the endpoint runs and that its address is right; the status or reason is in the error's facts.",
    exitCode: EXIT.engine,
    httpStatus: 502,
  },
  endpoint_credentials: {
    meaning: "The credentials for the endpoint are missing, or it refuses them.",
    remedy:
      "Set `apiKey` or MEDGEMMA_API_KEY; for Vertex AI run `gcloud auth application-default login`, and see that the account may use the endpoint.",
    exitCode: EXIT.usage,
    httpStatus: 502,
  },
  unsupported_by_endpoint: {
    meaning: "The endpoint cannot do what was asked.",
    remedy: "Load the model on this machine for it; docs/remote.md tells what an endpoint offers.",
    exitCode: EXIT.usage,
    httpStatus: 501,
  },
  output_failed: {
    meaning: "What was asked for cannot be written to its place.",
    remedy: "Name another place, or check its permissions and its room.",
    exitCode: EXIT.capacity,
    httpStatus: 507,
  },
  aborted: {
    meaning: "The caller's signal stopped the call.",
    remedy: "Nothing: this was asked for.",
    exitCode: EXIT.aborted,
    httpStatus: 499,
  },
  disposed: {
    meaning: "The model has been disposed.",
    remedy: "Load it again; do not call a model after dispose().",
    exitCode: EXIT.usage,
    httpStatus: 503,
  },
  bad_option: {
    meaning: "An option or argument is unknown or out of range.",
    remedy: "See the option's documentation.",
    exitCode: EXIT.usage,
    httpStatus: 400,
  },
  decode_failed: {
    meaning: "llama.cpp failed while computing.",
    remedy: "Try again; if it repeats, run `medgemma doctor` and report the cause.",
    exitCode: EXIT.engine,
    httpStatus: 500,
  },
  encode_failed: {
    meaning: "The picture encoder failed while computing.",
    remedy: "Try again; if it repeats, run `medgemma doctor` and report the cause.",
    exitCode: EXIT.engine,
    httpStatus: 500,
  },
} as const satisfies Record<string, ErrorEntry>;
