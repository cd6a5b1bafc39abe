"""Makes small Caffe networks with seeded weights, and what OpenCV's dnn computes with them.

For each network NAME: NAME.prototxt (the layers), NAME.caffemodel (the weights), NAME.safetensors (the input and every
layer's output). See README.md for how to run this and with which versions the files here were made.
"""

import json
import pathlib
import struct
import subprocess
import tempfile

import cv2
import numpy as np
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format

HERE = pathlib.Path(__file__).parent
SCHEMA = HERE.parents[2] / "src/network/read/caffe/caffe.proto"


def net_class():
    """The class of Caffe's NetParameter, from the schema that the program uses too."""
    with tempfile.NamedTemporaryFile() as out:
        folder = str(SCHEMA.parent)
        subprocess.run(["protoc", f"-I{folder}", f"--descriptor_set_out={out.name}", str(SCHEMA)], check=True)
        files = descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(out.name).read_bytes())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("caffe.NetParameter"))


def conv(name, bottom, top, out, kernel, extra=""):
    return f"""
layer {{ name: "{name}" type: "Convolution" bottom: "{bottom}" top: "{top}"
  convolution_param {{ num_output: {out} {kernel} {extra} }} }}"""


def layer(name, kind, bottoms, top, extra=""):
    bottoms = " ".join(f'bottom: "{b}"' for b in bottoms.split())
    return f"""
layer {{ name: "{name}" type: "{kind}" {bottoms} top: "{top}" {extra} }}"""


# Windows of every form, groups, dilation, both normalisations (OpenCV does not read LRN's k), branches.
WINDOWS = (
    'name: "windows"\ninput: "data"\ninput_shape { dim: 1 dim: 3 dim: 19 dim: 23 }\n'
    + conv("conv1", "data", "conv1", 8, "kernel_h: 3 kernel_w: 5", "stride_h: 1 stride_w: 2 pad_h: 1 pad_w: 0")
    + layer("relu1", "ReLU", "conv1", "conv1")
    + layer("norm1", "LRN", "conv1", "norm1", "lrn_param { local_size: 5 alpha: 0.9 beta: 0.75 }")
    + conv("grouped", "norm1", "grouped", 6, "kernel_size: 3", "group: 2 pad: 2 dilation: 2")
    + layer("leaky", "ReLU", "grouped", "leaky", "relu_param { negative_slope: 0.1 }")
    + conv("one", "leaky", "one", 5, "kernel_size: 1", "bias_term: false")
    + conv("three", "leaky", "three", 4, "kernel_size: 3", "pad: 1")
    + layer("concat", "Concat", "one three", "concat")
    + conv("depthwise", "concat", "depthwise", 9, "kernel_size: 3", "group: 9 stride: 2")
    + layer("local", "LRN", "depthwise", "local",
            "lrn_param { local_size: 3 alpha: 0.7 beta: 0.6 norm_region: WITHIN_CHANNEL }")
    + layer("sigmoid", "Sigmoid", "local", "sigmoid")
    + layer("tanh", "TanH", "depthwise", "tanh")
)

# Pooling rounds up, cuts windows at the padding, and drops those that would start in it.
POOLS = 'name: "pools"\nlayer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 3 dim: 12 dim: 15 } } }\n' + "".join(
    layer(f"{pool.lower()}_k{k}s{s}p{p}", "Pooling", "data", f"{pool.lower()}_k{k}s{s}p{p}",
          f"pooling_param {{ pool: {pool} kernel_size: {k} stride: {s} pad: {p} }}")
    for pool in ("MAX", "AVE")
    for k, s, p in ((2, 2, 0), (3, 2, 0), (3, 2, 1), (2, 3, 1), (4, 3, 2), (3, 1, 1), (5, 4, 0), (12, 1, 0), (2, 2, 1))
) + layer("max_hw", "Pooling", "data", "max_hw",
          "pooling_param { pool: MAX kernel_h: 3 kernel_w: 4 stride_h: 2 stride_w: 3 pad_h: 1 pad_w: 0 }"
) + layer("max_global", "Pooling", "data", "max_global", "pooling_param { pool: MAX global_pooling: true }"
) + layer("ave_global", "Pooling", "data", "ave_global", "pooling_param { pool: AVE global_pooling: true }")

# A residual block and a classifier.
RESIDUAL = (
    'name: "residual"\ninput: "data"\ninput_dim: 1\ninput_dim: 3\ninput_dim: 11\ninput_dim: 14\n'
    + conv("conv1", "data", "conv1", 6, "kernel_size: 3", "pad: 1 bias_term: false")
    + layer("bn1", "BatchNorm", "conv1", "bn1", "batch_norm_param { eps: 0.001 }")
    + layer("scale1", "Scale", "bn1", "scale1", "scale_param { bias_term: true }")
    + layer("relu1", "ReLU", "scale1", "scale1")
    + conv("conv2", "scale1", "conv2", 6, "kernel_size: 3", "pad: 1")
    + layer("bn2", "BatchNorm", "conv2", "conv2")
    + layer("scale2", "Scale", "conv2", "conv2")
    + layer("sum", "Eltwise", "scale1 conv2", "sum")
    + layer("difference", "Eltwise", "sum conv2", "difference", "eltwise_param { operation: SUM coeff: 0.5 coeff: -1 }")
    + layer("product", "Eltwise", "sum difference", "product", "eltwise_param { operation: PROD }")
    + layer("largest", "Eltwise", "product conv2 sum", "largest", "eltwise_param { operation: MAX }")
    + layer("power", "Power", "largest", "power", "power_param { scale: 0.3 shift: 0.2 }")
    + layer("pool", "Pooling", "power", "pool", "pooling_param { pool: AVE kernel_size: 3 stride: 3 }")
    + layer("flatten", "Flatten", "pool", "flatten")
    + layer("drop", "Dropout", "flatten", "flatten")
    + layer("fc1", "InnerProduct", "flatten", "fc1", "inner_product_param { num_output: 10 }")
    + layer("relu_fc1", "ReLU", "fc1", "fc1")
    + layer("fc2", "InnerProduct", "fc1", "fc2", "inner_product_param { num_output: 7 bias_term: false }")
    + layer("prob", "Softmax", "fc2", "prob")
)

# The format before: `layers`, types by number, shapes with four dimensions.
OLD = """name: "old"
input: "data"
input_dim: 10 input_dim: 3 input_dim: 16 input_dim: 16
layers { name: "conv1" type: CONVOLUTION bottom: "data" top: "conv1"
  convolution_param { num_output: 8 kernel_size: 5 stride: 2 } blobs_lr: 1 blobs_lr: 2 }
layers { name: "relu1" type: RELU bottom: "conv1" top: "conv1" }
layers { name: "norm1" type: LRN bottom: "conv1" top: "norm1" lrn_param { local_size: 3 alpha: 0.5 beta: 0.75 } }
layers { name: "pool1" type: POOLING bottom: "norm1" top: "pool1" pooling_param { pool: MAX kernel_size: 3 stride: 2 } }
layers { name: "conv2" type: CONVOLUTION bottom: "pool1" top: "conv2"
  convolution_param { num_output: 4 kernel_size: 3 pad: 1 group: 2 } }
layers { name: "concat" type: CONCAT bottom: "pool1" bottom: "conv2" top: "concat" concat_param { concat_dim: 1 } }
layers { name: "fc" type: INNER_PRODUCT bottom: "concat" top: "fc" inner_product_param { num_output: 5 } }
layers { name: "drop" type: DROPOUT bottom: "fc" top: "fc" dropout_param { dropout_ratio: 0.5 } }
layers { name: "prob" type: SOFTMAX bottom: "fc" top: "prob" }
"""

# Functions of one number, and of a channel's slope.
FUNCTIONS = (
    'name: "functions"\ninput: "data"\ninput_shape { dim: 1 dim: 3 dim: 9 dim: 10 }\n'
    + conv("conv", "data", "conv", 6, "kernel_size: 3", "pad: 1")
    + layer("slopes", "PReLU", "conv", "slopes")
    + layer("slope", "PReLU", "conv", "slope", "prelu_param { channel_shared: true }")
    + layer("elu", "ELU", "conv", "elu", "elu_param { alpha: 0.7 }")
    + layer("abs", "AbsVal", "conv", "abs")
    + layer("bnll", "BNLL", "conv", "bnll")
    + layer("square", "Power", "conv", "square", "power_param { power: 2 scale: 0.6 shift: -0.3 }")
    + layer("root", "Power", "abs", "root", "power_param { power: 0.5 shift: 0.1 }")
    + layer("exp", "Exp", "conv", "exp")
    + layer("exp2", "Exp", "conv", "exp2", "exp_param { base: 2 scale: 0.8 shift: 0.4 }")
    + layer("relu6", "ReLU6", "square", "relu6")
    # In place, one after the other: each a layer of its own.
    + layer("inplace1", "ELU", "conv", "conv")
    + layer("inplace2", "TanH", "conv", "conv")
    + layer("last", "AbsVal", "conv", "last")
)

# What cuts, turns, joins and sees with other dimensions.
SHAPES = (
    'name: "shapes"\ninput: "data"\ninput_shape { dim: 2 dim: 3 dim: 8 dim: 10 }\n'
    + conv("conv", "data", "conv", 8, "kernel_size: 3", "pad: 1")
    + layer("norm", "Normalize", "conv", "norm", "norm_param { across_spatial: false channel_shared: false eps: 1e-6 }")
    + layer("mvn", "MVN", "conv", "mvn", "mvn_param { eps: 1e-6 }")
    + layer("mvn_all", "MVN", "conv", "mvn_all", "mvn_param { across_channels: true eps: 1e-6 }")
    + """
layer { name: "slice" type: "Slice" bottom: "conv" top: "a" top: "b" top: "c" slice_param { axis: 1 slice_point: 3 slice_point: 4 } }"""
    + layer("joined", "Concat", "c a", "joined")
    + layer("rows", "Concat", "norm mvn", "rows", "concat_param { axis: 2 }")
    + layer("turned", "Permute", "conv", "turned", "permute_param { order: 0 order: 3 order: 1 order: 2 }")
    + layer("swapped", "Permute", "conv", "swapped", "permute_param { order: 0 order: 2 order: 1 order: 3 }")
    + layer("reshaped", "Reshape", "conv", "reshaped", "reshape_param { shape { dim: 0 dim: 4 dim: -1 dim: 10 } }")
    + layer("flat", "Flatten", "turned", "flat", "flatten_param { axis: 1 }")
    + layer("probabilities", "Softmax", "conv", "probabilities", "softmax_param { axis: 3 }")
    + layer("shuffled", "ShuffleChannel", "conv", "shuffled", "shuffle_channel_param { group: 4 }")
    + layer("up", "Deconvolution", "conv", "up",
            "convolution_param { num_output: 6 kernel_size: 4 stride: 2 pad: 1 group: 2 }")
    + layer("up_once", "Deconvolution", "joined", "up_once",
            "convolution_param { num_output: 3 kernel_h: 2 kernel_w: 3 stride_h: 2 stride_w: 1 bias_term: false }")
    + layer("crop", "Crop", "up conv", "crop", "crop_param { axis: 2 offset: 3 offset: 5 }")
    + layer("pool", "Pooling", "conv", "pool", "pooling_param { pool: AVE global_pooling: true }")
    + layer("squeeze", "InnerProduct", "pool", "squeeze", "inner_product_param { num_output: 3 }")
    + layer("relu", "ReLU", "squeeze", "squeeze")
    + layer("excite", "InnerProduct", "squeeze", "excite", "inner_product_param { num_output: 8 }")
    + layer("gate", "Sigmoid", "excite", "gate")
    + layer("gates", "Reshape", "gate", "gates", "reshape_param { shape { dim: 0 dim: -1 dim: 1 dim: 1 } }")
    + layer("weighed", "Scale", "conv gate", "weighed", "scale_param { axis: 0 }")
)

# Shapes of the blobs with weights: what each layer takes and puts out.
BLOBS = {
    "windows": {
        "conv1": [(8, 3, 3, 5), (8,)],
        "grouped": [(6, 4, 3, 3), (6,)],
        "one": [(5, 6, 1, 1)],
        "three": [(4, 6, 3, 3), (4,)],
        "depthwise": [(9, 1, 3, 3), (9,)],
    },
    "pools": {},
    "residual": {
        "conv1": [(6, 3, 3, 3)],
        "bn1": [(6,), (6,), (1,)],
        "scale1": [(6,), (6,)],
        "conv2": [(6, 6, 3, 3), (6,)],
        "bn2": [(6,), (6,), (1,)],
        "scale2": [(6,)],
        "fc1": [(10, 6 * 4 * 5), (10,)],
        "fc2": [(7, 10)],
    },
    "old": {
        "conv1": [(8, 3, 5, 5), (1, 1, 1, 8)],
        "conv2": [(4, 4, 3, 3), (1, 1, 1, 4)],
        "fc": [(1, 1, 5, 12 * 3 * 3), (1, 1, 1, 5)],
    },
    "functions": {
        "conv": [(6, 3, 3, 3), (6,)],
        "slopes": [(6,)],
        "slope": [(1,)],
    },
    "shapes": {
        "conv": [(8, 3, 3, 3), (8,)],
        "norm": [(8,)],
        "up": [(8, 3, 4, 4), (6,)],
        "up_once": [(7, 3, 2, 3)],
        "squeeze": [(3, 8), (3,)],
        "excite": [(8, 3), (8,)],
    },
}


def numbers(rng, layer_name, index, shape):
    if layer_name.startswith("bn"):
        # Sums over 2.5 batches: mean, variance, and the number to divide by.
        return [rng.normal(0, 1, shape), rng.uniform(0.5, 4, shape), np.full(shape, 2.5)][index]
    return rng.normal(0, 1.0 / np.sqrt(max(1, np.prod(shape[1:]))), shape)


def write_weights(net, name, path):
    rng = np.random.default_rng(20161106)
    is_old = len(net.layers) > 0
    net.ClearField("input")
    net.ClearField("input_dim")
    net.ClearField("input_shape")
    for one in net.layers if is_old else net.layer:
        for index, shape in enumerate(BLOBS[name].get(one.name, [])):
            blob = one.blobs.add()
            if is_old:
                blob.num, blob.channels, blob.height, blob.width = shape
            else:
                blob.shape.dim.extend(shape)
            blob.data.extend(numbers(rng, one.name, index, shape).astype(np.float32).ravel().tolist())
    if name == "pools":
        # A network without weights still has a file; a layer with numbers nobody asks for makes it one.
        one = net.layer.add(name="unused", type="Scale")
        one.blobs.add().data.append(1.0)
        one.blobs[0].shape.dim.append(1)
    path.write_bytes(net.SerializeToString(deterministic=True))


def write_tensors(path, tensors, metadata):
    header, offset = {"__metadata__": metadata}, 0
    for name, tensor in tensors.items():
        size = tensor.size * 4
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    data = b"".join(np.ascontiguousarray(t, dtype="<f4").tobytes() for t in tensors.values())
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def main():
    Net = net_class()
    for name, text in {"windows": WINDOWS, "pools": POOLS, "residual": RESIDUAL, "old": OLD, "functions": FUNCTIONS,
                       "shapes": SHAPES}.items():
        prototxt, caffemodel = HERE / f"{name}.prototxt", HERE / f"{name}.caffemodel"
        prototxt.write_text(text)
        message = text_format.Parse(text, Net())
        dims = list(message.input_dim) or list(
            (message.input_shape or message.layer[0].input_param.shape)[0].dim)
        names = [one.name for one in (message.layers or message.layer) if one.name != "data"]
        write_weights(message, name, caffemodel)
        net = cv2.dnn.readNetFromCaffe(str(prototxt), str(caffemodel))
        net.enableFusion(False)
        net.enableWinograd(False)
        net.setPreferableBackend(cv2.dnn.DNN_BACKEND_OPENCV)
        rng = np.random.default_rng(7)
        batch = rng.normal(0, 1, [2] + dims[1:]).astype(np.float32)
        tensors = {"input": batch}
        for one in names:
            net.setInput(batch)
            if one == "slice":
                # Its parts are layers of their own with us.
                (parts,) = net.forwardAndRetrieve(["slice"])
                tensors.update({f"slice/{top}": part.copy() for top, part in zip("abc", parts)})
                continue
            tensors[one] = net.forward(one).copy()
        write_tensors(HERE / f"{name}.safetensors", tensors, {"made_with": f"opencv {cv2.__version__} dnn"})
        print(name, {one: tensor.shape for one, tensor in tensors.items()})


if __name__ == "__main__":
    main()
