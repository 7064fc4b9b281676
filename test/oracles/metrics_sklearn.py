"""What scikit-learn, rouge-score and NumPy compute, for test/fixtures/metrics/metrics.json.

pip install scikit-learn rouge-score; python test/oracles/metrics_sklearn.py > test/fixtures/metrics/metrics.json
"""
import json
import sys
from collections import Counter

import numpy as np
import sklearn
from rouge_score import rouge_scorer
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, roc_auc_score
from sklearn.calibration import calibration_curve

rng = np.random.default_rng(7)


def roc_case(n, digits):
    truth = rng.random(n) < 0.4
    score = np.round(np.clip(rng.normal(0.4 + 0.2 * truth, 0.2), 0, 1), digits)
    return {"scores": score.tolist(), "truths": truth.tolist(), "auroc": roc_auc_score(truth, score)}


def class_case(n, labels):
    truth = rng.choice(labels, n)
    answer = np.where(rng.random(n) < 0.6, truth, rng.choice(labels, n))
    return {
        "truths": truth.tolist(),
        "answers": answer.tolist(),
        "labels": labels,
        "accuracy": accuracy_score(truth, answer),
        "macroF1": f1_score(truth, answer, labels=labels, average="macro", zero_division=0),
        "confusion": confusion_matrix(truth, answer, labels=labels).tolist(),
    }


def ece_case(n, bins):
    p = rng.random(n)
    truth = rng.random(n) < p**2
    which = np.clip(np.ceil(p * bins).astype(int) - 1, 0, bins - 1)
    error = sum(
        (which == b).sum() * abs(p[which == b].mean() - truth[which == b].mean()) for b in range(bins) if (which == b).any()
    )
    curve, told = calibration_curve(truth, p, n_bins=bins)
    return {
        "probabilities": p.tolist(),
        "truths": truth.tolist(),
        "bins": bins,
        "ece": error / n,
        "curve": curve.tolist(),
        "told": told.tolist(),
    }


def isotonic_case(n):
    p = np.round(rng.random(n), 2)
    truth = rng.random(n) < p**2
    model = IsotonicRegression(out_of_bounds="clip").fit(p, truth.astype(float))
    at = np.linspace(0, 1, 41)
    return {"probabilities": p.tolist(), "truths": truth.tolist(), "at": at.tolist(), "fitted": model.predict(at).tolist()}


TEXTS = [
    ["The heart is enlarged. There is no pleural effusion.", "The heart is normal. There is a pleural effusion on the left."],
    ["Cardiomegaly; right lower zone opacity.", "Right lower-zone opacity, cardiomegaly"],
    ["yes", "Yes."],
    ["no", "yes"],
    ["", "something"],
    ["a b c d e f", "f e d c b a"],
]


def rouge_case(truth, answer):
    score = rouge_scorer.RougeScorer(["rougeL"], use_stemmer=False).score(truth, answer)
    return {"truth": truth, "answer": answer, "rougeL": score["rougeL"].fmeasure}


json.dump(
    {
        "versions": {"scikit-learn": sklearn.__version__, "numpy": np.__version__},
        "roc": [roc_case(60, 6), roc_case(80, 1), roc_case(7, 2)],
        "classes": [class_case(50, ["a", "b", "c"]), class_case(30, ["no", "yes"]), class_case(20, ["a", "b", "c", "d", "absent"])],
        "ece": [ece_case(200, 15), ece_case(50, 10)],
        "isotonic": [isotonic_case(40), isotonic_case(200)],
        "rouge": [rouge_case(*pair) for pair in TEXTS],
        "quantiles": {
            "values": [1, 2, 4, 8, 16, 32],
            "shares": [0.025, 0.5, 0.9, 0.975],
            "quantiles": np.quantile([1, 2, 4, 8, 16, 32], [0.025, 0.5, 0.9, 0.975]).tolist(),
        },
    },
    sys.stdout,
    indent=1,
)
