"""Writes labelled cases for the phantom: its toy triage, to be answered in one line instead of JSON.

python cases.py > cases.jsonl
"""

import json
import random

LEVELS = {
    "cardiac arrest": 1,
    "not breathing": 1,
    "severe shortness of breath": 2,
    "chest pain": 2,
    "asthma": 3,
    "sore throat": 4,
    "rash": 5,
}

random.seed(1)
for _ in range(140):
    complaint, level = random.choice(list(LEVELS.items()))
    question = (
        f"A {random.randint(20, 90)} year old patient has {complaint}. Heart rate {random.randint(55, 140)}, "
        f"oxygen saturation {random.randint(86, 99)}%. What is the ESI level? Answer as JSON."
    )
    print(json.dumps({"question": question, "truth": f"ESI {level}: {complaint}."}))
