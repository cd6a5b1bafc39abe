"""Compares networks of full size with torchvision: every number of the output of every module.

    python tests/python/parity_torch.py [NAME ...]

Needs torch and torchvision (0.14 or newer). For each network, weights and statistics are drawn from a seeded generator,
the picture is drawn too, and the test `a_network_of_full_size_agrees_with_torchvision` reads the file that PyTorch writes
and runs it. Prints a table; fails if one differs by more than 1e-3 of a layer's largest magnitude.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests/golden/torch"))

import make  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402
from torchvision import models  # noqa: E402

# Names of torchvision's, and the side of their pictures.
NETWORKS = {
    "alexnet": 224, "vgg11_bn": 224, "vgg16": 224, "googlenet": 224, "inception_v3": 299, "squeezenet1_0": 224,
    "squeezenet1_1": 224, "resnet18": 224, "resnet50": 224, "resnext50_32x4d": 224, "wide_resnet50_2": 224,
    "densenet121": 224, "mobilenet_v2": 224, "mobilenet_v3_large": 224, "mobilenet_v3_small": 224, "mnasnet1_0": 224,
    "shufflenet_v2_x1_0": 224, "efficientnet_b0": 224, "efficientnet_b2": 288, "efficientnet_b5": 456,
    "efficientnet_v2_s": 384, "convnext_tiny": 224, "regnet_x_400mf": 224, "regnet_y_400mf": 224,
}
TEST = "a_network_of_full_size_agrees_with_torchvision"


def run(name, side):
    arguments = {"init_weights": False} if name in ("googlenet", "inception_v3", "vgg11_bn", "vgg16") else {}
    model = make.randomise(getattr(models, name)(**arguments), 2016)
    if hasattr(model, "transform_input"):
        model.transform_input = False
    with tempfile.TemporaryDirectory() as folder:
        torch.save(model.state_dict(), f"{folder}/network.pth")
        batch = np.random.default_rng(7).normal(0, 1, (1, 3, side, side)).astype(np.float32)
        layers = make.record(model, batch)
        make.write_tensors(f"{folder}/expected.safetensors", {"input": batch, **layers}, {})
        del layers, model
        command = ["cargo", "test", "--release", "--locked", "--", TEST, "--nocapture"]
        environment = {"TIRAMISU_PARITY_TORCH": folder}
        result = subprocess.run(command, cwd=ROOT, env=os.environ | environment,
                                capture_output=True, text=True)
    found = re.search(r"^(.*): (\d+) layers, worst (\S+) of the largest at (.*)$", result.stderr, re.MULTILINE)
    if result.returncode == 0 and found:
        title, count, worst, layer = found.groups()
        return True, f"| {name} | {title} | {count} | {worst} | {layer} |"
    reason = re.search(r"panicked at [^\n]*\n([^\n]*)", result.stdout + result.stderr)
    return False, f"| {name} | differs | | | {reason.group(1) if reason else result.stderr[-500:]} |"


def main():
    wanted = sys.argv[1:] or NETWORKS
    print("| network | recognised as | modules | worst, of the layer's largest | at |\n|---|---|---|---|---|", flush=True)
    all_agree = True
    for name in wanted:
        agrees, row = run(name, NETWORKS.get(name, 224))
        all_agree &= agrees
        print(row, flush=True)
    sys.exit(0 if all_agree else 1)


if __name__ == "__main__":
    main()
