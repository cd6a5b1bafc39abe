#!/usr/bin/env python3
"""scikit-learn's k-means of the same vectors: a run for each seed that is written to its input.

    pip install numpy scikit-learn
    echo 0 | python tests/bench/kmeans_peer.py VECTORS.npy COUNT
"""

import json
import sys
import time

import numpy as np
from sklearn.cluster import KMeans


def main():
    vectors, count = np.load(sys.argv[1]), int(sys.argv[2])
    for seed in sys.stdin:
        begun = time.perf_counter()
        found = KMeans(n_clusters=count, n_init=4, tol=1e-4, random_state=int(seed)).fit(vectors)
        answer = {"seconds": time.perf_counter() - begun, "inertia": float(found.inertia_)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
