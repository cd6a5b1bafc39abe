"""Resizes noise as Pillow, torchvision and OpenCV do, for tests/suite/resizing.rs. See README.md."""

import json
import pathlib
import struct

import cv2
import numpy as np
from PIL import Image

# (width, height): smaller, larger, twice, three times, equal along one side, strips, one pixel.
SIZES = [(61, 47), (47, 61), (97, 100), (11, 9), (32, 24), (48, 36), (16, 50), (200, 13), (13, 200), (1, 5), (1, 1)]
TARGET = (16, 12)


def noise(width, height):
    """The bytes that the test makes, too."""
    state, out = width * 1000 + height, []
    for _ in range(width * height * 3):
        state = (state * 1664525 + 1013904223) % 2**32
        out.append(state >> 24)
    return np.array(out, np.uint8).reshape(height, width, 3)


def torchvision_crop(picture, shorter, side):
    """torchvision 0.29's Resize(shorter) and CenterCrop(side) on a PIL picture, its arithmetic copied from
    transforms/functional.py (_compute_resized_output_size, center_crop)."""
    w, h = picture.size
    short, long = (w, h) if w <= h else (h, w)
    new_short, new_long = shorter, int(shorter * long / short)
    picture = picture.resize((new_short, new_long) if w <= h else (new_long, new_short), Image.BILINEAR)
    w, h = picture.size
    if side > w or side > h:
        left, top = max((side - w) // 2, 0), max((side - h) // 2, 0)
        right, bottom = max((side - w + 1) // 2, 0), max((side - h + 1) // 2, 0)
        padded = Image.new("RGB", (w + left + right, h + top + bottom))
        padded.paste(picture, (left, top))
        picture = padded
        w, h = picture.size
    top, left = int(round((h - side) / 2.0)), int(round((w - side) / 2.0))
    return picture.crop((left, top, left + side, top + side))


results = {}
for width, height in SIZES:
    pixels = noise(width, height)
    picture = Image.fromarray(pixels)
    size = f"{width}x{height}"
    results[f"nearest {size}"] = picture.resize(TARGET, Image.NEAREST)
    results[f"bilinear-antialiased {size}"] = picture.resize(TARGET, Image.BILINEAR)
    results[f"bicubic-antialiased {size}"] = picture.resize(TARGET, Image.BICUBIC)
    results[f"bilinear {size}"] = cv2.resize(pixels, TARGET, interpolation=cv2.INTER_LINEAR)
    results[f"area {size}"] = cv2.resize(pixels, TARGET, interpolation=cv2.INTER_AREA)
    for shorter, side in [(17, 12), (15, 12), (10, 13)]:
        results[f"crop {shorter} {side} {size}"] = torchvision_crop(picture, shorter, side)

header, data = {}, b""
for name, result in results.items():
    pixels = np.asarray(result)
    header[name] = {"dtype": "U8", "shape": list(pixels.shape), "data_offsets": [len(data), len(data) + pixels.nbytes]}
    data += pixels.tobytes()
text = json.dumps(header).encode()
text += b" " * (-len(text) % 8)
path = pathlib.Path(__file__).parent / "resized.safetensors"
path.write_bytes(struct.pack("<Q", len(text)) + text + data)
print(len(results), "results,", path.stat().st_size, "bytes")
