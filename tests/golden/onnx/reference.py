"""Writes what onnxruntime computes at every node of an ONNX network.

    python reference.py NETWORK.onnx ...

writes NETWORK.safetensors beside each, for two seeded random pictures. See README.md for the form.
"""

import json
import math
import pathlib
import struct
import sys

import numpy as np
import onnx
import onnxruntime

# As many numbers of a layer are kept at most.
SAMPLES = 128


def write_tensors(path, tensors):
    """The safetensors format: length of the header, header, little-endian numbers."""
    header, blobs, at = {}, [], 0
    for name, array in tensors.items():
        blob = np.ascontiguousarray(array, np.float32).tobytes()
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [at, at + len(blob)]}
        blobs.append(blob)
        at += len(blob)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def look(value, how):
    """One picture's value in the order in which Tiramisu shows it: channels, then height and width."""
    if how == "kept":
        return value
    if how == "turned":
        return squared(value[0].T)
    if how == "last":
        return value.transpose(0, 3, 1, 2)
    if value.ndim == 3:
        # Tokens by channels; the batch first, or second as in PyTorch's attention.
        tokens = value[0] if value.shape[0] == 1 else value[:, 0] if value.shape[1] == 1 else None
        if tokens is not None:
            return squared(tokens)
    if value.ndim == 2 and value.shape[0] != 1:
        return squared(value)
    return value


def are_rows(planes, value):
    """Whether planes became rows, the channels still first."""
    return planes.ndim == 4 and value.ndim == 3 and value.shape[:2] == planes.shape[:2]


def squared(tokens):
    """Tokens that are no patch come first and belong to no place; only a square of patches leaves them out."""
    for extra in (0, 1, 2, 5):
        side = math.isqrt(max(0, len(tokens) - extra))
        if side > 1 and side * side + extra == len(tokens):
            return tokens[extra:].T
    return tokens.T


def readable(node):
    """The name that Tiramisu gives a layer: PyTorch's paths without the steps that the next one repeats."""
    steps = [step for step in (node.name or node.output[0]).split("/") if step]
    steps = [step for step, after in zip(steps, [*steps[1:], ""]) if not after.startswith(step + ".")]
    name = "/".join(steps)
    return f"{node.op_type}_{name}" if name.isdigit() else name


def write_reference(path, pixels, looks=None):
    """`looks` says for some nodes how their output is to be looked at."""
    looks = looks or {}
    model = onnx.load(path)
    # What depends on no picture is no layer.
    computed = {next(i.name for i in model.graph.input if i.name not in {w.name for w in model.graph.initializer})}
    picture = next(iter(computed))
    names = []
    last, moved, turned = set(), set(), set()
    for node in model.graph.node:
        if node.op_type in ("Shape", "Size") or not computed.intersection(node.input):
            continue
        computed.update(node.output)
        perm = next((list(a.ints) for a in node.attribute if a.name == "perm"), None)
        if perm == [0, 2, 3, 1] or node.op_type not in ("Reshape", "Transpose") and last.intersection(node.input):
            last.update(node.output)
        takes_moved = node.op_type != "Conv" and moved.intersection(node.input)
        planes = node.input[0] if node.op_type == "Reshape" and not takes_moved else None
        is_turned = bool(turned.intersection(node.input)) or planes is not None
        if is_turned != (perm == [0, 2, 1]) and (perm == [0, 2, 1] or node.op_type not in ("Transpose", "Reshape") or planes):
            turned.update(node.output)
        if takes_moved or node.op_type in ("Reshape", "Transpose"):
            moved.update(node.output)
        if node.op_type == "Split":
            names.extend((f"{readable(node)}/{part}", output, None) for part, output in enumerate(node.output))
        else:
            names.append((readable(node), node.output[0], planes))
    del model.graph.output[:]
    model.graph.output.extend(onnx.ValueInfoProto(name=output) for _, output, _ in names)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    if (path.with_suffix(".weights")).exists():
        whole = path.with_suffix(".whole")
        onnx.save(model, whole)
        session = onnxruntime.InferenceSession(str(whole), options)
        whole.unlink()
    else:
        session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    # One picture at a time: some networks are written for that only.
    runs = [session.run(None, {picture: pixels[i:i + 1]}) for i in range(len(pixels))]
    tensors = {"input": pixels}
    places = {output: place for place, (_, output, _) in enumerate(names)}
    for place, (name, output, taken) in enumerate(names):
        how = looks.get(name)
        if taken in places and are_rows(runs[0][places[taken]], runs[0][place]):
            how = "kept"
        if how is None and output in turned and runs[0][place].ndim == 3 and runs[0][place].shape[0] == 1:
            how = "turned"
        if how is None and output in last and runs[0][place].ndim == 4:
            how = "last"
        values = [look(np.asarray(run[place], np.float32), how).reshape(-1) for run in runs]
        values = np.concatenate(values)
        step = -(-len(values) // SAMPLES)
        tensors[f"{place:04} {name}"] = np.concatenate([[len(values), np.abs(values).max()], values[::step]])
    write_tensors(path.with_suffix(".safetensors"), tensors)
    print(f"{path.name}: {len(names)} layers")


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        network = pathlib.Path(argument)
        graph = onnx.load(network, load_external_data=False).graph
        weights = {tensor.name for tensor in graph.initializer}
        sizes = [d.dim_value for d in next(i for i in graph.input if i.name not in weights).type.tensor_type.shape.dim]
        pixels = np.random.default_rng(1).normal(size=(2, 3, sizes[2] or 224, sizes[3] or 224)).astype(np.float32)
        write_reference(network, pixels)
