/** A fact's type, and what it is in a few words. */
type Fact = readonly [type: "string" | "number" | "boolean" | "strings" | "numbers", what: string];
type Facts = Readonly<Record<string, Fact>>;

/** What any error about a file or a picture may say. */
const OF_AN_INPUT = {
  file: ["string", "the file's own name, without its folder"],
  picture: ["number", "which of the call's pictures, counted from 0"],
} as const satisfies Facts;

/** What is told of a process that ended. */
const OF_A_PROCESS = {
  exitCode: ["number", "of the engine's process"],
  signal: ["string", "that ended it"],
  reason: ["string", "the engine's last words, where they are its own"],
} as const satisfies Facts;

/** What a load takes and what there is. */
const OF_A_PLAN = {
  required: ["number", "bytes that it takes"],
  available: ["number", "bytes that there are"],
  contextSize: ["number", "tokens that would fit"],
  parallel: ["number", "requests that would fit"],
  quantization: ["string", "one that would fit"],
  gpus: ["strings", "names of the GPUs"],
  gpuTypes: ["strings", "of each: `gpu` or `igpu`"],
  gpuMemoryFree: ["numbers", "bytes of each"],
} as const satisfies Facts;

const file = OF_AN_INPUT.file;
const reason = ["string", "the system's code, e.g. ENOENT, or a word"] as const;

/**
 * The facts of each code: a program may act on them, and TypeScript knows them after
 * `MedGemmaError.isInstance(error, code)`. Each may be missing where it was not known.
 */
export const ERROR_FACTS = {
  access_denied: { file, status: ["number", "the hub's HTTP status"] },
  answer_incomplete: {
    completionTokens: ["number", "tokens of the answer"],
    finishReason: ["string", "`length` when the token limit ended it"],
  },
  answer_invalid: {
    path: ["string", "JSON pointer into the value; names that are not of the schema are `*`"],
    keyword: ["string", "of the JSON schema"],
    issues: ["number", "how many a schema library has; they are the `cause`"],
  },
  bad_option: {
    option: ["string", "its name"],
    near: ["string", "of an unknown name, the known one that may have been meant"],
    file,
    line: ["number", "of the file, from 1"],
    case: ["number", "which of the cases, from 1"],
    box: ["number", "which of the case's true boxes"],
    most: ["number", "that an endpoint allows"],
    models: ["strings", "names of models that endpoints serve"],
    expected: ["number", "samples of raw pixels"],
    actual: ["number", "samples that came"],
    scheme: ["string", "of an address that is not fetched"],
    pictures: ["number", "how many came"],
    vendor: ["string", "of a library that cannot write its JSON schema"],
    scale: ["string", "of a triage"],
    missing: ["string", "vital signs that were not measured"],
  },
  catalogue_invalid: { file, reason },
  context_full: {
    required: ["number", "tokens that prompt and answer need; of a text far too long, at least"],
    available: ["number", "tokens that there are"],
    contextSize: ["number", "tokens of the whole context"],
    option: ["string", "`maxTokens`, where a smaller one would fit"],
    maxTokens: ["number", "that were asked for"],
  },
  decode_failed: { llamaCode: ["number", "what llama.cpp returned"] },
  dicom_modality: { ...OF_AN_INPUT, modality: ["string", "the file's"] },
  dicom_no_picture: OF_AN_INPUT,
  dicom_timeout: { ...OF_AN_INPUT, milliseconds: ["number", "the limit"] },
  dicom_unreadable: { ...OF_AN_INPUT, reason },
  dicom_unsupported: OF_AN_INPUT,
  disk_full: {
    reason,
    needed: ["number", "bytes that it takes"],
    free: ["number", "bytes that are free"],
  },
  download_failed: { file, status: ["number", "the hub's HTTP status"], reason },
  embedding_cache: { reason },
  endpoint_credentials: {
    status: ["number", "the endpoint's HTTP status"],
    reason,
    endpoint: ["string", "of several, which"],
  },
  endpoint_failed: {
    status: ["number", "the endpoint's HTTP status"],
    reason: ["string", "the system's code, or a word"],
    kind: ["string", "what the endpoint calls the error"],
    finish: ["string", "why the endpoint ended its answer"],
    interface: ["string", "of another program, by which it answered"],
    of: ["string", "`google_token`, where it is Google's sign-in that failed"],
    most: ["number", "bytes that an answer may have"],
    retryAfter: ["number", "seconds after which it wants to be asked again"],
    endpoint: ["string", "of several, which"],
  },
  engine_crashed: {
    ...OF_A_PROCESS,
    crashes: ["number", "in a row, when it is not started again"],
    elapsed: ["number", "milliseconds that a step had taken when it was ended"],
    usual: ["number", "milliseconds that such a step takes"],
  },
  file_not_found: { ...OF_AN_INPUT, reason, model: ["string", "of the catalogue, that was not fetched"] },
  gguf_invalid: {
    file,
    bytes: ["number", "of the file"],
    expected: ["number", "bytes up to the end of the last tensor"],
    imageTokens: ["number", "tokens that a picture takes"],
    context: ["number", "tokens of the context that the file states"],
  },
  index_unusable: { locked: ["boolean", "another process holds it"] },
  model_as_projector: { file },
  not_gemma3: { file },
  not_gguf: { file },
  projector_as_model: { file },
  gguf_truncated: {
    file,
    bytes: ["number", "of the file"],
    expected: ["number", "bytes up to the end of the last tensor; none when the header itself is cut"],
  },
  gpu_unavailable: { gpu: ["string", "the one asked for"] },
  grammar_unsupported: {
    path: ["string", "JSON pointer to the part of the schema"],
    keyword: ["string", "that cannot be held"],
    reason: [
      "string",
      "what a grammar has too many of; `pattern` or `time` where a check of the answer takes too long",
    ],
    limit: ["number", "of those"],
    vendor: ["string", "of a library that cannot write its JSON schema"],
  },
  hash_mismatch: {
    file,
    expected: ["string", "sha256 that it should have"],
    actual: ["string", "sha256 that it has"],
    bytes: ["number", "that it has, or should have"],
    hubBytes: ["number", "that it has on the hub"],
    kept: ["string", "name under which the wrong one was kept"],
  },
  image_too_large: {
    ...OF_AN_INPUT,
    width: ["number", "pixels"],
    height: ["number", "pixels"],
    pixels: ["number", "in all"],
    bytes: ["number", "of the encoded picture"],
    memory: ["number", "bytes that decoding takes"],
    limit: ["number", "that was passed, in the same unit"],
    what: ["string", "of a DICOM file, a volume or a slide: what there is too much of"],
    value: ["number", "how much of that"],
  },
  image_timeout: { ...OF_AN_INPUT, milliseconds: ["number", "the limit"] },
  image_unreadable: {
    ...OF_AN_INPUT,
    format: ["string", "where one was recognised"],
    depth: ["string", "of the samples, where it is of another kind"],
    channels: ["number", "where there are too many"],
  },
  license_not_accepted: {
    model: ["string", "its name"],
    license: ["string", "its name"],
    url: ["string", "where it can be read"],
  },
  model_unknown: {
    near: ["string", "the name that may have been meant"],
    known: ["strings", "the names that there are"],
  },
  model_in_parts: { file },
  model_unsupported: {
    file,
    word: ["string", "of the vocabulary, that is not where Gemma 3 has it"],
    expected: ["numbers", "its ids there"],
  },
  models_folder: { file, reason },
  nifti_unreadable: OF_AN_INPUT,
  not_enough_memory: OF_A_PLAN,
  output_failed: { file, reason },
  projector_mismatch: {
    file,
    projectorWidth: ["number", "numbers of one of its tokens; none when it is another kind of model's"],
    modelWidth: ["number", "numbers of one of the model's"],
    projector: ["string", "its file"],
    model: ["string", "its file"],
    sha256: ["string", "of the projector"],
  },
  quantize_failed: OF_A_PROCESS,
  quantize_unsupported: {
    types: ["strings", "that there are"],
    matrices: ["number", "of the file"],
    fallbacks: ["number", "of these, that the type does not fit"],
  },
  queue_full: { queueSize: ["number", "requests that may wait"] },
  space_mismatch: { differ: ["strings", "what is not the same"] },
  text_unreadable: {
    file,
    line: ["number", "from 1"],
    reason: ["string", "a word"],
    limit: ["number", "bytes of text that are read"],
  },
  unsupported_by_endpoint: { capability: ["string", "what it was asked for"] },
} as const satisfies Readonly<Record<string, Facts>>;

interface FactTypes {
  string: string;
  number: number;
  boolean: boolean;
  strings: readonly string[];
  numbers: readonly number[];
}

/** What `facts` may hold for a code. */
export type FactsOf<Code extends string> = Code extends keyof typeof ERROR_FACTS
  ? {
      readonly [Name in keyof (typeof ERROR_FACTS)[Code]]?:
        | TypeOf<(typeof ERROR_FACTS)[Code][Name]>
        | undefined;
    }
  : Readonly<Record<string, never>>;

type TypeOf<F> = F extends readonly [infer Type extends keyof FactTypes, string] ? FactTypes[Type] : never;
