#!/usr/bin/env python3
"""Makes photographs of twelve million pixels of smaller pictures, and times how Pillow decodes and resizes them.

    pip install numpy pillow
    python tests/bench/decode_peers.py make PICTURES FOLDER COUNT [grain|text|texture]
    python tests/bench/decode_peers.py time FOLDER SIDE

The first enlarges COUNT pictures to 4032 x 3024 and adds noise of up to 6 either way (`grain`); or lays letters over them
(`text`), or so many small copies of them side by side that details are a few pixels wide (`texture`). Quality is 90.
The second prints one line of JSON for each way of decoding: milliseconds of this processor a picture, one after the other.
"""

import json
import pathlib
import sys
import time

SIZE = (4032, 3024)
SUFFIXES = {".jpg", ".jpeg", ".png"}


def pictures_in(folder):
    return sorted(path for path in pathlib.Path(folder).rglob("*") if path.suffix.lower() in SUFFIXES)


def letters(picture, random):
    from PIL import ImageDraw, ImageFont

    draw = ImageDraw.Draw(picture)
    for size in (20, 40, 80, 160):
        font = ImageFont.load_default(size)
        for _ in range(40):
            at = (random.integers(0, SIZE[0]), random.integers(0, SIZE[1]))
            word = "".join(chr(random.integers(97, 123)) for _ in range(random.integers(3, 12)))
            draw.text(at, word, font=font, fill=tuple(random.integers(0, 256, 3).tolist()))
    return picture


def make(source, folder, count, kind="grain"):
    import numpy as np
    from PIL import Image

    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(0)
    for number, path in enumerate(pictures_in(source)[: int(count)]):
        picture = Image.open(path).convert("RGB")
        if kind == "texture":
            tile = np.asarray(picture.resize((504, 378), Image.Resampling.BICUBIC))
            picture = Image.fromarray(np.tile(tile, (8, 8, 1)))
        else:
            picture = picture.resize(SIZE, Image.Resampling.BICUBIC)
        if kind == "text":
            picture = letters(picture, random)
        pixels = np.asarray(picture).astype(np.int16) + random.integers(-6, 7, (SIZE[1], SIZE[0], 3), dtype=np.int16)
        Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(folder / f"{number:03}.jpg", quality=90)


def measure(folder, side):
    from PIL import Image, __version__

    size = (int(side), int(side))

    def decode(path, draft):
        with Image.open(path) as picture:
            if draft:
                picture.draft("RGB", size)
            picture.convert("RGB").resize(size, Image.Resampling.BILINEAR).tobytes()

    paths = pictures_in(folder)
    for name, draft in ((f"Pillow {__version__} with draft", True), (f"Pillow {__version__}", False)):
        decode(paths[0], draft)
        begun = time.process_time()
        for path in paths:
            decode(path, draft)
        print(json.dumps({"name": name, "ms": (time.process_time() - begun) / len(paths) * 1e3}), flush=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["make", source, folder, count, *kind]:
            make(source, folder, count, *kind)
        case ["time", folder, side]:
            measure(folder, side)
        case _:
            sys.exit(__doc__)
