#!/usr/bin/env python3
"""What each kind of layer takes of a network in onnxruntime, one picture at a time, as its own profiler tells.

    pip install "opencv-python-headless<5" onnx onnxruntime
    python tests/bench/layer_peers.py FOLDER PASSES NET.onnx
    python tests/bench/layer_peers.py FOLDER PASSES NET.prototxt NET.caffemodel

Takes `batch.npy` in the folder. Prints one line of JSON: medians over the passes, in milliseconds, of each kind and of the whole.
"""

import json
import os
import statistics
import sys
import time

from peers import load, say

REST_SECS = 0.2


def kind_of(event):
    """As tests/bench/layers.rs has them; pointwise and depthwise convolutions run as one there where that is quicker."""
    operation = event["args"].get("op_name", "")
    if operation in ("Conv", "FusedConv"):
        [_, weight, *_] = [next(iter(shape.values())) for shape in event["args"]["input_type_shape"]]
        out, of_group, *kernel = weight
        if of_group == 1 and out > 1:
            return "depthwise"
        return {(1, 1): "1x1", (3, 3): "3x3"}.get(tuple(kernel), "other")
    return "pool" if "Pool" in operation else "rest"


def main():
    folder, passes, *files = sys.argv[1:]
    try:
        import numpy as np
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.enable_profiling = True
        options.profile_file_prefix = os.path.join(folder, "profile")
        network = load(files, onnxruntime)
        session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
    except (ImportError, ValueError) as error:
        say(skipped=str(error))
        return
    [taken] = session.get_inputs()
    batch = np.load(os.path.join(folder, "batch.npy"))
    for _ in range(int(passes)):
        # The first of two, which wakes the threads, is left out below.
        session.run(None, {taken.name: batch})
        session.run(None, {taken.name: batch})
        time.sleep(REST_SECS)
    found, kinds = [], {}
    with open(session.end_profiling()) as profile:
        events = sorted(json.load(profile), key=lambda event: event["ts"])
    for event in events:
        if event["name"].endswith("_kernel_time"):
            kind = kind_of(event)
            kinds[kind] = kinds.get(kind, 0) + event["dur"] * 1e-3
        elif event["name"] == "model_run":
            found.append({**kinds, "whole": event["dur"] * 1e-3})
            kinds = {}
    # What belongs to a run begins within it and is told of after it or before, as versions have it: the sums are what counts.
    awake = found[1::2]
    words = {word for kinds in awake for word in kinds}
    middle = {word: statistics.median(kinds.get(word, 0) for kinds in awake) for word in words}
    say(name=f"onnxruntime {onnxruntime.__version__}", **middle)


if __name__ == "__main__":
    main()
