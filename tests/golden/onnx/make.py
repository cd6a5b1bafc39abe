"""Makes small ONNX networks with seeded weights, and what onnxruntime computes with them.

For each network NAME: NAME.onnx and NAME.safetensors (the input, and samples of every layer's output). See README.md for
the form of the samples, for how to run this, and with which versions the files here were made.
"""

import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))
from reference import write_reference  # noqa: E402


class Net:
    """A network under construction: `net.op("Conv", x, w, strides=[2, 2])` adds a node and returns its output's name."""

    def __init__(self, seed, opset, side=16, batch="n"):
        self.random = np.random.default_rng(seed)
        self.opset, self.batch, self.side = opset, batch, side
        self.nodes, self.weights, self.looks = [], [], {}

    def constant(self, array):
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def weight(self, *shape, scale=None, shift=0.0):
        scale = scale if scale is not None else 1.5 / np.sqrt(max(1, np.prod(shape[1:])))
        return self.constant((self.random.normal(size=shape) * scale + shift).astype(np.float32))

    def integers(self, *values):
        return self.constant(np.array(values, np.int64))

    def op(self, kind, *inputs, name=None, outputs=1, look=None, **attributes):
        name = name or f"{kind.lower()}{len(self.nodes)}"
        outs = [name] if outputs == 1 else [f"{name}.{part}" for part in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), outs, name=name, **attributes))
        if look:
            self.looks[name] = look
        return outs[0] if outputs == 1 else outs

    def conv(self, x, into, out, kernel=3, bias=True, group=1, **attributes):
        kh, kw = kernel if isinstance(kernel, tuple) else (kernel, kernel)
        inputs = [x, self.weight(out, into // group, kh, kw)] + ([self.weight(out, scale=0.1)] if bias else [])
        attributes.setdefault("pads", [kh // 2, kw // 2, kh // 2, kw // 2])
        if "auto_pad" in attributes:
            del attributes["pads"]
        return self.op("Conv", *inputs, group=group, kernel_shape=[kh, kw], **attributes)

    def norm(self, x, c, **attributes):
        return self.op(
            "BatchNormalization", x, self.weight(c, scale=0.2, shift=1), self.weight(c, scale=0.2),
            self.weight(c, scale=0.2), self.constant(self.random.uniform(0.5, 1.5, c).astype(np.float32)), **attributes,
        )

    def dense(self, x, into, out, **attributes):
        return self.op("Gemm", x, self.weight(out, into), self.weight(out, scale=0.1), transB=1, **attributes)

    def write(self, name, external=False):
        shape = [self.batch, 3, self.side, self.side]
        graph = helper.make_graph(
            self.nodes, name, [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, shape)],
            [helper.make_tensor_value_info(self.nodes[-1].output[0], TensorProto.FLOAT, None)], self.weights,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)], ir_version=8)
        path = HERE / f"{name}.onnx"
        if external:
            (HERE / f"{name}.weights").unlink(missing_ok=True)
            onnx.save(model, path, save_as_external_data=True, location=f"{name}.weights", size_threshold=64)
        else:
            onnx.save(model, path)
        pixels = self.random.normal(size=(2, 3, self.side, self.side)).astype(np.float32)
        write_reference(path, pixels, self.looks)


def classic():
    """AlexNet and VGG: groups, local normalisation, the oldest version of the operators."""
    n = Net(1, 7)
    x = n.conv("pixels", 3, 8, 5, strides=[2, 2], name="/features/features.0/Conv")
    x = n.op("Relu", x)
    x = n.op("LRN", x, size=5, alpha=0.05, beta=0.75, bias=1.0)
    x = n.op("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    x = n.conv(x, 8, 12, 3, group=2, auto_pad="SAME_UPPER", strides=[2, 2])
    x = n.op("Tanh", x)
    x = n.conv(x, 12, 12, (2, 4), auto_pad="SAME_LOWER", dilations=[1, 1])
    x = n.op("Elu", x, alpha=0.7)
    x = n.op("Dropout", x, ratio=0.5)
    x = n.op("Flatten", x)
    x = n.dense(x, 48, 20, alpha=0.5, beta=2.0)
    x = n.op("Clip", x, min=-0.4, max=0.6)
    x = n.op("Gemm", x, n.weight(20, 10), n.weight(10, scale=0.1))
    n.op("Softmax", x)
    n.write("classic")


def residual():
    """ResNet as PyTorch wrote it for long: the size of the batch looked up, then a reshape; weights in another file."""
    n = Net(2, 9, side=12)
    x = n.op("Relu", n.norm(n.conv("pixels", 3, 8, 3, bias=False, strides=[2, 2]), 8))
    short = n.norm(n.conv(x, 8, 12, 1, bias=False, strides=[2, 2]), 12)
    y = n.op("LeakyRelu", n.norm(n.conv(x, 8, 12, 3, bias=False, strides=[2, 2]), 12), alpha=0.1)
    y = n.norm(n.conv(y, 12, 12, 3, bias=False), 12)
    x = n.op("Add", y, short)
    x = n.op("PRelu", x, n.weight(12, 1, 1, scale=0.3))
    x = n.op("Sum", x, short, y)
    x = n.op("Upsample", x, n.constant(np.array([1, 1, 2, 2], np.float32)), mode="nearest")
    pooled = n.op("GlobalAveragePool", x)
    size = n.op("Gather", n.op("Shape", pooled), n.constant(np.array(0, np.int64)), axis=0)
    shape = n.op("Concat", n.op("Unsqueeze", size, axes=[0]), n.integers(-1), axis=0)
    x = n.op("Reshape", pooled, shape)
    x = n.op("MatMul", x, n.weight(12, 6))
    x = n.op("Add", x, n.weight(6, scale=0.1))
    n.op("LogSoftmax", x, axis=1)
    n.write("residual", external=True)


def inception():
    """Long kernels, branches, pooling that rounds up, padding by reflection."""
    n = Net(3, 11, side=15)
    x = n.op("Pad", "pixels", n.integers(0, 0, 1, 2, 0, 0, 2, 1), mode="reflect")
    x = n.op("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
    a = n.op("Relu", n.conv(x, 3, 5, (1, 7)))
    a = n.op("Relu", n.conv(a, 5, 6, (7, 1)))
    b = n.op("AveragePool", x, kernel_shape=[3, 3], strides=[1, 1], pads=[1, 1, 1, 1], count_include_pad=1)
    b = n.op("Relu", n.conv(b, 3, 4, 1))
    c = n.op("MaxPool", x, kernel_shape=[2, 3], strides=[1, 1], auto_pad="SAME_UPPER")
    x = n.op("Concat", a, b, c, axis=1)
    x = n.op("AveragePool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 0, 0, 1], ceil_mode=0)
    x = n.op("Pad", x, n.integers(0, 0, 1, 0, 0, 0, 0, 1), n.constant(np.float32(0.25)), mode="constant")
    x = n.conv(x, 13, 8, 3, pads=[0, 1, 2, 0], dilations=[2, 1])
    x = n.op("Softplus", x)
    x = n.op("GlobalMaxPool", x)
    x = n.op("Squeeze", x, axes=[2, 3])
    n.dense(x, 8, 5)
    n.write("inception")


def mobile():
    """MobileNet v3: depthwise convolutions, clips, gates over channels."""
    n = Net(4, 14, side=12)
    x = n.op("HardSwish", n.conv("pixels", 3, 8, 3, strides=[2, 2]))
    y = n.op("Clip", n.conv(x, 8, 16, 1), n.constant(np.float32(0)), n.constant(np.float32(6)))
    y = n.op("Clip", n.conv(y, 16, 16, 5, group=16), n.constant(np.float32(0)), n.constant(np.float32(6)))
    gate = n.op("ReduceMean", y, axes=[2, 3], keepdims=1)
    gate = n.op("Relu", n.conv(gate, 16, 4, 1))
    gate = n.op("HardSigmoid", n.conv(gate, 4, 16, 1), alpha=1 / 6, beta=0.5)
    y = n.op("Mul", gate, y)
    x = n.op("Add", x, n.conv(y, 16, 8, 1))
    swish = n.op("Mul", x, n.op("Sigmoid", x))
    gate = n.op("Sigmoid", n.conv(n.op("GlobalAveragePool", swish), 8, 8, 1))
    x = n.op("Mul", swish, gate)
    x = n.op("ReduceMean", x, axes=[-1, -2], keepdims=0)
    n.dense(x, 8, 7)
    n.write("mobile")


def dense():
    """DenseNet, and the way back to a larger picture."""
    n = Net(5, 13, side=8)
    x = n.conv("pixels", 3, 6)
    for _ in range(2):
        channels = 6 + 4 * _
        y = n.conv(n.op("Relu", n.norm(x, channels)), channels, 4, bias=False)
        x = n.op("Concat", x, y, axis=1)
    x = n.op("AveragePool", x, kernel_shape=[2, 2], strides=[2, 2])
    x = n.op("ConvTranspose", x, n.weight(14, 3, 3, 3), n.weight(6, scale=0.1), group=2, strides=[2, 2],
             pads=[1, 1, 1, 1], output_padding=[1, 1])
    x = n.op("ConvTranspose", x, n.weight(6, 4, 2, 3), strides=[1, 2], pads=[0, 1, 1, 0])
    x = n.op("Resize", x, "", n.constant(np.array([1, 1, 0.75, 1.5], np.float32)), mode="linear",
             coordinate_transformation_mode="half_pixel")
    x = n.op("Resize", x, "", "", n.integers(1, 4, 9, 7), mode="cubic", coordinate_transformation_mode="align_corners")
    x = n.op("Resize", x, "", n.constant(np.array([1, 1, 2, 2], np.float32)), mode="nearest",
             coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    x = n.op("ReduceMax", x, axes=[2, 3], keepdims=0)
    n.op("Softmax", x)
    n.write("dense")


def layer_norm(n, x, c, look):
    """Layer normalisation in single steps, as it was written before version 17."""
    off = n.op("Sub", x, n.op("ReduceMean", x, axes=[-1]), look=look)
    variance = n.op("ReduceMean", n.op("Pow", off, n.constant(np.float32(2)), look=look), axes=[-1])
    deviation = n.op("Sqrt", n.op("Add", variance, n.constant(np.float32(1e-6))))
    x = n.op("Div", off, deviation, look=look)
    x = n.op("Mul", x, n.weight(c, scale=0.2, shift=1), look=look)
    return n.op("Add", x, n.weight(c, scale=0.2), look=look)


def gelu(n, x, look):
    half = n.op("Erf", n.op("Div", x, n.constant(np.float32(np.sqrt(2))), look=look), look=look)
    one = n.op("Add", half, n.constant(np.float32(1)), look=look)
    return n.op("Mul", n.op("Mul", x, one, look=look), n.constant(np.float32(0.5)), look=look)


def convnext():
    """ConvNeXt: channels turned last, normalised and mixed there, turned back, scaled."""
    n = Net(6, 17)
    x = n.conv("pixels", 3, 8, 4, strides=[4, 4], pads=[0, 0, 0, 0])
    last = "last"
    x = n.op("Transpose", x, perm=[0, 2, 3, 1], look=last)
    x = layer_norm(n, x, 8, last)
    x = n.op("Transpose", x, perm=[0, 3, 1, 2])
    y = n.conv(x, 8, 8, 7, group=8)
    y = n.op("Transpose", y, perm=[0, 2, 3, 1], look=last)
    y = n.op("LayerNormalization", y, n.weight(8, scale=0.2, shift=1), n.weight(8, scale=0.2), epsilon=1e-6, look=last)
    y = n.op("Add", n.weight(32, scale=0.1), n.op("MatMul", y, n.weight(8, 32), look=last), look=last)
    y = gelu(n, y, last)
    y = n.op("Add", n.op("MatMul", y, n.weight(32, 8), look=last), n.weight(8, scale=0.1), look=last)
    y = n.op("Transpose", y, perm=[0, 3, 1, 2])
    x = n.op("Add", n.op("Mul", n.weight(8, 1, 1), y), x)
    x = n.op("GlobalAveragePool", x)
    x = n.op("LayerNormalization", n.op("Flatten", x), n.weight(8), n.weight(8), axis=-1)
    n.dense(x, 8, 6)
    n.write("convnext")


def shuffle():
    """ShuffleNet: channels split, dealt like cards, joined."""
    n = Net(7, 16, side=8)
    x = n.conv("pixels", 3, 12, 3, strides=[2, 2])
    a, b = n.op("Split", x, n.integers(6, 6), axis=1, outputs=2)
    b = n.op("Relu", n.conv(n.conv(b, 6, 6, 1), 6, 6, 3, group=6))
    x = n.op("Concat", a, b, axis=1)
    batch = n.op("Gather", n.op("Shape", x), n.integers(0), axis=0)
    x = n.op("Reshape", x, n.op("Concat", batch, n.integers(2, 6, 4, 4), axis=0))
    x = n.op("Transpose", x, perm=[0, 2, 1, 3, 4])
    x = n.op("Reshape", x, n.op("Concat", batch, n.integers(-1, 4, 4), axis=0))
    x = n.op("Slice", x, n.integers(1), n.integers(2**63 - 1), n.integers(1), n.integers(2))
    x = n.op("Slice", x, n.integers(-1, 0), n.integers(-2**63 + 1, 3), n.integers(2, 3), n.integers(-1, 1))
    x = n.op("ReduceMean", x, axes=[2, 3], keepdims=0)
    n.dense(x, 6, 4)
    n.write("shuffle")


def attend(n, x, tokens, width, heads):
    """Attention as timm writes it: one matrix for queries, keys and values."""
    each = width // heads
    qkv = n.op("Add", n.op("MatMul", x, n.weight(width, 3 * width)), n.weight(3 * width, scale=0.1))
    qkv = n.op("Reshape", qkv, n.integers(0, tokens, 3, heads, each), look="kept")
    qkv = n.op("Transpose", qkv, perm=[2, 0, 3, 1, 4], look="kept")
    q, k, v = (n.op("Gather", qkv, n.constant(np.array(part, np.int64)), axis=0, look="kept") for part in range(3))
    k = n.op("Transpose", k, perm=[0, 1, 3, 2], look="kept")
    scores = n.op("Mul", n.op("MatMul", q, k, look="kept"), n.constant(np.float32(each ** -0.5)), look="kept")
    shares = n.op("Softmax", scores, axis=-1, look="kept")
    y = n.op("Transpose", n.op("MatMul", shares, v, look="kept"), perm=[0, 2, 1, 3], look="kept")
    y = n.op("Reshape", y, n.integers(0, tokens, width))
    return n.op("Add", n.op("MatMul", y, n.weight(width, width)), n.weight(width, scale=0.1))


def transformer():
    """A vision transformer: patches, a class token, attention, a network at every token."""
    n = Net(8, 20, side=16)
    x = n.conv("pixels", 3, 12, 4, strides=[4, 4], pads=[0, 0, 0, 0])
    batch = n.op("Slice", n.op("Shape", x), n.integers(0), n.integers(1))
    x = n.op("Reshape", x, n.op("Concat", batch, n.integers(12, -1), axis=0))
    x = n.op("Transpose", x, perm=[0, 2, 1])
    token = n.op("Expand", n.weight(1, 1, 12, scale=1.0), n.op("Concat", batch, n.integers(1, 1), axis=0))
    x = n.op("Concat", token, x, axis=1)
    x = n.op("Add", x, n.weight(1, 17, 12, scale=0.5))
    for _ in range(2):
        y = n.op("LayerNormalization", x, n.weight(12, scale=0.2, shift=1), n.weight(12, scale=0.2), axis=-1)
        x = n.op("Add", x, attend(n, y, 17, 12, 3))
        y = n.op("LayerNormalization", x, n.weight(12, scale=0.2, shift=1), n.weight(12, scale=0.2), axis=-1)
        y = n.op("Add", n.op("MatMul", y, n.weight(12, 24)), n.weight(24, scale=0.1))
        y = n.op("Gelu", y)
        y = n.op("Add", n.op("MatMul", y, n.weight(24, 12)), n.weight(12, scale=0.1))
        x = n.op("Add", x, y)
    x = n.op("Gather", x, n.constant(np.array(0, np.int64)), axis=1)
    n.dense(x, 12, 8)
    n.write("transformer")


def sequence():
    """PyTorch's attention: tokens first, pictures second, heads multiplied into the pictures; one picture at a time."""
    n = Net(9, 17, batch=1)
    x = n.conv("pixels", 3, 8, 4, strides=[4, 4], pads=[0, 0, 0, 0])
    x = n.op("Reshape", x, n.integers(1, 8, 16))
    x = n.op("Transpose", x, perm=[2, 0, 1])
    parts = []
    for _ in range(3):
        y = n.op("Add", n.op("MatMul", x, n.weight(8, 8)), n.weight(8, scale=0.1))
        y = n.op("Reshape", y, n.integers(16, 2, 4), look="kept")
        parts.append(n.op("Transpose", y, perm=[1, 0, 2], look="kept"))
    q, k, v = parts
    scores = n.op("MatMul", q, n.op("Transpose", k, perm=[0, 2, 1], look="kept"), look="kept")
    shares = n.op("Softmax", scores, look="kept")
    y = n.op("Transpose", n.op("MatMul", shares, v, look="kept"), perm=[1, 0, 2], look="kept")
    y = n.op("Reshape", y, n.integers(16, 8))
    y = n.op("Gemm", y, n.weight(8, 8), n.weight(8, scale=0.1), transB=1)
    y = n.op("Reshape", y, n.integers(16, 1, 8))
    x = n.op("Transpose", n.op("Add", x, y), perm=[1, 0, 2])
    x = n.op("ReduceMean", x, axes=[1], keepdims=0)
    n.dense(x, 8, 5)
    n.write("sequence")


def newest():
    """Rare operators, in a new version of them."""
    n = Net(10, 22, side=8)
    x = n.conv("pixels", 3, 8, 3)
    x = n.op("GroupNormalization", x, n.weight(8, scale=0.2, shift=1), n.weight(8, scale=0.2), num_groups=4)
    x = n.op("Mish", x)
    x = n.op("InstanceNormalization", x, n.weight(8, scale=0.2, shift=1), n.weight(8, scale=0.2))
    x = n.op("DepthToSpace", x, blocksize=2, mode="CRD")
    x = n.op("SpaceToDepth", x, blocksize=4)
    x = n.op("Where", n.op("Greater", x, n.constant(np.float32(0))), x, n.op("Neg", x))
    a, b, c = n.op("Split", x, axis=1, num_outputs=3, outputs=3)
    x = n.op("Concat", n.op("Celu", a, alpha=0.5), n.op("Selu", b), n.op("Softsign", c), axis=1)
    x = n.op("Max", n.op("Abs", x), n.op("Exp", n.op("Neg", x)), n.constant(np.float32(0.1)))
    x = n.op("Mean", x, n.op("Min", x, n.constant(np.float32(0.5))))
    x = n.op("Log", n.op("Add", n.op("Reciprocal", x), n.constant(np.float32(1))))
    x = n.op("Tile", x, n.integers(1, 1, 2, 1))
    x = n.op("ThresholdedRelu", n.op("Gelu", x, approximate="tanh"), alpha=0.2)
    x = n.op("ReduceL2", x, n.integers(2, 3), keepdims=0)
    x = n.op("LpNormalization", x, axis=1, p=2)
    x = n.op("Mul", x, n.op("Sigmoid", x))
    x = n.op("Pow", x, n.constant(np.float32(1.5)))
    n.op("MatMul", x, n.weight(32, 4))
    n.write("newest")


def loud():
    """A layer beyond half precision for bright pictures: 40,000 times the mean of the colours, and more of one colour."""
    n = Net(11, 17, side=8)
    mix = np.array([[1, 1, 1], [3, 0, 0], [0, 3, 0], [0, 0, 3], [2, 2, -1]], np.float32) / 3 * 40_000
    x = n.op("Conv", "pixels", n.constant(mix.reshape(5, 3, 1, 1)), kernel_shape=[1, 1], name="loud")
    n.op("Conv", x, n.weight(4, 5, 1, 1, scale=1e-5), kernel_shape=[1, 1], name="quiet")
    n.write("loud")


if __name__ == "__main__":
    for make in (classic, residual, inception, mobile, dense, convnext, shuffle, transformer, sequence, newest, loud):
        make()
