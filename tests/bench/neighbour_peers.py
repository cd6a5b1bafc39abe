#!/usr/bin/env python3
"""Times neighbours in faiss and in Lance's Python package, on vectors and an index that are there already.

    pip install faiss-cpu pylance numpy
    python tests/bench/neighbour_peers.py VECTORS.npy TABLE.lance COLUMN K PROBES

Prints one line of JSON for each program; a program that is not installed is said to be skipped. Recall is beside faiss's
exact search.
"""

import json
import sys
import time

import numpy as np


def say(program, **answer):
    print(json.dumps({"program": program, **answer}), flush=True)


def ask(find, probes, truth):
    find(probes[0])
    found, times = [], []
    for probe in probes:
        begun = time.perf_counter()
        found.append(find(probe))
        times.append((time.perf_counter() - begun) * 1e3)
    shared = [len(set(a) & set(b)) / len(b) for a, b in zip(found, truth)] if truth is not None else [1.0]
    numbers = {"median_ms": float(np.median(times)), "p99_ms": float(np.quantile(times, 0.99))}
    return found, {**numbers, "recall": float(np.mean(shared))}


def main():
    path, table_path, column, k, count = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
    vectors = np.load(path)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    rows, channels = vectors.shape
    probes = vectors[[probe * (rows // count) for probe in range(count)]]
    truth = None
    try:
        import faiss

        flat = faiss.IndexFlatIP(channels)
        flat.add(vectors)
        truth, answer = ask(lambda probe: flat.search(probe[None], k)[1][0].tolist(), probes, None)
        say(f"faiss {faiss.__version__} flat", **answer)
        del flat
        cells = max(rows // 4096, 1) * 4
        index = faiss.index_factory(channels, f"IVF{cells},SQ8", faiss.METRIC_INNER_PRODUCT)
        index.train(vectors[:: max(rows // 100_000, 1)])
        index.add(vectors)
        index.nprobe = 16
        _, answer = ask(lambda probe: index.search(probe[None], k)[1][0].tolist(), probes, truth)
        say(f"faiss IVF{cells},SQ8, 16 cells", **answer)
        del index
    except ImportError as error:
        say("faiss", skipped=str(error))
    try:
        import lance

        table = lance.dataset(table_path)

        def nearest(probe, **options):
            query = {"column": column, "q": probe.astype(np.float16), "k": k, **options}
            return table.to_table(columns=["id"], nearest=query)["id"].to_pylist()

        for cells, refine in ((4, 2), (8, 4), (16, 8)):
            options = {"minimum_nprobes": cells, "maximum_nprobes": cells, "refine_factor": refine}
            _, answer = ask(lambda probe: nearest(probe, **options), probes, truth)
            say(f"pylance {lance.__version__}, the same index, {cells} cells, refined {refine} x", **answer)
        _, answer = ask(lambda probe: nearest(probe, use_index=False, metric="cosine"), probes[:10], truth)
        say(f"pylance {lance.__version__}, every vector compared", **answer)
    except ImportError as error:
        say("pylance", skipped=str(error))


if __name__ == "__main__":
    main()
