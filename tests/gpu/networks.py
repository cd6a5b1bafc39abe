#!/usr/bin/env python3
"""Makes the networks that are measured small enough to be carried: weights keep the seven bits of a bfloat16.

    python tests/gpu/networks.py FROM TO

Copies SqueezeNet v1.0 and EfficientNet-lite0 and rounds each weight to what its upper half can tell, which packs into a third then. They compute as
much as before, and stay files of the usual formats; references.json holds what other programs answer through these.
"""

import sys
from array import array
from pathlib import Path

# From the whole file down to numbers: fields of Caffe's NetParameter (layers, blobs, packed floats) and of ONNX's ModelProto (graph,
# initializers, raw bytes).
FILES = {
    "squeezenet_v1.0.prototxt": (),
    "squeezenet_v1.0.caffemodel": (100, 7, 5),
    "efficientnet_lite0.onnx": (7, 5, 9),
}
# Where an initializer says what its numbers are, and that they are floats of four bytes.
KIND, FLOAT = 2, 1
LEAST_BYTES = 1024


def varint(content, at):
    value = shift = 0
    while True:
        byte = content[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def fields(content, start, end):
    """Number, and first and last place (or value) of each field."""
    at = start
    while at < end:
        key, at = varint(content, at)
        match key & 7:
            case 0:
                value, at = varint(content, at)
                yield key >> 3, value, None
            case 1 | 5 as wire:
                at += 8 if wire == 1 else 4
            case 2:
                length, at = varint(content, at)
                yield key >> 3, at, at + length
                at += length
            case wire:
                raise ValueError(f"no protobuf: wire type {wire}")


def round_weights(content, path, start, end):
    inside = list(fields(content, start, end))
    if len(path) == 1 and any(number == KIND and value != FLOAT for number, value, last in inside if last is None):
        return 0
    rounded = 0
    for number, first, last in inside:
        if last is None or number != path[0]:
            continue
        if len(path) > 1:
            rounded += round_weights(content, path[1:], first, last)
        elif last - first >= LEAST_BYTES:
            # To the nearest that the upper half can tell, of two as near to the even one.
            bits = array("I", bytes(content[first : last - (last - first) % 4]))
            for place, weight in enumerate(bits):
                bits[place] = min(weight + 0x7FFF + (weight >> 16 & 1), 0xFFFFFFFF) & 0xFFFF0000
            content[first : first + 4 * len(bits)] = bits.tobytes()
            rounded += len(bits)
    return rounded


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    folder, to = map(Path, sys.argv[1:])
    to.mkdir(parents=True, exist_ok=True)
    for name, path in FILES.items():
        content = bytearray((folder / name).read_bytes())
        rounded = round_weights(content, path, 0, len(content)) if path else 0
        (to / name).write_bytes(content)
        print(f"{name}: {len(content)} bytes, {rounded} weights rounded", file=sys.stderr)


if __name__ == "__main__":
    main()
