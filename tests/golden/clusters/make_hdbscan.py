"""Writes hdbscan.json: the groups that scikit-learn's HDBSCAN and the package hdbscan find in scikit-learn's digits.

    pip install numpy scikit-learn hdbscan
    python tests/golden/clusters/make_hdbscan.py

A row that is as near to two groups as to each goes to what sorting leaves first: scikit-learn itself puts it elsewhere when
the rows come in another order. So each case is made in 30 orders, and by hdbscan (whose `min_samples` leaves out the row
itself, and is one less for the same groups); a row that does not come out the same in all of them is marked -2;
whole numbers have many equal distances, and now and then a whole group hangs on them.
"""

import json
import pathlib

import hdbscan
import numpy as np
from sklearn.cluster import HDBSCAN

HERE = pathlib.Path(__file__).parent
ORDERS = 30
# Rows of digits.bin, min_samples, min_cluster_size.
SETTINGS = [
    (700, 15, 10),
    (700, 5, 10),
    (700, 10, 10),
    (700, 5, 5),
    (700, 15, 15),
    (700, 2, 4),
    (700, 30, 8),
    (1797, 15, 15),
]

bytes_ = np.frombuffer((HERE.parent / "projections" / "digits.bin").read_bytes(), dtype=np.uint8)
digits = bytes_.reshape(-1, 65)[:, :64].astype(np.float64)


def distances(rows, metric):
    if metric == "cosine":
        unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        found = np.maximum(1 - unit @ unit.T, 0)
    else:
        # Whole numbers, so equal distances are equal.
        squares = (rows * rows).sum(axis=1)
        found = np.sqrt(squares[:, None] + squares[None] - 2 * rows @ rows.T)
    np.fill_diagonal(found, 0)
    return (found + found.T) / 2


def as_named(labels, reference):
    """Labels named as in the reference where most of their rows are."""
    named = np.full(len(labels), -1)
    for label in range(labels.max() + 1):
        values, counts = np.unique(reference[labels == label], return_counts=True)
        named[labels == label] = values[counts.argmax()]
    return named


cases = []
for metric in ["cosine", "euclidean"]:
    for rows, samples, least in SETTINGS:
        between = distances(digits[:rows], metric)
        options = {"min_cluster_size": least, "metric": "precomputed"}
        ours = HDBSCAN(min_samples=samples, copy=True, **options)
        first = ours.fit(between).labels_
        runs = []
        random = np.random.default_rng(0)
        for _ in range(ORDERS):
            order = random.permutation(rows)
            labels = np.empty(rows, dtype=int)
            labels[order] = ours.fit(between[np.ix_(order, order)]).labels_
            runs.append(labels)
        if samples > 2:
            runs.append(hdbscan.HDBSCAN(min_samples=samples - 1, **options).fit(between).labels_)
        groups = [int(labels.max()) + 1 for labels in [first, *runs]]
        sure = np.all([as_named(run, first) == first for run in runs], axis=0)
        print(metric, rows, samples, least, "groups", min(groups), max(groups), "in none", (first < 0).sum(), "unsure", (~sure).sum())
        labels = np.where(sure, first, -2)
        cases.append(
            {
                "metric": metric,
                "rows": rows,
                "samples": samples,
                "least": least,
                "groups": [min(groups), max(groups)],
                "labels": labels.tolist(),
            }
        )
(HERE / "hdbscan.json").write_text(json.dumps(cases) + "\n")
