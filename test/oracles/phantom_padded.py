#!/usr/bin/env python3
"""What transformers computes when it is given the phantom's pictures that are not square padded to a square.

    python3 -m venv /tmp/v && /tmp/v/bin/pip install torch transformers pillow gguf numpy
    /tmp/v/bin/python test/oracles/phantom_padded.py

writes test/fixtures/phantom/padded-embeddings.npy (projector output, float32, in the order of padded.json's pictures) and
padded.json (greedy answers to questions of goldens.json, prompt ids as there, about the padded pictures). The weights are
those of models/phantom, read from the GGUF files into transformers' Gemma3ForConditionalGeneration in float32; the pictures
of goldens.json's own embeddings, which are stretched, must come out as in embeddings.npy before anything is written.
"""

import json
from collections import Counter
from pathlib import Path

import gguf
import numpy as np
import torch
from PIL import Image
from transformers import Gemma3Config, Gemma3ForConditionalGeneration

ROOT = Path(__file__).parent.parent.parent
FIXTURES = ROOT / "test/fixtures/phantom"
MODELS = ROOT / "models/phantom"
SIDE, SOFT_TOKEN = 224, 8
QUESTIONS_EACH = 4

TEXT_NAMES = {
    "attn_norm": "input_layernorm",
    "post_attention_norm": "post_attention_layernorm",
    "ffn_norm": "pre_feedforward_layernorm",
    "post_ffw_norm": "post_feedforward_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "attn_q_norm": "self_attn.q_norm",
    "attn_k_norm": "self_attn.k_norm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
VISION_NAMES = {
    "ln1": "layer_norm1",
    "ln2": "layer_norm2",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_out": "self_attn.out_proj",
    "ffn_up": "mlp.fc1",
    "ffn_down": "mlp.fc2",
}


def tensors(name):
    for tensor in gguf.GGUFReader(MODELS / name).tensors:
        yield tensor.name, torch.from_numpy(np.array(tensor.data, dtype=np.float32))


def text_name(name):
    if name == "token_embd.weight":
        return "model.language_model.embed_tokens.weight"
    if name == "output_norm.weight":
        return "model.language_model.norm.weight"
    _, layer, part, kind = name.split(".")
    return f"model.language_model.layers.{layer}.{TEXT_NAMES[part]}.{kind}"


def vision_name(name):
    tower = "model.vision_tower.vision_model" if NESTED else "model.vision_tower"
    known = {
        "mm.input_projection.weight": "model.multi_modal_projector.mm_input_projection_weight",
        "mm.soft_emb_norm.weight": "model.multi_modal_projector.mm_soft_emb_norm.weight",
        "v.patch_embd.weight": f"{tower}.embeddings.patch_embedding.weight",
        "v.patch_embd.bias": f"{tower}.embeddings.patch_embedding.bias",
        "v.position_embd.weight": f"{tower}.embeddings.position_embedding.weight",
        "v.post_ln.weight": f"{tower}.post_layernorm.weight",
        "v.post_ln.bias": f"{tower}.post_layernorm.bias",
    }
    if name in known:
        return known[name]
    _, _, layer, part, kind = name.split(".")
    return f"{tower}.encoder.layers.{layer}.{VISION_NAMES[part]}.{kind}"


def is_shifted(name):
    """llama.cpp's converter adds 1 to Gemma's RMS norms, of the text and of the projector."""
    return name.endswith("norm.weight") and not name.startswith("v.")


config = Gemma3Config(
    text_config=dict(
        vocab_size=1024, hidden_size=256, intermediate_size=640, num_hidden_layers=6, num_attention_heads=4,
        num_key_value_heads=2, head_dim=64, query_pre_attn_scalar=64, sliding_window=256, max_position_embeddings=8192,
        rms_norm_eps=1e-6, tie_word_embeddings=True, bos_token_id=2, eos_token_id=1, pad_token_id=0,
    ),
    vision_config=dict(
        hidden_size=256, intermediate_size=768, num_hidden_layers=5, num_attention_heads=4, image_size=SIDE,
        patch_size=28, layer_norm_eps=1e-6, vision_use_head=False,
    ),
    mm_tokens_per_image=16, image_token_index=SOFT_TOKEN, boi_token_index=6, eoi_token_index=7,
)  # fmt: skip
config._attn_implementation = "eager"
model = Gemma3ForConditionalGeneration(config).float().eval()
NESTED = any("vision_model" in name for name in model.state_dict())

state = {}
for file, rename in (("phantom-f16.gguf", text_name), ("mmproj-phantom-f16.gguf", vision_name)):
    for name, value in tensors(file):
        state[rename(name)] = value - 1 if is_shifted(name) else value
missing, unexpected = model.load_state_dict(state, strict=False)
assert not unexpected, unexpected
assert all(name == "lm_head.weight" for name in missing), missing
model.tie_weights()


def pixels(picture):
    small = picture.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    return torch.from_numpy(np.asarray(small).astype(np.float32) / 127.5 - 1).permute(2, 0, 1)[None]


def padded(picture):
    """Google's predictor.py: zeros around the picture, the odd row or column after it."""
    rows = np.asarray(picture.convert("RGB"))
    height, width = rows.shape[:2]
    side = max(height, width)
    top, left = (side - height) // 2, (side - width) // 2
    return Image.fromarray(np.pad(rows, ((top, side - height - top), (left, side - width - left), (0, 0))))


def embed(picture):
    with torch.no_grad():
        seen = model.model.vision_tower(pixel_values=pixels(picture)).last_hidden_state
        return model.model.multi_modal_projector(seen)[0].numpy()


def answer(ids, pictures, length):
    """Greedy: token ids without the end, and the log-probability of the first."""
    step = {
        "input_ids": torch.tensor([ids]),
        "token_type_ids": (torch.tensor([ids]) == SOFT_TOKEN).long(),
        "pixel_values": torch.cat([pixels(picture) for picture in pictures]),
    }
    written, first, past = [], None, None
    while len(written) < length:
        with torch.no_grad():
            output = model(**step, past_key_values=past, use_cache=True)
        logits, past = output.logits[0, -1], output.past_key_values
        best = int(logits.argmax())
        if first is None:
            first = float(torch.log_softmax(logits, -1)[best])
        if best in (1, 5):
            break
        written.append(best)
        step = {"input_ids": torch.tensor([[best]]), "token_type_ids": torch.tensor([[0]])}
    return written, first


truth = json.loads((FIXTURES / "truth.json").read_text())
goldens = json.loads((FIXTURES / "goldens.json").read_text())
reference = np.load(FIXTURES / "embeddings.npy")
cases = {each["file"]: Image.open(FIXTURES / "cases" / each["file"]) for each in truth}
worst = max(np.abs(embed(cases[each["file"]]) - reference[index]).max() for index, each in enumerate(truth))
print("largest difference from embeddings.npy:", worst)
assert worst < 2e-2, "the weights were not read as the reference's"

oblong = [file for file, picture in cases.items() if picture.width != picture.height]
np.save(FIXTURES / "padded-embeddings.npy", np.stack([embed(padded(cases[file])) for file in oblong]).astype(np.float32))
answers = []
asked = Counter()
for index, golden in enumerate(goldens):
    if len(golden["images"]) != 1 or golden["images"][0] not in oblong or asked[golden["images"][0]] == QUESTIONS_EACH:
        continue
    picture = cases[golden["images"][0]]
    asked[golden["images"][0]] += 1
    if len(answers) < 3:
        again, _ = answer(golden["prompt_ids"], [picture], 160)
        assert again == golden["answer_ids"], f"golden {index} is not reproduced"
    ids, logprob = answer(golden["prompt_ids"], [padded(picture)], 160)
    answers.append({"golden": index, "answer_ids": ids, "first": round(logprob, 5)})
    print(index, golden["kind"], "other" if ids != golden["answer_ids"] else "same", flush=True)
(FIXTURES / "padded.json").write_text(json.dumps({"pictures": oblong, "answers": answers}) + "\n")
