"""Suspicious labels by cleanlab, of made-up probabilities.

    pip install "numpy==2.*" "cleanlab==2.*" && python tests/golden/suspicious/make.py
"""

import json
import pathlib

import numpy as np
from cleanlab.count import get_confident_thresholds
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_normalized_margin_for_each_label, get_self_confidence_for_each_label

random = np.random.default_rng(21)


def case(rows: int, classes: int, swapped: float, sharpness: float, step: int) -> dict:
    """Rows of classes of unequal size, some labels swapped; probabilities are multiples of 1 / step, exact in single precision."""
    sizes = random.dirichlet(np.linspace(1.0, 4.0, classes))
    true = random.choice(classes, size=rows, p=sizes)
    true[:classes] = np.arange(classes)
    labels = np.where(random.random(rows) < swapped, random.integers(classes, size=rows), true)
    labels[:classes] = np.arange(classes)
    # Some classes are harder to tell than others.
    skill = sharpness * random.uniform(0.4, 1.6, classes)
    logits = random.normal(0.0, 1.0, (rows, classes))
    logits[np.arange(rows), true] += skill[true]
    exact = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    # Small ones become nothing, as shares of neighbours are.
    probabilities = np.floor(exact * step)
    probabilities[np.arange(rows), exact.argmax(axis=1)] += step - probabilities.sum(axis=1)
    probabilities /= step
    ranked = {
        score: find_label_issues(
            labels, probabilities, filter_by="confident_learning", return_indices_ranked_by=name, n_jobs=1
        )
        for score, name in [("margin", "normalized_margin"), ("confidence", "self_confidence")]
    }
    scores = {
        "margin": get_normalized_margin_for_each_label(labels, probabilities),
        "confidence": get_self_confidence_for_each_label(labels, probabilities),
    }
    return {
        "classes": classes,
        "labels": labels.tolist(),
        "probabilities": [round(value * step) for value in probabilities.ravel()],
        "step": step,
        "thresholds": get_confident_thresholds(labels, probabilities).tolist(),
        # Where scores are equal the order is chance; the test compares sets of equals.
        "found": {score: ranked[score].tolist() for score in ranked},
        "scores": {score: scores[score][ranked[score]].tolist() for score in ranked},
    }


golden = {
    "sharp": case(300, 4, 0.08, 3.0, 1024),
    "many": case(400, 24, 0.1, 2.5, 4096),
    "neighbours": case(300, 7, 0.1, 3.0, 15),
    "vague": case(200, 3, 0.25, 0.8, 1024),
}
pathlib.Path(__file__).with_name("suspicious.json").write_text(json.dumps(golden) + "\n")
print({name: len(known["found"]["margin"]) for name, known in golden.items()})
