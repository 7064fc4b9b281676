"""Time SigLIP of MedGemma's shape in Hugging Face transformers, bfloat16 on the CPU, with random weights.

usage: siglip_bf16.py THREADS RUNS      prints {"milliseconds": [...]}
"""
import json
import sys
import time

import torch
from transformers import SiglipVisionConfig, SiglipVisionModel

threads, runs = int(sys.argv[1]), int(sys.argv[2])
torch.set_num_threads(threads)
config = SiglipVisionConfig(
    hidden_size=1152, intermediate_size=4304, num_hidden_layers=27, num_attention_heads=16, image_size=896, patch_size=14,
    vision_use_head=False,
)
model = SiglipVisionModel(config).to(torch.bfloat16).eval()
milliseconds = []
with torch.inference_mode():
    for _ in range(runs):
        pixels = torch.rand(1, 3, 896, 896, dtype=torch.bfloat16)
        began = time.perf_counter()
        model(pixel_values=pixels)
        milliseconds.append((time.perf_counter() - began) * 1000)
print(json.dumps({"milliseconds": milliseconds}))
