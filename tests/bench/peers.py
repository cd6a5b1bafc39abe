#!/usr/bin/env python3
"""Times a network in OpenCV and in onnxruntime: an ONNX file, or a Caffe network, which is translated for the latter layer
by layer.

    pip install "opencv-python-headless<5" onnx onnxruntime
    python tests/bench/peers.py NET.prototxt NET.caffemodel
    python tests/bench/peers.py NET.onnx

Prints one line of JSON for each program and batch size; a program that is not installed is said to be skipped.
"""

import json
import re
import statistics
import sys
import time


def median_ms(run, n, runs=7):
    run()
    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        run()
        times.append(time.perf_counter() - begun)
    return statistics.median(times) / n * 1e3


def say(**answer):
    print(json.dumps(answer), flush=True)


def pictures(np, n, side=227):
    return np.random.default_rng(1).normal(0, 50, (n, 3, side, side)).astype(np.float32)


def time_opencv(net, cv2, np, side=227):
    for n in (1, 16):
        batch = pictures(np, n, side)

        def run():
            net.setInput(batch)
            net.forward()

        say(name=f"OpenCV {cv2.__version__}", batch=n, ms_per_image=median_ms(run, n))


def to_onnx(prototxt, net, onnx):
    """Translates SqueezeNet and its like: the layers from the text, the weights from OpenCV's reader."""
    from onnx import TensorProto, helper, numpy_helper

    nodes, weights, newest = [], [], {"data": "data"}
    for block in re.split(r"\blayer\s*\{", open(prototxt).read())[1:]:
        name, kind = (re.search(rf'\b{key}:\s*"([^"]+)"', block).group(1) for key in ("name", "type"))
        inputs = [newest[blob] for blob in re.findall(r'\bbottom:\s*"([^"]+)"', block)]
        top = re.search(r'\btop:\s*"([^"]+)"', block).group(1)
        output = f"{name}/out"

        def number(key, otherwise):
            found = re.search(rf"\b{key}:\s*(\d+)", block)
            return int(found.group(1)) if found else otherwise

        side, stride, pad = number("kernel_size", 0), number("stride", 1), number("pad", 0)
        window = {"kernel_shape": [side] * 2, "strides": [stride] * 2, "pads": [pad] * 4}
        if kind == "Input":
            continue
        elif kind == "Convolution":
            kernel, bias = net.getParam(name, 0), net.getParam(name, 1).reshape(-1)
            weights += [numpy_helper.from_array(kernel, f"{name}/w"), numpy_helper.from_array(bias, f"{name}/b")]
            nodes.append(helper.make_node("Conv", [*inputs, f"{name}/w", f"{name}/b"], [output], **window))
        elif kind == "Pooling" and "global_pooling: true" in block:
            nodes.append(helper.make_node("GlobalAveragePool", inputs, [output]))
        elif kind == "Pooling":
            nodes.append(helper.make_node("MaxPool", inputs, [output], ceil_mode=1, **window))
        elif kind in ("Concat", "Softmax"):
            nodes.append(helper.make_node(kind, inputs, [output], axis=1))
        elif kind in ("ReLU", "Dropout"):
            nodes.append(helper.make_node({"ReLU": "Relu", "Dropout": "Identity"}[kind], inputs, [output]))
        else:
            raise ValueError(f"{name} is a {kind}, which this script does not translate")
        newest[top] = output
    ends = [
        helper.make_tensor_value_info("data", TensorProto.FLOAT, ["n", 3, 227, 227]),
        helper.make_tensor_value_info(output, TensorProto.FLOAT, ["n", 1000, 1, 1]),
    ]
    graph = helper.make_graph(nodes, "net", ends[:1], ends[1:], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


def time_onnx(file, cv2, np):
    import onnxruntime

    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    [taken] = session.get_inputs()
    side = taken.shape[-1]
    try:
        time_opencv(cv2.dnn.readNetFromONNX(file), cv2, np, side)
    except cv2.error as error:
        say(name=f"OpenCV {cv2.__version__}", skipped=str(error).splitlines()[-1])
    for n in (1, 16):
        batch = pictures(np, n, side)
        ms = median_ms(lambda: session.run(None, {taken.name: batch}), n)
        say(name=f"onnxruntime {onnxruntime.__version__}", batch=n, ms_per_image=ms)


def main():
    try:
        import cv2
        import numpy as np
    except ImportError as error:
        say(name="OpenCV, onnxruntime", skipped=f"{error.name} is not installed")
        return
    if sys.argv[1].endswith(".onnx"):
        time_onnx(sys.argv[1], cv2, np)
        return
    prototxt, caffemodel = sys.argv[1:3]
    net = cv2.dnn.readNetFromCaffe(prototxt, caffemodel)
    time_opencv(net, cv2, np)
    try:
        import onnx
        import onnxruntime
    except ImportError as error:
        say(name="onnxruntime", skipped=f"{error.name} is not installed")
        return
    model = to_onnx(prototxt, net, onnx).SerializeToString()
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    batch = pictures(np, 2)
    net.setInput(batch)
    theirs, ours = net.forward().reshape(2, -1), session.run(None, {"data": batch})[0].reshape(2, -1)
    difference = float(np.abs(theirs - ours).max() / np.abs(theirs).max())
    if difference > 1e-3:
        say(name="onnxruntime", skipped=f"the translation differs from OpenCV by {difference:.1e}")
        return
    for n in (1, 16):
        batch = pictures(np, n)
        ms = median_ms(lambda: session.run(None, {"data": batch}), n)
        say(name=f"onnxruntime {onnxruntime.__version__}", batch=n, ms_per_image=ms)


if __name__ == "__main__":
    main()
