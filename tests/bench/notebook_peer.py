#!/usr/bin/env python3
"""What a notebook does in place of `tiramisu extract`: Pillow, onnxruntime and pylance, and of the network one vector.

    pip install pillow numpy onnxruntime pylance
    python tests/bench/notebook_peer.py NET.onnx FOLDER OUT.lance --size 227 --mean 104 117 123 --bgr

Pictures are decoded by as many threads as there are cores, ahead of the network, which has all cores for each batch. The
network's answer is the vector. Prints one line of JSON; `secs` begins after everything is imported and loaded.

A Caffe network is translated before (opencv-python-headless<5 and onnx, in addition):

    python tests/bench/notebook_peer.py --translate NET.prototxt NET.caffemodel NET.onnx
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

BATCH = 16


def translate(prototxt, caffemodel, out):
    import cv2
    import onnx
    from peers import to_onnx

    onnx.save(to_onnx(prototxt, cv2.dnn.readNetFromCaffe(prototxt, caffemodel), onnx), out)


def main():
    if sys.argv[1] == "--translate":
        translate(*sys.argv[2:])
        return
    arguments = argparse.ArgumentParser()
    arguments.add_argument("network")
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("out")
    arguments.add_argument("--size", type=int, required=True)
    arguments.add_argument("--mean", type=float, nargs=3, default=[0.0] * 3)
    arguments.add_argument("--divisor", type=float, nargs=3, default=[1.0] * 3)
    arguments.add_argument("--bgr", action="store_true")
    asked = arguments.parse_args()

    from concurrent.futures import ThreadPoolExecutor

    import lance
    import numpy as np
    import onnxruntime
    import pyarrow as pa
    from PIL import Image

    session = onnxruntime.InferenceSession(asked.network, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    mean, divisor = np.float32(asked.mean), np.float32(asked.divisor)

    begun = time.perf_counter()
    paths = sorted(path for path in asked.folder.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg", ".png"))

    def prepare(path):
        picture = Image.open(path).convert("RGB").resize((asked.size, asked.size), Image.Resampling.BILINEAR)
        pixels = np.asarray(picture, np.float32)
        pixels = (pixels[..., ::-1] if asked.bgr else pixels) - mean
        return (pixels / divisor).transpose(2, 0, 1)

    vectors = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        prepared = pool.map(prepare, paths)
        for start in range(0, len(paths), BATCH):
            batch = np.stack([next(prepared) for _ in paths[start : start + BATCH]])
            vectors.append(session.run(None, {name: batch})[0].reshape(len(batch), -1))
    vectors = np.concatenate(vectors)
    column = pa.FixedSizeListArray.from_arrays(pa.array(vectors.reshape(-1)), vectors.shape[1])
    lance.write_dataset(pa.table({"path": [str(path) for path in paths], "vector": column}), asked.out)
    print(json.dumps({"images": len(paths), "numbers": vectors.shape[1], "secs": time.perf_counter() - begun}))


if __name__ == "__main__":
    main()
