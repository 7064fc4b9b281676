/**
 * Every error that this package throws on purpose: one table, one class.
 *
 * docs/errors.md is checked against this table by a test. Messages never contain pixels, prompts, patient data or
 * tag values: in this field they identify people.
 */

/** Exit codes of the command line, by kind of trouble. */
export const EXIT = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  install: 3,
  model: 4,
  input: 5,
  capacity: 6,
  engine: 7,
  aborted: 130,
} as const;

interface ErrorEntry {
  /** What happened, in one sentence, without facts of the case. */
  readonly meaning: string;
  /** What the reader can do about it. */
  readonly remedy: string;
  readonly exitCode: number;
}

export const ERROR_TABLE = {
  addon_missing: {
    meaning: "The native addon has not been built.",
    remedy:
      "Run `npm rebuild medgemma` (in a clone: `npm run build:native`); it names the tool that is missing.",
    exitCode: EXIT.install,
  },
  addon_unloadable: {
    meaning: "The native addon exists but cannot be loaded on this machine.",
    remedy:
      "Rebuild it here with `npm rebuild medgemma`; if a library is named, check that the @node-llama-cpp package for this platform is installed.",
    exitCode: EXIT.install,
  },
  file_not_found: {
    meaning: "A file does not exist or cannot be opened.",
    remedy: "Check the path and its permissions.",
    exitCode: EXIT.input,
  },
  not_gguf: {
    meaning: "The file is not a GGUF file.",
    remedy: "Give the path of a .gguf file; safetensors must be converted with llama.cpp's converter first.",
    exitCode: EXIT.model,
  },
  gguf_truncated: {
    meaning: "The GGUF file ends before its last tensor.",
    remedy: "The download was cut off: fetch the file again and compare its size and sha256 with the source.",
    exitCode: EXIT.model,
  },
  gguf_invalid: {
    meaning: "The GGUF file's header is damaged or holds values of the wrong kind.",
    remedy: "Fetch the file again and compare its sha256 with the source.",
    exitCode: EXIT.model,
  },
  not_gemma3: {
    meaning: "The model is not of the Gemma 3 architecture.",
    remedy: "Use a MedGemma GGUF (general.architecture must be gemma3).",
    exitCode: EXIT.model,
  },
  projector_missing: {
    meaning: "Pictures need a projector (mmproj) file and none was given.",
    remedy: "Pass `projector` (`--mmproj FILE`): the mmproj GGUF published beside the model.",
    exitCode: EXIT.model,
  },
  projector_mismatch: {
    meaning: "The projector belongs to another model: its output width is not the model's.",
    remedy: "Use the mmproj published with this model (4B: 2560, 27B: 5376).",
    exitCode: EXIT.model,
  },
  projector_as_model: {
    meaning: "The file given as the model is a projector (mmproj).",
    remedy: "Pass the language model as `model` and this file as `projector` (`--mmproj`).",
    exitCode: EXIT.model,
  },
  model_as_projector: {
    meaning: "The file given as the projector is a language model.",
    remedy: "Pass the file whose name contains mmproj as `projector` (`--mmproj`).",
    exitCode: EXIT.model,
  },
  model_load_failed: {
    meaning: "llama.cpp could not load the model.",
    remedy:
      "Run `medgemma doctor`; check free memory and the file's sha256. The cause carries llama.cpp's own words.",
    exitCode: EXIT.model,
  },
  model_unknown: {
    meaning: "The model is neither a file nor a name of the catalogue.",
    remedy: "List the names with `medgemma models`; a file needs its path.",
    exitCode: EXIT.model,
  },
  catalogue_invalid: {
    meaning: "The catalogue of models cannot be read.",
    remedy: "Compare the file of MEDGEMMA_CATALOGUE with models/catalogue.schema.json.",
    exitCode: EXIT.model,
  },
  license_not_accepted: {
    meaning: "The model's terms have not been accepted on this machine.",
    remedy:
      "Read them; then pass `acceptLicense: true` (`--accept-license`, MEDGEMMA_ACCEPT_LICENSE=1) once.",
    exitCode: EXIT.model,
  },
  access_denied: {
    meaning: "The hub does not give the file to this user.",
    remedy:
      "Accept the terms on the model's page there, and set HF_TOKEN to a token that may read the repository.",
    exitCode: EXIT.model,
  },
  download_failed: {
    meaning: "A model file could not be fetched.",
    remedy: "Check the network and MEDGEMMA_HUB, and run the same again: it continues where it was cut off.",
    exitCode: EXIT.model,
  },
  hash_mismatch: {
    meaning: "A model file is not the one that the catalogue names.",
    remedy:
      "Fetch it again; if it repeats, the source holds another file: do not use it. The wrong one was kept aside as .rejected where there was one.",
    exitCode: EXIT.model,
  },
  disk_full: {
    meaning: "There is not enough room for the model.",
    remedy: "Free some, remove others with `medgemma models remove`, or set MEDGEMMA_MODELS to another disk.",
    exitCode: EXIT.model,
  },
  adapter_mismatch: {
    meaning: "The file is no LoRA adapter for this model.",
    remedy:
      "Train it on this very model and convert it with llama.cpp's convert_lora_to_gguf.py; tuned embeddings and norms are not carried over.",
    exitCode: EXIT.model,
  },
  quantize_unsupported: {
    meaning: "The file cannot be quantised to this type.",
    remedy: "Take a type of `medgemma quantize --help` and an unquantised file (F16, BF16 or F32).",
    exitCode: EXIT.usage,
  },
  quantize_failed: {
    meaning: "llama.cpp failed while quantising.",
    remedy: "Check the room on the disk and the file's sha256; the cause carries llama.cpp's own words.",
    exitCode: EXIT.engine,
  },
  not_enough_memory: {
    meaning: "The model would take more memory than there is.",
    remedy:
      "Use what the message names (a smaller `contextSize` or `parallel`, another quantisation), close other programs, or raise the container's limit; `medgemma doctor --model` shows the plan.",
    exitCode: EXIT.capacity,
  },
  gpu_unavailable: {
    meaning: "The GPU backend that was asked for cannot be used on this machine.",
    remedy:
      'Check the driver, and that npm installed the @node-llama-cpp package of that backend; `gpu: "auto"` (`--gpu auto`) takes what there is.',
    exitCode: EXIT.install,
  },
  image_unreadable: {
    meaning: "The picture cannot be decoded: it is damaged, cut off, or not a picture.",
    remedy:
      "Open it in a viewer; supported are PNG, JPEG, WebP, GIF, TIFF, AVIF and raw pixels; convert HEIC, BMP, SVG and PDF first.",
    exitCode: EXIT.input,
  },
  image_too_large: {
    meaning: "The picture has more pixels or bytes than the limit.",
    remedy: "Scale it down, or raise `limits` (maxPixels, maxBytes) if the source is trusted.",
    exitCode: EXIT.input,
  },
  not_dicom: {
    meaning: "The file is not a DICOM file.",
    remedy: "Check the path; plain pictures are read by their own readers.",
    exitCode: EXIT.input,
  },
  dicom_unreadable: {
    meaning: "The DICOM file is damaged, cut off, or contradicts itself.",
    remedy: "Fetch the file again from its source; `dcmdump` or `dciodvfy` shows where it breaks.",
    exitCode: EXIT.input,
  },
  dicom_unsupported: {
    meaning: "The DICOM file is of a form that is not read here.",
    remedy: "Convert it with `gdcmconv --raw` or `dcmdjpeg` and pass the result.",
    exitCode: EXIT.input,
  },
  dicom_no_picture: {
    meaning: "The DICOM file, folder or list holds no picture.",
    remedy: "Pass image objects; reports, plans, annotations and directories hold none.",
    exitCode: EXIT.input,
  },
  dicom_modality: {
    meaning: "MedGemma was not trained on this kind of picture, so there is no rule for showing it.",
    remedy: 'Pass `rule: "display"` to show it as a viewer would; the answer is then worth less.',
    exitCode: EXIT.input,
  },
  dicom_timeout: {
    meaning: "Decoding took longer than the limit and was ended.",
    remedy: "Raise `limits.timeout` if the source is trusted.",
    exitCode: EXIT.input,
  },
  nifti_unreadable: {
    meaning: "The NIfTI volume is damaged, cut off, or of a kind that is not read.",
    remedy: "Check it with a NIfTI tool; a single .nii or .nii.gz of integers or floats is read.",
    exitCode: EXIT.input,
  },
  record_unreadable: {
    meaning: "The patient's record is not valid FHIR JSON, or holds nothing to read.",
    remedy: "Pass a FHIR R4 Bundle (object or JSON text), NDJSON of resources, or plain text.",
    exitCode: EXIT.input,
  },
  space_mismatch: {
    meaning: "Vectors of different projectors or poolings were put together.",
    remedy:
      "Embed all pictures with one projector file and the same `pool` and `normalize`; then fit or index anew.",
    exitCode: EXIT.input,
  },
  head_invalid: {
    meaning: "The saved head is damaged or of another version.",
    remedy: "Fit it again with `fitHead` and save it.",
    exitCode: EXIT.input,
  },
  index_unusable: {
    meaning: "The index of embeddings cannot be opened or written.",
    remedy:
      "One process at a time may hold an index: close the other one. A damaged or foreign file must be made anew.",
    exitCode: EXIT.input,
  },
  context_full: {
    meaning: "The prompt and the answer do not fit into the context.",
    remedy:
      "Shorten the text, use fewer pictures or a smaller `maxTokens` (`--max-tokens`), or load with a larger `contextSize` (`--context-size`).",
    exitCode: EXIT.capacity,
  },
  queue_full: {
    meaning: "Too many requests wait already.",
    remedy: "Try again later, or load with a larger `queueSize`.",
    exitCode: EXIT.capacity,
  },
  grammar_unsupported: {
    meaning: "The schema or grammar cannot be turned into rules for the model's answer.",
    remedy: "Simplify the part that is named; see docs/structured-output.md for what can be expressed.",
    exitCode: EXIT.usage,
  },
  answer_incomplete: {
    meaning: "The answer was cut off before its JSON was whole, so that there is no value.",
    remedy:
      "Ask again with more `maxTokens` and without `stop`; bound texts and lists in the schema (maxLength, maxItems) if the model does not end them.",
    exitCode: EXIT.capacity,
  },
  answer_invalid: {
    meaning: "The answer has the form of the schema, but the schema's own check refuses it.",
    remedy: "Ask again, or check less: what a grammar cannot hold the model to, it need not keep.",
    exitCode: EXIT.unexpected,
  },
  engine_crashed: {
    meaning: "The engine's process ended while it worked.",
    remedy:
      "Ask again: the next request starts it anew. If it repeats, run `medgemma doctor` and report the cause.",
    exitCode: EXIT.engine,
  },
  aborted: {
    meaning: "The caller's signal stopped the call.",
    remedy: "Nothing: this was asked for.",
    exitCode: EXIT.aborted,
  },
  disposed: {
    meaning: "The model has been disposed.",
    remedy: "Load it again; do not call a model after dispose().",
    exitCode: EXIT.usage,
  },
  bad_option: {
    meaning: "An option or argument is unknown or out of range.",
    remedy: "See the option's documentation.",
    exitCode: EXIT.usage,
  },
  decode_failed: {
    meaning: "llama.cpp failed while computing.",
    remedy: "Try again; if it repeats, run `medgemma doctor` and report the cause.",
    exitCode: EXIT.engine,
  },
  encode_failed: {
    meaning: "The picture encoder failed while computing.",
    remedy: "Try again; if it repeats, run `medgemma doctor` and report the cause.",
    exitCode: EXIT.engine,
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERROR_TABLE;

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_TABLE, code);
}

/** Facts of the case: numbers and names a program can act on. Never patient data. */
export type ErrorFacts = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

const MARKER = Symbol.for("medgemma.error");

/** The one error class. `code` is stable; `message` is for people and may change. */
export class MedGemmaError extends Error {
  override readonly name = "MedGemmaError";
  readonly code: ErrorCode;
  /** What the reader can do about it. */
  readonly remedy: string;
  readonly facts: ErrorFacts;
  readonly [MARKER] = true;

  constructor(
    code: ErrorCode,
    message?: string,
    options: { facts?: ErrorFacts; cause?: unknown; remedy?: string } = {},
  ) {
    super(
      message ?? ERROR_TABLE[code].meaning,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.remedy = options.remedy ?? ERROR_TABLE[code].remedy;
    this.facts = options.facts ?? {};
  }

  get exitCode(): number {
    return ERROR_TABLE[this.code].exitCode;
  }

  /** True for this class from any copy of the package in the process. */
  static isInstance(value: unknown): value is MedGemmaError {
    return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[MARKER] === true;
  }
}

/** One sentence form for bad arguments. The value itself is not printed: it may be patient data. */
export function badOption(name: string, expected: string, actual: unknown): MedGemmaError {
  const kind = actual === null ? "null" : Array.isArray(actual) ? "array" : typeof actual;
  const shown = typeof actual === "number" ? ` ${actual}` : "";
  return new MedGemmaError(
    "bad_option",
    `Expected ${expected} for ${name} but received${shown} of type ${kind}.`,
    {
      facts: { option: name },
    },
  );
}

/** Rejects with `aborted` when the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new MedGemmaError("aborted", undefined, { cause: signal.reason });
}
