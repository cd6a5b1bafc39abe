#!/usr/bin/env python3
"""Images a second of PyTorch, eager, on the GPU: the networks of this folder with random weights. One JSON document a line."""

import json
import statistics
import time

import torch
import torchvision

SECONDS = 1.0


def measure(name, network, side, half):
    network = network.eval().cuda()
    network = network.half() if half else network
    for batch in (1, 16, 64):
        pictures = torch.randint(0, 255, (batch, 3, side, side), dtype=torch.uint8)

        def once():
            x = pictures.cuda(non_blocking=True)
            x = (x.half() if half else x.float()) / 255
            return network(x).float().cpu()

        with torch.inference_mode():
            for _ in range(5):
                once()
            times, begun = [], time.perf_counter()
            while time.perf_counter() - begun < SECONDS:
                start = time.perf_counter()
                once()
                times.append(time.perf_counter() - start)
        print(json.dumps({"what": f"PyTorch, {name}, {'half' if half else 'single'}, batch {batch}",
                          "value": batch / statistics.median(times), "unit": "images/s"}), flush=True)


def main():
    models = torchvision.models
    for half in (False, True):
        measure("SqueezeNet v1.0", models.squeezenet1_0(weights=None), 227, half)
        measure("GoogLeNet's shapes", models.googlenet(weights=None, aux_logits=False, init_weights=False), 224, half)
        measure("EfficientNet-B0 (the lite's kin)", models.efficientnet_b0(weights=None), 224, half)


if __name__ == "__main__":
    main()
