/**
 * Google's notebook fine_tune_with_hugging_face.ipynb, as far as it goes together with an adapter in GGUF: there is no
 * form for tuned embeddings or for the picture encoder's layers, so that they stay untrained.
 */
export function tuningSettings(base: string, labels: readonly string[] | undefined) {
  return {
    base,
    source: "fine_tune_with_hugging_face.ipynb of google-health/medgemma",
    quantization: {
      load_in_4bit: true,
      bnb_4bit_quant_type: "nf4",
      bnb_4bit_use_double_quant: true,
      bnb_4bit_compute_dtype: "bfloat16",
    },
    lora: {
      r: 16,
      lora_alpha: 16,
      lora_dropout: 0.05,
      bias: "none",
      task_type: "CAUSAL_LM",
      // The notebook has "all-linear", which takes the picture encoder's layers too.
      target_modules: "^(?!.*vision_tower).*\\.(q_proj|k_proj|v_proj|o_proj|gate_proj|up_proj|down_proj)$",
      // The notebook saves lm_head and embed_tokens whole.
      modules_to_save: [] as string[],
    },
    training: {
      num_train_epochs: 1,
      per_device_train_batch_size: 4,
      per_device_eval_batch_size: 4,
      gradient_accumulation_steps: 4,
      gradient_checkpointing: true,
      optim: "adamw_torch_fused",
      learning_rate: 2e-4,
      lr_scheduler_type: "linear",
      warmup_ratio: 0.03,
      max_grad_norm: 0.3,
      bf16: true,
      seed: 42,
    },
    /** No loss on padding, on the word that begins a picture, and on a picture's soft tokens. */
    ignore_in_loss: ["<pad>", "<start_of_image>", 262144],
    scoring: { temperature: 0, max_new_tokens: 20, match: "exact" },
    ...(labels && { labels }),
  };
}

/** What comes after training, for a shell in the set's folder. */
export function conversionScript(base: string): string {
  return `#!/bin/sh
# Turns the adapter that PEFT saved in ./adapter into a GGUF for medgemma --adapter.
# LLAMA_CPP is a clone of llama.cpp, BASE a folder with the base model's config.json and tokenizer (no weights needed).
set -e
: "\${LLAMA_CPP:?set it to a clone of https://github.com/ggml-org/llama.cpp}"
if [ -n "$BASE" ]; then
  set -- --base "$BASE"
else
  set -- --base-model-id ${shellWord(base)}
fi
python3 "$LLAMA_CPP/convert_lora_to_gguf.py" ./adapter --outfile adapter-f16.gguf --outtype f16 "$@"
# medgemma ask --model MODEL.gguf --mmproj MMPROJ.gguf --adapter adapter-f16.gguf IMAGE "QUESTION"
`;
}

function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
