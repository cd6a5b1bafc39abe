#!/usr/bin/env python3
"""Writes GoogLeNet (Szegedy et al. 2015) as an ONNX file: its shapes, with random numbers for weights.

    pip install numpy onnx
    python tests/bench/googlenet.py GOOGLENET.onnx

Prints one line of JSON when it is done.
"""

import json
import sys

# Channels of each inception block: 1x1; 3x3 after its reduction; 5x5 after its; the projection of what was pooled.
BLOCKS = {
    "3a": (64, 96, 128, 16, 32, 32), "3b": (128, 128, 192, 32, 96, 64), "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64), "4c": (128, 128, 256, 24, 64, 64), "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128), "5a": (256, 160, 320, 32, 128, 128), "5b": (384, 192, 384, 48, 128, 128),
}


class Net:
    def __init__(self, np, onnx):
        self.np, self.onnx, self.random = np, onnx, np.random.default_rng(2016)
        self.nodes, self.weights = [], []

    def node(self, kind, name, inputs, **attributes):
        self.nodes.append(self.onnx.helper.make_node(kind, inputs, [name], **attributes))
        return name

    def numbers(self, name, shape, deviation):
        values = self.random.normal(0, deviation, shape).astype(self.np.float32)
        self.weights.append(self.onnx.numpy_helper.from_array(values, name))
        return name

    def conv(self, name, taken, of, to, side, stride=1):
        kernel = self.numbers(f"{name}/w", (to, of, side, side), (2 / (of * side * side)) ** 0.5)
        bias = self.numbers(f"{name}/b", (to,), 0.1)
        window = {"kernel_shape": [side] * 2, "strides": [stride] * 2, "pads": [side // 2] * 4}
        self.node("Conv", name, [taken, kernel, bias], **window)
        return self.node("Relu", f"{name}/relu", [name])

    def pool(self, name, taken, stride=2):
        window = {"kernel_shape": [3, 3], "strides": [stride] * 2, "pads": [2 - stride] * 4, "ceil_mode": 1}
        return self.node("MaxPool", name, [taken], **window)

    def norm(self, name, taken):
        return self.node("LRN", name, [taken], size=5, alpha=1e-4, beta=0.75, bias=1.0)

    def inception(self, block, taken, of):
        one, reduce3, three, reduce5, five, projection = BLOCKS[block]
        conv = lambda part, *rest: self.conv(f"inception_{block}/{part}", *rest)
        ends = [
            conv("1x1", taken, of, one, 1),
            conv("3x3", conv("3x3_reduce", taken, of, reduce3, 1), reduce3, three, 3),
            conv("5x5", conv("5x5_reduce", taken, of, reduce5, 1), reduce5, five, 5),
            conv("pool_proj", self.pool(f"inception_{block}/pool", taken, 1), of, projection, 1),
        ]
        return self.node("Concat", f"inception_{block}/output", ends, axis=1), one + three + five + projection


def googlenet(np, onnx):
    net = Net(np, onnx)
    at = net.norm("norm1", net.pool("pool1", net.conv("conv1", "data", 3, 64, 7, 2)))
    at = net.conv("conv2", net.conv("conv2_reduce", at, 64, 64, 1), 64, 192, 3)
    at, channels = net.pool("pool2", net.norm("norm2", at)), 192
    for block in BLOCKS:
        if block in ("4a", "5a"):
            at = net.pool(f"pool{int(block[0]) - 1}", at)
        at, channels = net.inception(block, at, channels)
    at = net.node("Flatten", "flat", [net.node("GlobalAveragePool", "pool5", [at])])
    weights = [net.numbers("classifier/w", (1000, channels), 0.03), net.numbers("classifier/b", (1000,), 0.1)]
    net.node("Softmax", "prob", [net.node("Gemm", "classifier", [at, *weights], transB=1)], axis=1)
    end = lambda name, shape: onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["n", *shape])
    graph = onnx.helper.make_graph(net.nodes, "GoogLeNet", [end("data", [3, 224, 224])], [end("prob", [1000])], net.weights)
    return onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 13)], ir_version=8)


def main():
    try:
        import numpy as np
        import onnx
    except ImportError as error:
        print(json.dumps({"skipped": f"{error.name} is not installed"}))
        return
    onnx.save(googlenet(np, onnx), sys.argv[1])
    print(json.dumps({"written": sys.argv[1]}))


if __name__ == "__main__":
    main()
