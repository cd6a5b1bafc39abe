#!/usr/bin/env python3
"""Runs a network in onnxruntime: an ONNX file, or a Caffe network, which is translated layer by layer.

    pip install "opencv-python-headless<5" onnx onnxruntime
    python tests/bench/peers.py FOLDER NET.onnx
    python tests/bench/peers.py FOLDER NET.prototxt NET.caffemodel

Takes `batch.npy` in the folder. Says its name when it is ready, in a line of JSON, and then for each line of its input how long
a pass took. The first pass, which is not timed, leaves `answer.f32` in the folder.
"""

import json
import os
import re
import sys
import time


def say(**answer):
    print(json.dumps(answer), flush=True)


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


def load(files, onnxruntime):
    """The network as onnxruntime takes it."""
    if files[0].endswith(".onnx"):
        return files[0]
    import cv2
    import numpy as np
    import onnx

    net = cv2.dnn.readNetFromCaffe(*files)
    model = to_onnx(files[0], net, onnx).SerializeToString()
    batch = np.random.default_rng(1).normal(0, 50, (2, 3, 227, 227)).astype(np.float32)
    net.setInput(batch)
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    theirs, ours = net.forward().reshape(2, -1), session.run(None, {"data": batch})[0].reshape(2, -1)
    difference = float(np.abs(theirs - ours).max() / np.abs(theirs).max())
    if difference > 1e-3:
        raise ValueError(f"the translation differs from OpenCV by {difference:.1e}")
    return model


def main():
    folder, *files = sys.argv[1:]
    try:
        import numpy as np
        import onnxruntime

        session = onnxruntime.InferenceSession(load(files, onnxruntime), providers=["CPUExecutionProvider"])
    except (ImportError, ValueError) as error:
        say(skipped=str(error))
        return
    [taken] = session.get_inputs()
    batch = np.load(os.path.join(folder, "batch.npy"))
    session.run(None, {taken.name: batch})[0].astype("<f4").tofile(os.path.join(folder, "answer.f32"))
    say(name=f"onnxruntime {onnxruntime.__version__}")
    for _ in sys.stdin:
        begun, cpu = time.perf_counter(), time.process_time()
        session.run(None, {taken.name: batch})
        say(secs=time.perf_counter() - begun, cpu_secs=time.process_time() - cpu)


if __name__ == "__main__":
    main()
