"""Turns the ONNX project's own tests of single operators into networks that take a picture.

    python nodes.py NODE_TESTS OUT

NODE_TESTS is onnx/backend/test/data/node of the PyPI package onnx (up to version 1.17, later ones come without it). The
numbers of a test's inputs are put into a picture, from which the network cuts them out again; so what runs is what
runs for pictures. For every test there are up to four ways, of which one has to work: all inputs that can be come from the
picture or the first only, and a batch is either in the dimensions or is one of pictures.
"""

import json
import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from reference import write_tensors  # noqa: E402

FLOATS = (TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.FLOAT16)
NUMBERS = (*FLOATS, TensorProto.BOOL, TensorProto.INT32, TensorProto.INT64, TensorProto.UINT8, TensorProto.INT8,
           TensorProto.UINT32, TensorProto.UINT64, TensorProto.INT16, TensorProto.UINT16)


def read_tensor(path, name):
    tensor = onnx.TensorProto.FromString(path.read_bytes())
    return tensor.data_type, numpy_helper.to_array(tensor), name


def convert(folder, out):
    model = onnx.load(folder / "model.onnx")
    kinds = sorted({node.op_type for node in model.graph.node})
    case = folder / "test_data_set_0"
    weights = {tensor.name for tensor in model.graph.initializer}
    wanted = [i for i in model.graph.input if i.name not in weights]
    try:
        inputs = [read_tensor(case / f"input_{place}.pb", i.name) for place, i in enumerate(wanted)]
        outputs = [read_tensor(case / f"output_{place}.pb", o.name) for place, o in enumerate(model.graph.output)]
    except Exception:
        return {"name": folder.name, "kinds": kinds, "ways": [], "reason": "no plain tensors"}
    if any(kind not in NUMBERS for kind, _, _ in inputs + outputs) or not inputs or not outputs[0][1].size:
        return {"name": folder.name, "kinds": kinds, "ways": [], "reason": "no plain numbers"}
    movable = [place for place, (kind, value, _) in enumerate(inputs) if value.size and kind in FLOATS] or [
        place for place, (_, value, _) in enumerate(inputs) if value.size][:1]
    first = inputs[movable[0]][1] if movable else None
    ways = []
    for moved in ([movable, movable[:1]] if len(movable) > 1 else [movable]):
        batches = [1]
        if first is not None and first.ndim > 1 and first.shape[0] > 1 and all(
                inputs[place][1].shape[:1] == first.shape[:1] for place in moved) and all(
                value.shape[:1] == first.shape[:1] for _, value, _ in outputs):
            batches.append(first.shape[0])
        for batch in batches:
            way = f"{folder.name}.{len(ways)}"
            write(model, inputs, outputs, moved, batch, out / way)
            ways.append(way)
    return {"name": folder.name, "kinds": kinds, "ways": ways, "reason": ""}


def write(model, inputs, outputs, moved, batch, path):
    graph = onnx.GraphProto.FromString(model.graph.SerializeToString())
    flat = [np.asarray(inputs[place][1], np.float32).reshape(batch, -1) for place in moved]
    numbers = np.concatenate(flat, axis=1) if flat else np.zeros((batch, 1), np.float32)
    side = -(-numbers.shape[1] // 3)
    height = max(1, -(-side // 4096))
    width = -(-side // height)
    pixels = np.zeros((batch, 3 * height * width), np.float32)
    pixels[:, :numbers.shape[1]] = numbers
    before, at = [], 0
    opset = next((o.version for o in model.opset_import if o.domain in ("", "ai.onnx")), 1)

    def constant(name, values):
        graph.initializer.append(numpy_helper.from_array(np.array(values, np.int64), name))
        return name

    def cut(name, start, end):
        if opset < 10:
            return helper.make_node("Slice", ["way/all"], [name], axes=[1], starts=[start], ends=[end])
        bounds = [constant(f"{name}/{part}", [value]) for part, value in (("start", start), ("end", end), ("axis", 1))]
        return helper.make_node("Slice", ["way/all", *bounds], [name])

    before.append(helper.make_node("Flatten", ["way/pixels"], ["way/all"]))
    for place, (kind, value, name) in enumerate(inputs):
        if place not in moved:
            graph.initializer.append(numpy_helper.from_array(value, name))
            continue
        count = value.size // batch
        before.append(cut(f"{name}/cut", at, at + count))
        shape = list(value.shape)
        if batch > 1:
            shape[0] = 1
        last = name if kind in FLOATS else f"{name}/shaped"
        before.append(helper.make_node("Reshape", [f"{name}/cut", constant(f"{name}/shape", shape)], [last]))
        if kind not in FLOATS:
            before.append(helper.make_node("Cast", [last], [name], to=kind))
        at += count
    after, tensors = [], {"input": pixels.reshape(batch, 3, height, width)}
    for place, (kind, value, name) in enumerate(outputs):
        if name == "":
            continue
        flat_shape = constant(f"way/flat{place}", [1, value.size // batch])
        after.append(helper.make_node("Reshape", [name, flat_shape], [f"way/out{place}"], name=f"out{place}"))
        tensors[f"out{place}"] = np.asarray(value, np.float32).reshape(batch, -1)
    nodes = [*before, *graph.node, *after]
    del graph.node[:], graph.input[:], graph.output[:]
    graph.node.extend(nodes)
    graph.input.append(helper.make_tensor_value_info("way/pixels", TensorProto.FLOAT, [1, 3, height, width]))
    graph.output.append(helper.make_tensor_value_info("way/out0", TensorProto.FLOAT, None))
    changed = onnx.ModelProto.FromString(model.SerializeToString())
    changed.graph.CopyFrom(graph)
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(changed, str(path) + ".onnx")
    write_tensors(pathlib.Path(str(path) + ".safetensors"), tensors)


if __name__ == "__main__":
    tests, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    cases = [convert(folder, out) for folder in sorted(tests.iterdir()) if (folder / "model.onnx").exists()]
    (out / "cases.json").write_text(json.dumps(cases, indent=1))
    print(f"{len(cases)} tests, {sum(bool(case['ways']) for case in cases)} of plain numbers")
