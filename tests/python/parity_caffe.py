"""Compares published Caffe architectures of full size with OpenCV's dnn: every number of every layer.

    python tests/python/parity_caffe.py [NAME ...]

Needs opencv-python-headless < 5, protobuf and `protoc` (see tests/golden/caffe/README.md). The descriptions are written here,
after the published ones; weights and statistics are drawn from a seeded generator; the test
`a_caffe_network_of_full_size_agrees_with_opencv` reads and runs them. Prints a table; fails if one differs by more than
1e-3 of a layer's largest magnitude.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests/golden/caffe"))

import cv2  # noqa: E402
import make  # noqa: E402
import numpy as np  # noqa: E402
from google.protobuf import text_format  # noqa: E402

TEST = "a_caffe_network_of_full_size_agrees_with_opencv"


class Net:
    """Writes a description layer by layer, and keeps of each layer with weights the shapes of its blobs."""

    def __init__(self, name, side):
        self.text = [f'name: "{name}" input: "data" input_dim: 1 input_dim: 3 input_dim: {side} input_dim: {side}']
        self.blobs, self.channels, self.at = {}, {"data": 3}, "data"
        self.statistics = set()

    def layer(self, name, kind, bottoms=None, extra="", top=None, channels=None):
        bottoms = bottoms or [self.at]
        lines = " ".join(f'bottom: "{bottom}"' for bottom in bottoms)
        self.at = top or name
        self.text.append(f'layer {{ name: "{name}" type: "{kind}" {lines} top: "{self.at}" {extra} }}')
        self.channels[self.at] = channels or self.channels[bottoms[0]]
        return self.at

    def conv(self, name, out, k, stride=1, pad=0, group=1, bias=True, bottom=None):
        bottom = bottom or self.at
        kh, kw = k if isinstance(k, tuple) else (k, k)
        ph, pw = pad if isinstance(pad, tuple) else (pad, pad)
        self.blobs[name] = [(out, self.channels[bottom] // group, kh, kw)] + ([(out,)] if bias else [])
        extra = (f"convolution_param {{ num_output: {out} kernel_h: {kh} kernel_w: {kw} stride: {stride} pad_h: {ph} "
                 f"pad_w: {pw} group: {group} bias_term: {'true' if bias else 'false'} }}")
        return self.layer(name, "Convolution", [bottom], extra, channels=out)

    def relu(self, name, inplace=True):
        return self.layer(name, "ReLU", top=self.at if inplace else None)

    def norm(self, name, inplace=True):
        """BatchNorm and Scale, as two layers."""
        c, top = self.channels[self.at], self.at if inplace else None
        self.blobs[f"{name}_bn"] = [(c,), (c,), (1,)]
        self.blobs[f"{name}_scale"] = [(c,), (c,)]
        self.statistics.add(f"{name}_bn")
        self.layer(f"{name}_bn", "BatchNorm", top=top)
        return self.layer(f"{name}_scale", "Scale", extra="scale_param { bias_term: true }", top=self.at)

    def pool(self, name, kind, k, stride=1, pad=0, bottom=None):
        return self.layer(name, "Pooling", [bottom or self.at],
                          f"pooling_param {{ pool: {kind} kernel_size: {k} stride: {stride} pad: {pad} }}")

    def global_pool(self, name):
        return self.layer(name, "Pooling", extra="pooling_param { pool: AVE global_pooling: true }")

    def lrn(self, name):
        return self.layer(name, "LRN", extra="lrn_param { local_size: 5 alpha: 0.0001 beta: 0.75 }")

    def fc(self, name, taken, out):
        self.blobs[name] = [(out, taken), (out,)]
        return self.layer(name, "InnerProduct", extra=f"inner_product_param {{ num_output: {out} }}", channels=out)

    def concat(self, name, bottoms):
        return self.layer(name, "Concat", bottoms, channels=sum(self.channels[bottom] for bottom in bottoms))

    def add(self, name, bottoms):
        return self.layer(name, "Eltwise", bottoms, "eltwise_param { operation: SUM }")


def caffenet(side=227, name="caffenet", norm_first=False):
    net = Net(name, side)
    for index, (out, k, stride, pad, group) in enumerate([(96, 11, 4, 0, 1), (256, 5, 1, 2, 2)], 1):
        net.conv(f"conv{index}", out, k, stride, pad, group)
        net.relu(f"relu{index}")
        steps = [lambda: net.pool(f"pool{index}", "MAX", 3, 2), lambda: net.lrn(f"norm{index}")]
        for step in reversed(steps) if norm_first else steps:
            step()
    for index, (out, group) in enumerate([(384, 1), (384, 2), (256, 2)], 3):
        net.conv(f"conv{index}", out, 3, 1, 1, group)
        net.relu(f"relu{index}")
    net.pool("pool5", "MAX", 3, 2)
    for index, (taken, out) in enumerate([(9216, 4096), (4096, 4096)], 6):
        net.fc(f"fc{index}", taken, out)
        net.relu(f"relu{index}")
        net.layer(f"drop{index}", "Dropout", top=net.at)
    net.fc("fc8", 4096, 1000)
    net.layer("prob", "Softmax")
    return net


def vgg16():
    net = Net("vgg16", 224)
    for block, (out, count) in enumerate([(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)], 1):
        for index in range(1, count + 1):
            net.conv(f"conv{block}_{index}", out, 3, 1, 1)
            net.relu(f"relu{block}_{index}")
        net.pool(f"pool{block}", "MAX", 2, 2)
    net.fc("fc6", 512 * 49, 4096)
    net.relu("relu6")
    net.fc("fc7", 4096, 4096)
    net.relu("relu7")
    net.fc("fc8", 4096, 1000)
    net.layer("prob", "Softmax")
    return net


def nin():
    net = Net("nin", 224)
    for block, (out, k, stride, pad) in enumerate([(96, 11, 4, 0), (256, 5, 1, 2), (384, 3, 1, 1), (1024, 3, 1, 1)], 1):
        net.conv(f"conv{block}", out, k, stride, pad)
        net.relu(f"relu{block}")
        for index in (1, 2):
            net.conv(f"cccp{2 * block - 2 + index}", 1000 if (block, index) == (4, 2) else out, 1)
            net.relu(f"relu_cccp{2 * block - 2 + index}")
        if block < 4:
            net.pool(f"pool{block}", "MAX", 3, 2)
    net.global_pool("pool4")
    net.layer("prob", "Softmax")
    return net


def googlenet():
    net = Net("googlenet", 224)

    def conv(name, *arguments, **named):
        net.conv(name, *arguments, **named)
        return net.relu(f"{name}_relu")

    conv("conv1", 64, 7, 2, 3)
    net.pool("pool1", "MAX", 3, 2)
    net.lrn("norm1")
    conv("conv2_reduce", 64, 1)
    conv("conv2", 192, 3, 1, 1)
    net.lrn("norm2")
    net.pool("pool2", "MAX", 3, 2)
    table = {"3a": (64, 96, 128, 16, 32, 32), "3b": (128, 128, 192, 32, 96, 64), "4a": (192, 96, 208, 16, 48, 64),
             "4b": (160, 112, 224, 24, 64, 64), "4c": (128, 128, 256, 24, 64, 64), "4d": (112, 144, 288, 32, 64, 64),
             "4e": (256, 160, 320, 32, 128, 128), "5a": (256, 160, 320, 32, 128, 128), "5b": (384, 192, 384, 48, 128, 128)}
    for name, (one, r3, three, r5, five, proj) in table.items():
        if name in ("4a", "5a"):
            net.pool(f"pool{int(name[0]) - 1}", "MAX", 3, 2)
        start, at = net.at, f"inception_{name}"
        ends = [conv(f"{at}/1x1", one, 1, bottom=start)]
        conv(f"{at}/3x3_reduce", r3, 1, bottom=start)
        ends.append(conv(f"{at}/3x3", three, 3, 1, 1))
        conv(f"{at}/5x5_reduce", r5, 1, bottom=start)
        ends.append(conv(f"{at}/5x5", five, 5, 1, 2))
        net.pool(f"{at}/pool", "MAX", 3, 1, 1, bottom=start)
        ends.append(conv(f"{at}/pool_proj", proj, 1))
        net.concat(f"{at}/output", ends)
    net.pool("pool5", "AVE", 7)
    net.layer("drop", "Dropout", top=net.at)
    net.fc("classifier", 1024, 1000)
    net.layer("prob", "Softmax")
    return net


def resnet50():
    net = Net("resnet50", 224)
    net.conv("conv1", 64, 7, 2, 3)
    net.norm("conv1")
    net.relu("conv1_relu")
    net.pool("pool1", "MAX", 3, 2)
    for stage, (width, count) in enumerate([(64, 3), (128, 4), (256, 6), (512, 3)], 2):
        for index in range(count):
            name, start = f"res{stage}{'abcdef'[index]}", net.at
            stride = 2 if stage > 2 and index == 0 else 1
            shortcut = start
            if index == 0:
                net.conv(f"{name}_branch1", 4 * width, 1, stride, bias=False, bottom=start)
                shortcut = net.norm(f"{name}_branch1")
            for part, (out, k, s, pad) in zip("abc", [(width, 1, stride, 0), (width, 3, 1, 1), (4 * width, 1, 1, 0)]):
                net.conv(f"{name}_2{part}", out, k, s, pad, bias=False, bottom=start if part == "a" else None)
                net.norm(f"{name}_2{part}")
                if part != "c":
                    net.relu(f"{name}_2{part}_relu")
            net.add(name, [shortcut, net.at])
            net.relu(f"{name}_relu")
    net.pool("pool5", "AVE", 7)
    net.fc("fc1000", 2048, 1000)
    net.layer("prob", "Softmax")
    return net


def mobilenet():
    net = Net("mobilenet", 224)

    def unit(name, *arguments, **named):
        net.conv(name, *arguments, bias=False, **named)
        net.norm(name)
        net.relu(f"{name}_relu")

    unit("conv1", 32, 3, 2, 1)
    blocks = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)] + [(512, 1)] * 5 + [(1024, 2), (1024, 1)]
    for index, (out, stride) in enumerate(blocks, 2):
        c = net.channels[net.at]
        unit(f"conv{index}/dw", c, 3, stride, 1, c)
        unit(f"conv{index}/sep", out, 1)
    net.global_pool("pool6")
    net.conv("fc7", 1000, 1)
    net.layer("prob", "Softmax")
    return net


def densenet121():
    net = Net("densenet121", 224)
    net.conv("conv1", 64, 7, 2, 3, bias=False)
    net.norm("conv1")
    net.relu("relu1")
    net.pool("pool1", "MAX", 3, 2, 1)
    for block, count in enumerate([6, 12, 24, 16], 2):
        for index in range(1, count + 1):
            name, start = f"conv{block}_{index}", net.at
            net.norm(f"{name}/x1", inplace=False)
            net.relu(f"{name}/relu1")
            net.conv(f"{name}/x1", 128, 1, bias=False)
            net.norm(f"{name}/x2")
            net.relu(f"{name}/relu2")
            net.conv(f"{name}/x2", 32, 3, 1, 1, bias=False)
            net.concat(f"concat_{block}_{index}", [start, net.at])
        net.norm(f"conv{block}_blk", inplace=False)
        net.relu(f"relu{block}_blk")
        if block < 5:
            net.conv(f"conv{block}_blk", net.channels[net.at] // 2, 1, bias=False)
            net.pool(f"pool{block}", "AVE", 2, 2)
    net.global_pool("pool5")
    net.conv("fc6", 1000, 1)
    return net


def squeezenet():
    net = Net("squeezenet", 227)
    net.conv("conv1", 64, 3, 2)
    net.relu("relu_conv1")
    net.pool("pool1", "MAX", 3, 2)
    for index, (s, e) in enumerate([(16, 64), (16, 64), (32, 128), (32, 128), (48, 192), (48, 192), (64, 256), (64, 256)], 2):
        net.conv(f"fire{index}/squeeze1x1", s, 1)
        squeezed, ends = net.relu(f"fire{index}/relu"), []
        for k in (1, 3):
            net.conv(f"fire{index}/expand{k}x{k}", e, k, pad=k // 2, bottom=squeezed)
            ends.append(net.relu(f"fire{index}/relu{k}"))
        net.concat(f"fire{index}/concat", ends)
        if index in (3, 5):
            net.pool(f"pool{index}", "MAX", 3, 2)
    net.layer("drop9", "Dropout", top=net.at)
    net.conv("conv10", 1000, 1)
    net.relu("relu_conv10")
    net.global_pool("pool10")
    net.layer("prob", "Softmax")
    return net


def inception_like():
    """The blocks of Inception v3 that no other network here has: kernels in one direction, branches that branch."""
    net = Net("inception", 149)

    def unit(name, out, k, stride=1, pad=0, bottom=None):
        net.conv(name, out, k, stride, pad, bias=False, bottom=bottom)
        net.norm(name)
        return net.relu(f"{name}_relu")

    unit("conv1", 32, 3, 2)
    unit("conv2", 48, 3)
    net.pool("pool1", "MAX", 3, 2)
    for name in ("a", "b"):
        start = net.at
        ends = [unit(f"{name}/1x1", 48, 1, bottom=start)]
        unit(f"{name}/7x7_1", 32, 1, bottom=start)
        unit(f"{name}/7x7_2", 32, (1, 7), pad=(0, 3))
        ends.append(unit(f"{name}/7x7_3", 48, (7, 1), pad=(3, 0)))
        net.pool(f"{name}/pool", "AVE", 3, 1, 1, bottom=start)
        ends.append(unit(f"{name}/pool_proj", 48, 1))
        net.concat(f"{name}/concat", ends)
    start = net.at
    ends = [unit("c/3x3", 96, 3, 2, bottom=start), net.pool("c/pool", "MAX", 3, 2, bottom=start)]
    # A window that does not fit rounds up in Caffe and down in convolutions: one row and column are cut off.
    net.layer("c/crop", "Crop", [ends[1], ends[0]], "crop_param { axis: 2 }", channels=net.channels[ends[1]])
    net.concat("c/concat", [ends[0], net.at])
    start = net.at
    ends = [unit("d/1x1", 64, 1, bottom=start)]
    middle = unit("d/3x3_1", 64, 1, bottom=start)
    ends += [unit("d/1x3", 64, (1, 3), pad=(0, 1), bottom=middle), unit("d/3x1", 64, (3, 1), pad=(1, 0), bottom=middle)]
    net.concat("d/concat", ends)
    net.global_pool("pool")
    net.fc("fc", 192, 1000)
    net.layer("prob", "Softmax")
    return net


NETWORKS = {
    "caffenet": caffenet, "alexnet": lambda: caffenet(227, "alexnet", norm_first=True), "vgg16": vgg16, "nin": nin,
    "googlenet": googlenet, "squeezenet": squeezenet, "resnet50": resnet50, "mobilenet": mobilenet,
    "densenet121": densenet121, "inception_like": inception_like,
}


def numbers(rng, net, layer, index, shape):
    if layer in net.statistics:
        return [rng.normal(0, 1, shape), rng.uniform(1, 4, shape), np.full(shape, 2.5)][index]
    if layer.endswith("_scale"):
        return rng.uniform(0.6, 1.4, shape) if index == 0 else rng.normal(0.1, 0.2, shape)
    return rng.normal(0, (1.6 / np.prod(shape[1:])) ** 0.5 if len(shape) > 1 else 0.2, shape)


def run(name, Message):
    net = NETWORKS[name]()
    message = text_format.Parse("\n".join(net.text), Message())
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "network.prototxt").write_text("\n".join(net.text))
        rng = np.random.default_rng(2016)
        weights = Message(name=name)
        for layer, shapes in net.blobs.items():
            one = weights.layer.add(name=layer)
            for index, shape in enumerate(shapes):
                blob = one.blobs.add()
                blob.shape.dim.extend(shape)
                blob.data.extend(numbers(rng, net, layer, index, shape).astype(np.float32).ravel())
        (folder / "network.caffemodel").write_bytes(weights.SerializeToString())
        del weights
        reader = cv2.dnn.readNetFromCaffe(str(folder / "network.prototxt"), str(folder / "network.caffemodel"))
        reader.enableFusion(False)
        reader.enableWinograd(False)
        reader.setPreferableBackend(cv2.dnn.DNN_BACKEND_OPENCV)
        side = message.input_dim[2]
        batch = rng.normal(0, 1, (1, 3, side, side)).astype(np.float32)
        tensors = {"input": batch}
        # One after the other: a later layer in place would write over an earlier one's output.
        reader.setInput(batch)
        for one in message.layer:
            tensors[one.name] = reader.forward(one.name).copy()
        make.write_tensors(folder / "expected.safetensors", tensors, {})
        del tensors, reader
        command = ["cargo", "test", "--release", "--locked", "--", TEST, "--nocapture"]
        environment = os.environ | {"TIRAMISU_PARITY_CAFFE": str(folder)}
        result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    found = re.search(r"^.*: (\d+) layers, worst (\S+) of the largest at (.*)$", result.stderr, re.MULTILINE)
    if result.returncode == 0 and found:
        count, worst, layer = found.groups()
        return True, f"| {name} | {count} | {worst} | {layer} |"
    reason = re.search(r"panicked at [^\n]*\n([^\n]*)", result.stdout + result.stderr)
    return False, f"| {name} | differs | | {reason.group(1) if reason else result.stderr[-500:]} |"


def main():
    Message = make.net_class()
    print("| network | layers | worst, of the layer's largest | at |\n|---|---|---|---|", flush=True)
    all_agree = True
    for name in sys.argv[1:] or NETWORKS:
        agrees, row = run(name, Message)
        all_agree &= agrees
        print(row, flush=True)
    sys.exit(0 if all_agree else 1)


if __name__ == "__main__":
    main()
