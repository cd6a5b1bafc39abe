"""What a network's fingerprint is, computed apart from the program: workspaces are found by it, so no letter may change.

Each case is a network of one layer that takes the picture, [3, 8, 8]. Its settings are written here as the first versions of
the program wrote them: `tests/suite/network/fingerprints.rs` makes the same layers.

    python tests/golden/fingerprints/make.py
"""

import json
import pathlib
import struct

WORD = (1 << 64) - 1
VIEW = "[3, 8, 8]"


class Hash:
    def __init__(self):
        self.state = 0x243F6A8885A308D3

    def number(self, word):
        product = (self.state ^ word ^ 0x9E3779B97F4A7C15) * 0xA0761D6478BD642F
        low, high = product & WORD, product >> 64
        turned = ((high << 23) | (high >> 41)) & WORD
        self.state = low ^ ((turned + word) & WORD)

    def numbers(self, numbers):
        for number in numbers:
            self.number(number)
        self.number(WORD - 1)

    def bytes(self, content):
        for at in range(0, len(content), 8):
            self.number(int.from_bytes(content[at : at + 8].ljust(8, b"\0"), "little"))
        self.number(len(content))

    def finish(self):
        self.number(0x13579BDF)
        self.number(0)
        return f"{self.state:016x}"


def fingerprint(settings, inputs, weights):
    hash = Hash()
    hash.numbers([3, 8, 8])
    hash.bytes(b'{"width":8,"height":8,"channels":"rgb","mean":[0.0,0.0,0.0],"scale":1.0}')
    hash.bytes(b"layer")
    for _ in range(inputs):
        hash.number(WORD)
    hash.bytes(settings.encode())
    for shape, values in weights:
        hash.numbers(shape)
        bits = [struct.unpack("<I", struct.pack("<f", value))[0] for value in values]
        for at in range(0, len(bits), 2):
            hash.number(bits[at] | (bits[at + 1] if at + 1 < len(bits) else 0) << 32)
    return hash.finish()


def filled(*shape):
    """As the test fills weights: 1/2, 1, 3/2 ..."""
    count = 1
    for size in shape:
        count *= size
    return list(shape), [(place + 1) / 2 for place in range(count)]


def general(function, operands=(VIEW,), output=VIEW):
    return f"{function} [{', '.join(operands)}] {output}"


CASES = {
    "convolution": ("convolution [1, 2] [(0, 1), (2, 3)] [1, 1] 1", 1, [filled(2, 3, 1, 1), filled(2)]),
    "deconvolution": ("deconvolution [2, 2] [(0, 0), (1, 1)] [1, 1] 1 [1, 0]", 1, [filled(3, 2, 3, 3)]),
    "linear": ("linear", 1, [filled(1, 192), filled(1)]),
    "affine": ("affine", 1, [filled(3), filled(3)]),
    "normalise channels": ("channels 0.5", 1, [filled(3), filled(3)]),
    "parametric": ("parametric", 1, [filled(3)]),
    "pool": (
        "Pool(Pool { kind: Average { count_padding: true }, kernel: [3, 3], stride: [2, 2], "
        "padding: [(1, 0), (0, 1)], ceil: true })",
        1,
        [],
    ),
    "global pool": ("GlobalPool(Maximum)", 1, []),
    "adaptive pool": ("AdaptivePool { kind: Maximum, output: [2, 3] }", 1, []),
    "normalise": (
        "Normalize(Normalization { size: 5, alpha: 0.5, beta: 0.75, k: 2.0, within_channel: true })",
        1,
        [],
    ),
    "concat": ("Concat { axis: 1 }", 2, []),
    "sum": ("Combine(Sum([0.5, 2.0]))", 2, []),
    "softmax": ("Softmax", 1, []),
    "flatten": ("Flatten", 1, []),
    "identity": ("Identity", 1, []),
    "view": (general("View", output="[3, 64]"), 1, []),
    "permute": (general("Permute { axes: [1, 2, 0] }", output="[8, 8, 3]"), 1, []),
    "choose": (general("Choose", (VIEW, VIEW, "[1]")), 2, [filled(1)]),
    "multiply": (general("Multiply", (VIEW, "[8, 2]"), "[3, 8, 2]"), 1, [filled(8, 2)]),
    "general softmax": (general("Softmax { axis: 2, log: true }"), 1, []),
    "standardise": (
        general(
            "Standardize { axes: [1, 2], epsilon: 0.5, after_root: true, centre: false, affine: [3, 8, 8] }",
            (VIEW, "[3, 1, 1]"),
        ),
        1,
        [filled(3, 1, 1)],
    ),
    "take": (general("Take { picks: [(0, [2, 0])] }", output="[2, 8, 8]"), 1, []),
    "pad": (general("Pad { places: [(0, 1), (0, 0), (0, 0)], value: 0.5 }", output="[4, 8, 8]"), 1, []),
    "join": (general("Join { axis: 0 }", (VIEW, VIEW), "[6, 8, 8]"), 2, []),
    "expand": (general("Expand { to: [2, 3, 8, 8] }", output="[2, 3, 8, 8]"), 1, []),
    # The numbers of the weights are left out of the settings: they come after these.
    "resample": (general("resample [1]", output="[3, 2, 8]"), 1, [filled(2, 8)]),
    "place of largest": (general("PlaceOfLargest { axis: 0 }", output="[1, 8, 8]"), 1, []),
}

ONE_BY_ONE = {
    "Combine": "Product Maximum Minimum Difference Quotient",
    "Activate": "Sigmoid Tanh HardSwish Swish Softplus Softsign Mish Absolute Sqrt Reciprocal Negate Sign Erf Floor Ceil "
    "Round Truncate",
    "Angle": "Sin Cos Tan Sinh Cosh ArcSin ArcCos ArcTan ArcSinh ArcCosh ArcTanh",
    "Pair": "Add Subtract Multiply Divide Power Maximum Minimum Remainder TruncatedRemainder Equal Greater GreaterOrEqual "
    "Less LessOrEqual And Or Xor Rectify",
    "Reduce": "Sum Mean Maximum Minimum Product SumOfMagnitudes SumOfSquares Length LogOfSum LogOfSumOfExp",
}
for name in ONE_BY_ONE["Combine"].split():
    CASES[f"Combine {name}"] = (f"Combine({name})", 2, [])
for name in ONE_BY_ONE["Activate"].split():
    CASES[f"Activate {name}"] = (f"Activate({name})", 1, [])
for name in ONE_BY_ONE["Angle"].split():
    CASES[f"Angle {name}"] = (f"Activate(Angle({name}))", 1, [])
for name in ONE_BY_ONE["Pair"].split():
    CASES[f"Pair {name}"] = (general(f"Pair({name})", (VIEW, "[1]")), 1, [filled(1)])
for name in ONE_BY_ONE["Reduce"].split():
    CASES[f"Reduce {name}"] = (general(f"Reduce {{ kind: {name}, axes: [1, 2] }}", output="[3, 1, 1]"), 1, [])
for activation in [
    "Rectify { slope: 0.25 }",
    "Clip { min: 0.0, max: 6.0 }",
    "HardSigmoid { alpha: 0.25, beta: 0.5 }",
    "Gelu { tanh: true }",
    "Elu { alpha: 0.5 }",
    "Celu { alpha: 0.5 }",
    "Selu { alpha: 0.5, gamma: 1.5 }",
    "Threshold { above: 0.5 }",
    "Shrink { lambda: 0.5, bias: 0.25 }",
    "Exp { scale: 0.5, shift: 1.0 }",
    "Log { scale: 0.5, shift: 1.0, factor: 2.0 }",
    "Power { scale: 0.5, shift: 1.0, power: 3.0 }",
]:
    CASES[f"Activate {activation.split()[0]}"] = (f"Activate({activation})", 1, [])

if __name__ == "__main__":
    found = {name: fingerprint(*case) for name, case in CASES.items()}
    place = pathlib.Path(__file__).with_name("fingerprints.json")
    place.write_text(json.dumps(found, indent=2) + "\n")
