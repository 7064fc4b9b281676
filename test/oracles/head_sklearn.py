"""Writes test/fixtures/embed/head-sklearn.json: what scikit-learn makes of small made-up samples.

Run: pip install scikit-learn, then python test/oracles/head_sklearn.py. Parts of the cross-validation are given, so that
both sides fit on the same samples.
"""
import json
import pathlib

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

STRENGTHS = [0.01, 1.0, 100.0]


def model(strength):
    return make_pipeline(
        StandardScaler(), LogisticRegression(C=1 / strength, tol=1e-10, max_iter=100_000)
    )


def case(rng, count, width, classes, folds):
    centres = rng.normal(size=(classes, width))
    y = np.arange(count) % classes
    x = centres[y] * 0.7 + rng.normal(size=(count, width)) * rng.uniform(0.2, 3, size=width)
    x[:, -1] = 4.0  # does not vary
    x = np.round(x, 4)
    parts = (np.arange(count) // classes) % folds
    probes = np.round(rng.normal(size=(6, width)) * 2, 4)
    fits = []
    for strength in STRENGTHS:
        fitted = model(strength).fit(x, y)
        loss, right = 0.0, 0
        for part in range(folds):
            held = parts == part
            shares = model(strength).fit(x[~held], y[~held]).predict_proba(x[held])
            loss += log_loss(y[held], shares, labels=range(classes)) * held.sum()
            right += int((shares.argmax(1) == y[held]).sum())
        fits.append(
            {
                "strength": strength,
                "probabilities": fitted.predict_proba(probes).tolist(),
                "logLoss": loss / count,
                "accuracy": right / count,
            }
        )
    return {
        "x": x.tolist(),
        "y": y.tolist(),
        "folds": folds,
        "parts": parts.tolist(),
        "probes": probes.tolist(),
        "fits": fits,
    }


rng = np.random.default_rng(20261124)
cases = {
    "binary": case(rng, 60, 5, 2, 5),
    "three classes": case(rng, 60, 4, 3, 4),
    "more features than samples": case(rng, 24, 40, 2, 3),
}
target = pathlib.Path(__file__).parent.parent / "fixtures" / "embed" / "head-sklearn.json"
target.write_text(json.dumps({"sklearn": sklearn.__version__, "cases": cases}) + "\n")
