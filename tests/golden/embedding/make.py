"""Writes thresholds.json beside this script; see README.md."""

import json
from pathlib import Path

import numpy as np
import scipy
from scipy.stats import ks_2samp

random = np.random.default_rng(17)
IMAGES, FEATURES, CLASSES = 90, 11, 3
LOW, HIGH = 0.3, 0.7
LEAST, SIGNIFICANCE = 0.1, 0.05

classes = random.integers(-1, CLASSES, IMAGES)  # -1: no label
rows = random.normal(size=(IMAGES, FEATURES)) * np.geomspace(0.5, 4, FEATURES)
rows[:, 0] += 0.7 * (classes == 0)
rows[:, 1] += 1.0 * (classes == 1) - 1.5 * (classes == 2)
rows[:, 2] -= 4.0 * (classes == 2)
rows[:, 3] += 6.0 * (classes == 0) + 3.0
# The strong class parts from the rest above the place where the weak one does, or below: then the better side stays.
mixed = random.uniform(0, 10, (IMAGES, 2))
for column, low, high in [(0, 6.0, 5.0), (1, 9.0, 4.5)]:
    mixed[:, column] = np.where(classes == 1, random.uniform(10 - low, 10, IMAGES), mixed[:, column])
    mixed[:, column] = np.where(classes == 2, random.uniform(0, 10 - high, IMAGES), mixed[:, column])
rows[:, 8:10] = mixed
rows[:, 10] = 10 - mixed[:, 1]
rows = np.maximum(rows, 0)
rows[:, 5] = 0.1  # never changes
rows[:, 6] = np.round(rows[:, 6])  # many ties
rows = rows.astype(np.float16).astype(np.float64)

std = rows.std(axis=0)
z = np.where(std > 0, (rows - rows.mean(axis=0)) / np.where(std > 0, std, 1), 0)
z[:, np.ptp(rows, axis=0) == 0] = 0


def codes(low, high):
    return (np.where(z > high, 1, 0) - np.where((z < low) & ~(z > high), 1, 0)).astype(int).tolist()


low, high = np.quantile(z, LOW, axis=0), np.quantile(z, HIGH, axis=0)

tells = []
for feature in range(FEATURES):
    labelled = np.unique(z[classes >= 0, feature])
    for of in range(CLASSES):
        group, rest = z[classes == of, feature], z[(classes >= 0) & (classes != of), feature]
        # "less": the class's distribution function lies below, so its values are larger.
        for tendency, alternative in [("strong", "less"), ("weak", "greater")]:
            found = ks_2samp(group, rest, alternative=alternative)
            n, m = len(group), len(rest)
            critical = np.sqrt(-np.log(SIGNIFICANCE / 2) / 2) * np.sqrt((n + m) / (n * m))
            if found.statistic >= LEAST and found.statistic > critical:
                here = found.statistic_location
                following = labelled[np.searchsorted(labelled, here, side="right")]
                tells.append([feature, of, tendency, float(found.statistic), float((here + following) / 2)])

bounds = []
for feature in range(FEATURES):
    side = {"weak": None, "strong": None}
    for tell in tells:
        if tell[0] == feature and (side[tell[2]] is None or tell[3] > side[tell[2]][3]):
            side[tell[2]] = tell
    weak, strong = side["weak"], side["strong"]
    if weak and strong and weak[4] > strong[4]:
        weak, strong = (weak, None) if weak[3] > strong[3] else (None, strong)
    bounds.append([weak and weak[4], strong and strong[4]])

golden = {
    "made_by": f"numpy {np.__version__}, scipy {scipy.__version__}",
    "features": FEATURES,
    "rows": rows.flatten().tolist(),
    "classes": [None if c < 0 else int(c) for c in classes],
    "quantiles": {"low": LOW, "high": HIGH, "bounds": np.stack([low, high], axis=1).tolist(), "codes": codes(low, high)},
    "supervised": {
        "least": LEAST,
        "significance": SIGNIFICANCE,
        "tells": tells,
        "bounds": bounds,
        "codes": codes(
            np.array([-np.inf if low is None else low for low, _ in bounds]),
            np.array([np.inf if high is None else high for _, high in bounds]),
        ),
    },
}
Path(__file__).with_name("thresholds.json").write_text(json.dumps(golden) + "\n")
