#!/usr/bin/env python3
"""Writes well-known networks as ONNX files: their shapes, with random numbers for weights, and normalisations where exporters
put them: in the convolutions before.

    pip install numpy onnx
    python tests/bench/random_networks.py FOLDER

They are GoogLeNet (Szegedy et al. 2015), ResNet-18 and ResNet-50 (He et al. 2016; the step is in the 3x3 convolutions, as
torchvision has it) and MobileNet v2 (Sandler et al. 2018). Prints one line of JSON for each when it is written.
"""

import json
import os
import sys

# Channels of each inception block: 1x1; 3x3 after its reduction; 5x5 after its; the projection of what was pooled.
BLOCKS = {
    "3a": (64, 96, 128, 16, 32, 32), "3b": (128, 128, 192, 32, 96, 64), "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64), "4c": (128, 128, 256, 24, 64, 64), "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128), "5a": (256, 160, 320, 32, 128, 128), "5b": (384, 192, 384, 48, 128, 128),
}
# Of each stage of MobileNet v2: by how much it widens, its channels, how often it is repeated, its step.
INVERTED = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]


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

    def conv(self, name, taken, of, to, side, stride=1, groups=1, then="Relu", gain=2.0):
        of //= groups
        kernel = self.numbers(f"{name}/w", (to, of, side, side), (gain / (of * side * side)) ** 0.5)
        bias = self.numbers(f"{name}/b", (to,), 0.1)
        window = {"kernel_shape": [side] * 2, "strides": [stride] * 2, "pads": [side // 2] * 4, "group": groups}
        self.node("Conv", name, [taken, kernel, bias], **window)
        if then == "Clip":
            return self.node("Clip", f"{name}/clip", [name, "zero", "six"])
        return self.node(then, f"{name}/{then.lower()}", [name]) if then else name

    def pool(self, name, taken, stride=2, pad=None, ceil=1):
        pad = 2 - stride if pad is None else pad
        window = {"kernel_shape": [3, 3], "strides": [stride] * 2, "pads": [pad] * 4, "ceil_mode": ceil}
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

    def add(self, name, one, other, then=None):
        self.node("Add", name, [one, other])
        return self.node(then, f"{name}/{then.lower()}", [name]) if then else name

    def end(self, name, taken, channels):
        """Means over the picture, the thousand classes, and the model around it all."""
        flat = self.node("Flatten", "flat", [self.node("GlobalAveragePool", "mean", [taken])])
        weights = [self.numbers("classifier/w", (1000, channels), 0.03), self.numbers("classifier/b", (1000,), 0.1)]
        self.node("Softmax", "prob", [self.node("Gemm", "classifier", [flat, *weights], transB=1)], axis=1)
        info, floats = self.onnx.helper.make_tensor_value_info, self.onnx.TensorProto.FLOAT
        ends = [info("data", floats, ["n", 3, 224, 224])], [info("prob", floats, ["n", 1000])]
        graph = self.onnx.helper.make_graph(self.nodes, name, *ends, self.weights)
        return self.onnx.helper.make_model(graph, opset_imports=[self.onnx.helper.make_opsetid("", 13)], ir_version=8)


def googlenet(net):
    at = net.norm("norm1", net.pool("pool1", net.conv("conv1", "data", 3, 64, 7, 2)))
    at = net.conv("conv2", net.conv("conv2_reduce", at, 64, 64, 1), 64, 192, 3)
    at, channels = net.pool("pool2", net.norm("norm2", at)), 192
    for block in BLOCKS:
        if block in ("4a", "5a"):
            at = net.pool(f"pool{int(block[0]) - 1}", at)
        at, channels = net.inception(block, at, channels)
    return net.end("GoogLeNet", at, channels)


def resnet(net, title, repeats, widens):
    at, channels = net.pool("pool1", net.conv("conv1", "data", 3, 64, 7, 2), pad=1, ceil=0), 64
    for stage, repeat in enumerate(repeats):
        width = 64 << stage
        to = 4 * width if widens else width
        for block in range(repeat):
            name, stride = f"stage{stage + 1}/{block + 1}", 2 if stage and not block else 1
            if widens:
                inner = net.conv(f"{name}/a", at, channels, width, 1)
                inner = net.conv(f"{name}/b", inner, width, width, 3, stride)
                inner = net.conv(f"{name}/c", inner, width, to, 1, then=None, gain=0.2)
            else:
                inner = net.conv(f"{name}/a", at, channels, to, 3, stride)
                inner = net.conv(f"{name}/b", inner, to, to, 3, then=None, gain=0.2)
            if channels != to or stride != 1:
                at = net.conv(f"{name}/shortcut", at, channels, to, 1, stride, then=None, gain=1.0)
            at, channels = net.add(f"{name}/sum", inner, at, "Relu"), to
    return net.end(title, at, channels)


def mobilenet(net):
    for name, value in (("zero", 0.0), ("six", 6.0)):
        net.weights.append(net.onnx.numpy_helper.from_array(net.np.float32(value), name))
    at, channels = net.conv("first", "data", 3, 32, 3, 2, then="Clip"), 32
    for stage, (widen, to, repeat, step) in enumerate(INVERTED):
        for block in range(repeat):
            name, stride, wide = f"stage{stage + 1}/{block + 1}", 1 if block else step, channels * widen
            inner = net.conv(f"{name}/widen", at, channels, wide, 1, then="Clip") if widen > 1 else at
            inner = net.conv(f"{name}/each", inner, wide, wide, 3, stride, groups=wide, then="Clip")
            inner = net.conv(f"{name}/narrow", inner, wide, to, 1, then=None, gain=1.0)
            at = net.add(f"{name}/sum", inner, at) if stride == 1 and channels == to else inner
            channels = to
    return net.end("MobileNet v2", net.conv("last", at, channels, 1280, 1, then="Clip"), 1280)


NETWORKS = {
    "GoogLeNet": googlenet,
    "ResNet-18": lambda net: resnet(net, "ResNet-18", (2, 2, 2, 2), False),
    "ResNet-50": lambda net: resnet(net, "ResNet-50", (3, 4, 6, 3), True),
    "MobileNet v2": mobilenet,
}


def main():
    try:
        import numpy as np
        import onnx
    except ImportError as error:
        print(json.dumps({"skipped": f"{error.name} is not installed"}))
        return
    for title, network in NETWORKS.items():
        path = os.path.join(sys.argv[1], title.lower().replace(" ", "_") + ".onnx")
        onnx.save(network(Net(np, onnx)), path)
        print(json.dumps({"name": title, "written": path}), flush=True)


if __name__ == "__main__":
    main()
