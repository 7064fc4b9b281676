import { type ErrorEntry, EXIT } from "./entry.js";

/** Errors of the installation and of the model's files, up to the moment it is loaded. */
export const MODEL_ERRORS = {
  addon_missing: {
    meaning: "The native addon has not been built.",
    remedy:
      "Run `npm rebuild medgemma` (in a clone: `npm run build:native`); it names the tool that is missing.",
    exitCode: EXIT.install,
    httpStatus: 500,
  },
  package_bundled: {
    meaning:
      "The package was bundled into another file, away from its own files: the addon, the models, its workers.",
    remedy:
      'Leave medgemma out of the bundle: `external: ["medgemma"]` for esbuild, Rollup and Vite, `serverExternalPackages: ["medgemma"]` for Next (docs/frameworks.md).',
    exitCode: EXIT.install,
    httpStatus: 500,
  },
  addon_unloadable: {
    meaning: "The native addon exists but cannot be loaded on this machine.",
    remedy:
      "Rebuild it here with `npm rebuild medgemma`; if a library is named, check that the @node-llama-cpp package for this platform is installed.",
    exitCode: EXIT.install,
    httpStatus: 500,
  },
  file_not_found: {
    meaning: "A file does not exist or cannot be opened.",
    remedy: "Check the path and its permissions.",
    exitCode: EXIT.input,
    httpStatus: 404,
  },
  not_gguf: {
    meaning: "The file is not a GGUF file.",
    remedy: "Give the path of a .gguf file; safetensors must be converted with llama.cpp's converter first.",
    exitCode: EXIT.model,
    httpStatus: 500,
  },
  gguf_truncated: {
    meaning: "The GGUF file ends before its last tensor.",
    remedy: "The download was cut off: fetch the file again and compare its size and sha256 with the source.",
    exitCode: EXIT.model,
    httpStatus: 500,
  },
  gguf_invalid: {
    meaning: "The GGUF file's header is damaged or holds values of the wrong kind.",
    remedy:
      "Compare the file's sha256 with the source: fetch it again where they differ; where they agree the file was made wrongly, so take another.",
    exitCode: EXIT.model,
    httpStatus: 500,
  },
  model_unsupported: {
    meaning: "The file is whole, but no model that llama.cpp runs as the Gemma 3 it says to be.",
    remedy:
      "Take a file that `medgemma models` lists; the message says what this one has that those have not.",
    exitCode: EXIT.model,
    httpStatus: 500,
  },
  model_in_parts: {
    meaning: "The model is in several files, and they are not all here, or another than the first was named.",
    remedy: "Keep all parts in one folder under their own names, and name the one that has 00001-of in it.",
    exitCode: EXIT.model,
    httpStatus: 500,
  },
  not_gemma3: {
    meaning: "The model is not of the Gemma 3 architecture.",
    remedy: "Use a MedGemma GGUF (general.architecture must be gemma3).",
    exitCode: EXIT.model,
    httpStatus: 500,
  },
  projector_missing: {
    meaning: "Pictures need a projector (mmproj) file and none was given.",
    remedy: "Pass `projector` (`--mmproj FILE`): the mmproj GGUF published beside the model.",
    exitCode: EXIT.model,
    httpStatus: 400,
  },
  projector_mismatch: {
    meaning: "The projector belongs to another model: its output width is not the model's.",
    remedy: "Use the mmproj published with this model (4B: 2560, 27B: 5376).",
    exitCode: EXIT.model,
    httpStatus: 500,
  },
  projector_as_model: {
    meaning: "The file given as the model is a projector (mmproj).",
    remedy: "Pass the language model as `model` and this file as `projector` (`--mmproj`).",
    exitCode: EXIT.model,
    httpStatus: 500,
  },
  model_as_projector: {
    meaning: "The file given as the projector is a language model.",
    remedy: "Pass the file whose name contains mmproj as `projector` (`--mmproj`).",
    exitCode: EXIT.model,
    httpStatus: 500,
  },
  model_load_failed: {
    meaning: "llama.cpp could not load the model.",
    remedy:
      "Run `medgemma doctor`; check free memory and the file's sha256. The cause carries llama.cpp's own words.",
    exitCode: EXIT.model,
    httpStatus: 500,
  },
  model_unknown: {
    meaning: "The model is neither a file nor a name of the catalogue.",
    remedy: "List the names with `medgemma models`; a file needs its path.",
    exitCode: EXIT.model,
    httpStatus: 404,
  },
  catalogue_invalid: {
    meaning: "The catalogue of models cannot be read.",
    remedy: "Compare the file of MEDGEMMA_CATALOGUE with models/catalogue.schema.json.",
    exitCode: EXIT.model,
    httpStatus: 500,
  },
  license_not_accepted: {
    meaning: "The model's terms have not been accepted on this machine.",
    remedy:
      "Read them; then pass `acceptLicense: true` (`--accept-license`, MEDGEMMA_ACCEPT_LICENSE=1) once.",
    exitCode: EXIT.model,
    httpStatus: 403,
  },
  access_denied: {
    meaning: "The hub does not give the file to this user.",
    remedy:
      "Accept the terms on the model's page there, and set HF_TOKEN to a token that may read the repository.",
    exitCode: EXIT.model,
    httpStatus: 403,
  },
  download_failed: {
    meaning: "A model file could not be fetched.",
    remedy: "Check the network and MEDGEMMA_HUB, and run the same again: it continues where it was cut off.",
    exitCode: EXIT.model,
    httpStatus: 502,
  },
  hash_mismatch: {
    meaning: "A model file is not the one that the catalogue names.",
    remedy:
      "Fetch it again; if it repeats, the source holds another file: do not use it. The wrong one was kept aside as .rejected where there was one.",
    exitCode: EXIT.model,
    httpStatus: 500,
  },
  models_folder: {
    meaning: "The folder for models cannot be made or written to.",
    remedy: "Point MEDGEMMA_MODELS to a folder that can be written to, or check its permissions.",
    exitCode: EXIT.model,
    httpStatus: 500,
  },
  disk_full: {
    meaning: "There is not enough room for the model.",
    remedy: "Free some, remove others with `medgemma models remove`, or set MEDGEMMA_MODELS to another disk.",
    exitCode: EXIT.model,
    httpStatus: 507,
  },
  embedding_cache: {
    meaning: "The folder for picture embeddings cannot be made or read.",
    remedy:
      "Point `embeddingCacheDir` to a folder that this user can write to; the reason in the error's facts is the system's.",
    exitCode: EXIT.usage,
    httpStatus: 500,
  },
  adapter_mismatch: {
    meaning: "The file is no LoRA adapter for this model.",
    remedy:
      "Train it on this very model and convert it with llama.cpp's convert_lora_to_gguf.py; tuned embeddings and norms are not carried over.",
    exitCode: EXIT.model,
    httpStatus: 500,
  },
  quantize_unsupported: {
    meaning: "The file cannot be quantised to this type.",
    remedy: "Take a type of `medgemma quantize --help` and an unquantised file (F16, BF16 or F32).",
    exitCode: EXIT.usage,
    httpStatus: 400,
  },
  quantize_failed: {
    meaning: "llama.cpp failed while quantising.",
    remedy: "Check the room on the disk and the file's sha256; the cause carries llama.cpp's own words.",
    exitCode: EXIT.engine,
    httpStatus: 500,
  },
  not_enough_memory: {
    meaning: "The model would take more memory than there is.",
    remedy:
      "Use what the message names (a smaller `contextSize` or `parallel`, another quantisation), close other programs, or raise the container's limit; `medgemma doctor --model` shows the plan.",
    exitCode: EXIT.capacity,
    httpStatus: 503,
  },
  gpu_unavailable: {
    meaning: "The GPU backend that was asked for cannot be used on this machine.",
    remedy:
      'Check the driver, and that npm installed the @node-llama-cpp package of that backend; `gpu: "auto"` (`--gpu auto`) takes what there is.',
    exitCode: EXIT.install,
    httpStatus: 500,
  },
} as const satisfies Record<string, ErrorEntry>;
