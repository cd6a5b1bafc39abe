#!/usr/bin/env python3
"""Writes references.json: what other programs answer to the pictures of picture.rs, through the networks that are carried.

    pip install numpy onnxruntime "opencv-python-headless<5"
    python tests/gpu/networks.py ../shared/models ROUNDED
    python tests/gpu/references.py ROUNDED > tests/gpu/references.json
"""

import json
import sys
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

PICTURES = 2


def rgb(number, width, height):
    y, x, channel = np.mgrid[0:height, 0:width, 0:3]
    checker = (x // 16 + y // 16) % 2 * 90
    return ((x * (1 + number) + y * 2 + channel * 40 + number * 17 + checker) % 256).astype(np.float32)


def squeezenet(folder):
    net = cv2.dnn.readNetFromCaffe(str(folder / "squeezenet_v1.0.prototxt"), str(folder / "squeezenet_v1.0.caffemodel"))
    for number in range(PICTURES):
        picture = rgb(number, 227, 227)[:, :, ::-1] - np.array([104, 117, 123], np.float32)
        net.setInput(np.ascontiguousarray(picture.transpose(2, 0, 1)[None]))
        yield net.forward().ravel()


def efficientnet(folder):
    session = onnxruntime.InferenceSession(folder / "efficientnet_lite0.onnx", providers=["CPUExecutionProvider"])
    taken = session.get_inputs()[0]
    _, _, height, width = taken.shape
    for number in range(PICTURES):
        picture = (rgb(number, width, height) - 127) / 128
        yield session.run(None, {taken.name: np.ascontiguousarray(picture.transpose(2, 0, 1)[None], np.float32)})[0].ravel()


def main():
    folder = Path(sys.argv[1])
    made = {
        "SqueezeNet v1.0": (f"OpenCV {cv2.__version__} dnn", squeezenet(folder)),
        "EfficientNet-lite0": (f"onnxruntime {onnxruntime.__version__}", efficientnet(folder)),
    }
    whole = {name: {"by": by, "answers": [[float(f"{v:.5g}") for v in answer] for answer in answers]} for name, (by, answers) in made.items()}
    json.dump(whole, sys.stdout, separators=(",", ":"))
    print()


if __name__ == "__main__":
    main()
