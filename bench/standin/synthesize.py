#!/usr/bin/env python3
"""Write a full-size MedGemma stand-in: real shapes, real tokenizer, random weights.

usage: synthesize.py --gguf-py DIR --tokenizer tokenizer.json --shape 4b|27b --out DIR [--mmproj f16|q8_0]
Speed and memory depend on shapes and types, not on values, so this is what timing runs on. Written for this project;
bench/peers/standin.ts runs it.
"""
import argparse, json, sys
from pathlib import Path
import numpy as np

ap = argparse.ArgumentParser()
ap.add_argument("--gguf-py", required=True); ap.add_argument("--tokenizer", required=True)
ap.add_argument("--shape", default="4b"); ap.add_argument("--out", required=True)
ap.add_argument("--mmproj", default="f16"); ap.add_argument("--only", default="")
a = ap.parse_args()
sys.path.insert(0, a.gguf_py)
import gguf
from gguf import GGMLQuantizationType as T

SHAPES = {
    "4b":  dict(n_embd=2560, n_layer=34, n_head=8,  n_kv=4,  hd=256, n_ff=10240, swa=1024, rope_scale=8.0),
    "27b": dict(n_embd=5376, n_layer=62, n_head=32, n_kv=16, hd=128, n_ff=21504, swa=1024, rope_scale=8.0),
    "270m": dict(n_embd=640, n_layer=18, n_head=4, n_kv=1, hd=256, n_ff=2048, swa=512, rope_scale=1.0),
}
s = SHAPES[a.shape]
rng = np.random.default_rng(0)
POOL = rng.integers(0, 256, size=64 << 20, dtype=np.uint8)  # reused random bytes
_off = 0
def rnd(n):
    global _off
    out = np.empty(n, np.uint8); i = 0
    while i < n:
        k = min(n - i, POOL.size - _off); out[i:i+k] = POOL[_off:_off+k]; i += k; _off = (_off + k) % POOL.size
    return out

def q4_k(rows, cols, std=0.02):
    nb = rows * cols // 256
    b = rnd(nb * 144).reshape(nb, 144)
    d = np.float16(std / (31.5 * 4.6)); b[:, 0:2] = np.frombuffer(d.tobytes(), np.uint8)
    m = np.float16(float(d) * 7.5); b[:, 2:4] = np.frombuffer(m.tobytes(), np.uint8)
    return b.reshape(rows, cols // 256 * 144)
def q6_k(rows, cols, std=0.02):
    nb = rows * cols // 256
    b = rnd(nb * 210).reshape(nb, 210)
    d = np.float16(std / (74 * 18.5)); b[:, 208:210] = np.frombuffer(d.tobytes(), np.uint8)
    return b.reshape(rows, cols // 256 * 210)
def f16(rows, cols, std=0.02):
    n = rows * cols
    base = (np.random.default_rng(n % 97).standard_normal(1 << 20).astype(np.float32) * std).astype(np.float16)
    return np.resize(base, n).reshape(rows, cols)

out = Path(a.out); out.mkdir(parents=True, exist_ok=True)

def text():
    tok = json.load(open(a.tokenizer)); vocab = tok["model"]["vocab"]; added = {t["content"]: t for t in tok["added_tokens"]}
    n = max(max(vocab.values()), max(t["id"] for t in added.values())) + 1
    toks = [f"<unk_{i}>" for i in range(n)]; scores = [0.0] * n; types = [gguf.TokenType.UNUSED] * n
    for t, i in vocab.items():
        toks[i] = t; scores[i] = float(-i)
        types[i] = gguf.TokenType.BYTE if (len(t) == 6 and t.startswith("<0x")) else gguf.TokenType.NORMAL
    for t, m in added.items():
        toks[m["id"]] = t; scores[m["id"]] = -1000.0
        types[m["id"]] = gguf.TokenType.CONTROL if m["special"] else gguf.TokenType.USER_DEFINED
    n_vocab = n
    w = gguf.GGUFWriter(out / f"standin-{a.shape}-Q4_K_M.gguf", "gemma3")
    w.add_name(f"MedGemma {a.shape} stand-in (random weights)"); w.add_context_length(131072)
    w.add_embedding_length(s["n_embd"]); w.add_block_count(s["n_layer"]); w.add_feed_forward_length(s["n_ff"])
    w.add_head_count(s["n_head"]); w.add_head_count_kv(s["n_kv"]); w.add_layer_norm_rms_eps(1e-6)
    w.add_key_length(s["hd"]); w.add_value_length(s["hd"]); w.add_rope_freq_base(1e6)
    if s["rope_scale"] != 1.0:
        w.add_rope_scaling_type(gguf.RopeScalingType.LINEAR); w.add_rope_scaling_factor(s["rope_scale"])
    w.add_sliding_window(s["swa"]); w.add_vocab_size(n_vocab)
    w.add_tokenizer_model("llama"); w.add_tokenizer_pre("default"); w.add_token_list(toks); w.add_token_scores(scores); w.add_token_types(types)
    w.add_bos_token_id(2); w.add_eos_token_id(1); w.add_unk_token_id(3); w.add_pad_token_id(0); w.add_add_bos_token(True); w.add_add_eos_token(False); w.add_add_space_prefix(False)
    w.add_eot_token_id(106); w.add_file_type(15)
    E, F, H, K, D = s["n_embd"], s["n_ff"], s["n_head"], s["n_kv"], s["hd"]
    q6_ok = E % 256 == 0
    def q4(name, r, c):
        if c % 256: w.add_tensor(name, gguf.quants.quantize(f16(r, c).astype(np.float32), T.Q8_0), raw_dtype=T.Q8_0)
        else: w.add_tensor(name, q4_k(r, c), raw_dtype=T.Q4_K)
    def q6(name, r, c):
        if c % 256: w.add_tensor(name, gguf.quants.quantize(f16(r, c).astype(np.float32), T.Q8_0), raw_dtype=T.Q8_0)
        else: w.add_tensor(name, q6_k(r, c), raw_dtype=T.Q6_K)
    ones = lambda k: np.ones(k, np.float32)
    q6("token_embd.weight", n_vocab, E); w.add_tensor("output_norm.weight", ones(E))
    L = s["n_layer"]
    for i in range(L):
        more = i < L // 8 or i >= 7 * L // 8 or (i - L // 8) % 3 == 2
        b = f"blk.{i}."
        q4(b + "attn_q.weight", H * D, E); q4(b + "attn_k.weight", K * D, E)
        (q6 if more else q4)(b + "attn_v.weight", K * D, E); q4(b + "attn_output.weight", E, H * D)
        q4(b + "ffn_gate.weight", F, E); q4(b + "ffn_up.weight", F, E); (q6 if more else q4)(b + "ffn_down.weight", E, F)
        for nme in ("attn_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm"): w.add_tensor(b + nme + ".weight", ones(E))
        w.add_tensor(b + "attn_q_norm.weight", ones(D)); w.add_tensor(b + "attn_k_norm.weight", ones(D))
    w.write_header_to_file(); w.write_kv_data_to_file(); w.write_tensors_to_file(); w.close()

def vision():
    E, L, H, F, S, P = 1152, 27, 16, 4304, 896, 14
    w = gguf.GGUFWriter(out / f"mmproj-{a.shape}-{a.mmproj}.gguf", "clip")
    w.add_type("mmproj"); w.add_clip_has_vision_encoder(True); w.add_clip_projector_type(gguf.VisionProjectorType.GEMMA3)
    w.add_vision_projection_dim(s["n_embd"]); w.add_vision_image_size(S); w.add_vision_patch_size(P)
    w.add_vision_embedding_length(E); w.add_vision_feed_forward_length(F); w.add_vision_block_count(L); w.add_vision_head_count(H)
    w.add_vision_attention_layernorm_eps(1e-6); w.add_vision_use_gelu(True)
    w.add_vision_image_mean([0.5] * 3); w.add_vision_image_std([0.5] * 3); w.add_file_type(1)
    z = lambda k: np.zeros(k, np.float32); o = lambda k: np.ones(k, np.float32)
    def mat(name, r, c):
        m = f16(r, c)
        if a.mmproj == "q8_0" and c % 32 == 0: w.add_tensor(name, gguf.quants.quantize(m.astype(np.float32), T.Q8_0), raw_dtype=T.Q8_0)
        elif a.mmproj == "f32": w.add_tensor(name, m.astype(np.float32))
        else: w.add_tensor(name, m)
    w.add_tensor("v.patch_embd.weight", (f16(E, 3 * P * P).astype(np.float32)).reshape(E, 3, P, P)); w.add_tensor("v.patch_embd.bias", z(E))
    w.add_tensor("v.position_embd.weight", f16((S // P) ** 2, E).astype(np.float32))
    for i in range(L):
        b = f"v.blk.{i}."
        for n in ("attn_q", "attn_k", "attn_v", "attn_out"): mat(b + n + ".weight", E, E); w.add_tensor(b + n + ".bias", z(E))
        mat(b + "ffn_up.weight", F, E); w.add_tensor(b + "ffn_up.bias", z(F)); mat(b + "ffn_down.weight", E, F); w.add_tensor(b + "ffn_down.bias", z(E))
        for n in ("ln1", "ln2"): w.add_tensor(b + n + ".weight", o(E)); w.add_tensor(b + n + ".bias", z(E))
    w.add_tensor("v.post_ln.weight", o(E)); w.add_tensor("v.post_ln.bias", z(E))
    w.add_tensor("mm.input_projection.weight", f16(E, s["n_embd"])); w.add_tensor("mm.soft_emb_norm.weight", o(E))
    w.write_header_to_file(); w.write_kv_data_to_file(); w.write_tensors_to_file(); w.close()

if a.only in ("", "text"): text()
if a.only in ("", "vision"): vision()
