#!/usr/bin/env python3
"""Groups vectors that are there already, or builds indices over them, with the programs that others use, and times them.

    pip install numpy scikit-learn faiss-cpu usearch
    python tests/bench/million_peers.py groups VECTORS.npy COUNT
    python tests/bench/million_peers.py indices VECTORS.npy K PROBES

Prints one line of JSON for each program: seconds by the clock and of the processor, and what came of it; of an index, too, the
most memory that its building took beyond the vectors, which are there in single precision (Linux), and its size. A program that
is not installed is said to be skipped.
"""

import json
import os
import sys
import tempfile
import time

import numpy as np

# What usearch is given at a time, and seconds of the processor after which its index is given up.
PORTION, PATIENCE = 10_000, 300


def say(program, **answer):
    print(json.dumps({"program": program, **answer}), flush=True)


def memory(what):
    """Kilobytes of this process: `VmRSS` those that it has, `VmHWM` the most that it had; 0 where the system tells neither."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith(what))
    except OSError:
        return 0


class Clock:
    """Begun where something begins; the most memory is counted anew from then on, where the system lets it."""

    def __init__(self):
        try:
            with open("/proc/self/clear_refs", "w") as peak:
                peak.write("5")
        except OSError:
            pass
        self.memory = memory("VmRSS")
        self.begun = time.perf_counter(), time.process_time()

    def stop(self):
        """Seconds; the processor's, and the most memory beyond what there was, in words."""
        secs, cpu = time.perf_counter() - self.begun[0], time.process_time() - self.begun[1]
        return secs, f"CPU {cpu:.1f} s; {(memory('VmHWM') - self.memory) / 1e6:.2f} GB beyond what was there"


def judge(find, probes, truth):
    find(probes[0])
    times, shared = [], []
    for probe, right in zip(probes, truth):
        begun = time.perf_counter()
        found = find(probe)
        times.append((time.perf_counter() - begun) * 1e3)
        shared.append(len(set(found) & set(right)) / len(right))
    return f"{np.median(times):.1f} ms a question; recall@{len(truth[0])} {np.mean(shared):.3f}"


def sklearn(vectors, count):
    from sklearn import __version__
    from sklearn.cluster import KMeans, MiniBatchKMeans
    from sklearn.decomposition import PCA

    clock = Clock()
    found = PCA(2, svd_solver="covariance_eigh").fit(vectors)
    seconds, cpu = clock.stop()
    explained = float(sum(found.explained_variance_ratio_))
    say(f"scikit-learn {__version__}, PCA", seconds=seconds, more=f"{cpu}; explains {explained:.4f}")
    for kind, options in ((KMeans, {"n_init": 1}), (MiniBatchKMeans, {"batch_size": 4096})):
        clock = Clock()
        found = kind(count, random_state=0, **options).fit(vectors)
        seconds, cpu = clock.stop()
        more = f"{cpu}; inertia {found.inertia_:.4e}"
        say(f"scikit-learn {__version__}, {kind.__name__}", seconds=seconds, more=more)


def faiss(vectors, k, probes):
    import faiss

    rows, channels = vectors.shape
    flat = faiss.IndexFlatIP(channels)
    flat.add(vectors)
    truth = flat.search(probes, k)[1].tolist()
    del flat
    for name, set_effort in (
        (f"IVF{max(rows // 4096, 1) * 4},SQ8", lambda index: setattr(index, "nprobe", 16)),
        ("HNSW32,SQ8", lambda index: setattr(index.hnsw, "efSearch", 64)),
    ):
        clock = Clock()
        index = faiss.index_factory(channels, name, faiss.METRIC_INNER_PRODUCT)
        index.train(vectors[:: max(rows // 100_000, 1)])
        index.add(vectors)
        seconds, cpu = clock.stop()
        set_effort(index)
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "index")
            faiss.write_index(index, file)
            cpu += f"; {os.path.getsize(file) / 1e6:.0f} MB"
        more = cpu + "; " + judge(lambda probe: index.search(probe[None], k)[1][0].tolist(), probes, truth)
        say(f"faiss {faiss.__version__} {name}", seconds=seconds, more=more)
        del index
    return truth


def usearch(vectors, k, probes, truth):
    from usearch import __version__
    from usearch.index import Index

    index = Index(ndim=vectors.shape[1], metric="cos", dtype="f16")
    clock = Clock()
    begun = time.process_time()
    for first in range(0, len(vectors), PORTION):
        if time.process_time() - begun > PATIENCE:
            why = f"stopped after {PATIENCE} s of the processor with {first} of {len(vectors)} vectors"
            return say(f"usearch {__version__}", skipped=why)
        some = vectors[first : first + PORTION]
        index.add(np.arange(first, first + len(some)), some)
    seconds, cpu = clock.stop()
    cpu += f"; {index.serialized_length / 1e6:.0f} MB"
    more = cpu + "; " + judge(lambda probe: index.search(probe, k).keys.tolist(), probes, truth)
    say(f"usearch {__version__}", seconds=seconds, more=more)


def main():
    what, vectors = sys.argv[1], np.load(sys.argv[2])
    if what == "groups":
        try:
            return sklearn(vectors, int(sys.argv[3]))
        except ImportError as error:
            return say("scikit-learn", skipped=str(error))
    k, some = map(int, sys.argv[3:5])
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    probes = vectors[[probe * (len(vectors) // some) for probe in range(some)]]
    try:
        truth = faiss(vectors, k, probes)
    except ImportError as error:
        return say("faiss", skipped=str(error))
    try:
        usearch(vectors, k, probes, truth)
    except ImportError as error:
        say("usearch", skipped=str(error))


if __name__ == "__main__":
    main()
