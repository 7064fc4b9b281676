"""Fine-tunes the embedded phantom's text model with PEFT: the loop of docs/tasks/tune.md, small enough for a CPU.

The phantom exists as GGUF only, and transformers reads the text part of such a file but not its projector, so that
this loop trains on text (the phantom's toy triage). MedGemma itself is trained on pictures too, with the notebook that
settings.json names and on the same train.jsonl.

    pip install torch transformers peft gguf accelerate
    python tune_phantom.py SET --gguf phantom-f16.gguf

SET is a folder of `medgemma tune prepare`. Writes SET/adapter (PEFT's form) and SET/base (config.json), which
`BASE=base LLAMA_CPP=... sh convert.sh` turns into SET/adapter-f16.gguf.
"""

import argparse
import json
import random
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer

IGNORED = -100
LEARNING_RATE = 3e-3  # so small a model needs larger steps than the 2e-4 of settings.json
EPOCHS = 6


def text_of(message):
    return "".join(part["text"] for part in message["content"])


def encode(tokenizer, messages):
    """Token ids in Gemma's turns, and which of them are learnt: the answer and its end."""
    question, answer = messages
    prompt = f"<bos><start_of_turn>user\n{text_of(question)}<end_of_turn>\n<start_of_turn>model\n"
    ids = tokenizer(prompt, add_special_tokens=False)["input_ids"]
    learnt = tokenizer(f"{text_of(answer)}<end_of_turn>", add_special_tokens=False)["input_ids"]
    return ids + learnt, [IGNORED] * len(ids) + learnt


def collate(examples):
    longest = max(len(ids) for ids, _ in examples)
    pad = [longest - len(ids) for ids, _ in examples]
    return {
        "input_ids": torch.tensor([ids + [0] * n for (ids, _), n in zip(examples, pad)]),
        "labels": torch.tensor([labels + [IGNORED] * n for (_, labels), n in zip(examples, pad)]),
        "attention_mask": torch.tensor([[1] * len(ids) + [0] * n for (ids, _), n in zip(examples, pad)]),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", type=Path)
    parser.add_argument("--gguf", type=Path, required=True)
    arguments = parser.parse_args()
    settings = json.loads((arguments.set / "settings.json").read_text())
    torch.manual_seed(settings["training"]["seed"])
    random.seed(settings["training"]["seed"])

    source = {"pretrained_model_name_or_path": str(arguments.gguf.parent), "gguf_file": arguments.gguf.name}
    tokenizer = AutoTokenizer.from_pretrained(**source)
    model = AutoModelForCausalLM.from_pretrained(**source, dtype=torch.float32)
    # Without the note that the weights came from a GGUF, which the converter takes for a quantisation.
    config = {k: v for k, v in model.config.to_dict().items() if k != "quantization_config"}
    (arguments.set / "base").mkdir(exist_ok=True)
    base = json.dumps({**config, "architectures": ["Gemma3ForCausalLM"]}, indent=2, default=str)
    (arguments.set / "base" / "config.json").write_text(base)
    lora = {**settings["lora"], "modules_to_save": settings["lora"]["modules_to_save"] or None}
    model = get_peft_model(model, LoraConfig(**lora))
    model.print_trainable_parameters()

    lines = (arguments.set / "train.jsonl").read_text().splitlines()
    examples = [encode(tokenizer, json.loads(line)["messages"]) for line in lines]
    size = settings["training"]["per_device_train_batch_size"]
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=LEARNING_RATE)
    steps = EPOCHS * ((len(examples) + size - 1) // size)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, steps)
    model.train()
    for epoch in range(EPOCHS):
        random.shuffle(examples)
        total = 0.0
        for at in range(0, len(examples), size):
            loss = model(**collate(examples[at : at + size])).loss
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), settings["training"]["max_grad_norm"])
            optimizer.step()
            optimizer.zero_grad()
            schedule.step()
            total += loss.item() * len(examples[at : at + size])
        print(f"epoch {epoch + 1}: loss {total / len(examples):.4f}", flush=True)
    model.save_pretrained(arguments.set / "adapter")


if __name__ == "__main__":
    main()
