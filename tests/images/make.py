"""Writes the picture fixtures beside this script; see README.md."""

import hashlib
import struct
import zlib
from pathlib import Path

import imagecodecs
import numpy as np
from PIL import Image, ImageChops, ImageOps

HERE = Path(__file__).parent
WIDTH, HEIGHT = 24, 16


def flag() -> Image.Image:
    picture = Image.new("RGB", (WIDTH, HEIGHT), (255, 255, 255))
    picture.paste((255, 0, 0), (0, 0, 12, 8))
    picture.paste((0, 255, 0), (12, 0, 24, 8))
    picture.paste((0, 0, 255), (0, 8, 12, 16))
    return picture


def png16(path: Path, colour_type: int, rows: list[list[int]]) -> None:
    """A 16-bit PNG, which Pillow cannot write in colour. colour_type: 0 grey, 2 RGB."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    raw = b"".join(b"\0" + struct.pack(f">{len(row)}H", *row) for row in rows)
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 16, colour_type, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")
    )


upright = flag()
# What the file must hold so that the given EXIF orientation makes it upright.
stored = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
for orientation, turn in stored.items():
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = upright if turn is None else upright.transpose(turn)
    picture.save(HERE / f"exif_{orientation}.jpg", quality=95, subsampling=0, exif=exif)
    turned_back = ImageOps.exif_transpose(Image.open(HERE / f"exif_{orientation}.jpg"))
    assert max(high for _, high in ImageChops.difference(turned_back, upright).getextrema()) < 40, orientation

upright.convert("CMYK").save(HERE / "cmyk.jpg", quality=95)
upright.convert("L").save(HERE / "grey.jpg", quality=95)
upright.save(HERE / "progressive.jpg", quality=95, subsampling=0, progressive=True)
# Sides that blocks do not divide, colours at half the width and height, and nothing smooth.
coarse = Image.new("RGB", (61, 43))
coarse.putdata([(x * 5 + y % 7 * 20, x * y % 256, (x * x + 3 * y) % 256) for y in range(43) for x in range(61)])
for progressive in (False, True):
    path = HERE / ("coarse_progressive.jpg" if progressive else "coarse.jpg")
    coarse.save(path, quality=75, subsampling="4:2:0", progressive=progressive)
    # What `tests/suite/images/scaled.rs` expects.
    print(path.name, hashlib.sha256(Image.open(path).convert("RGB").tobytes()).hexdigest())
deep = np.asarray(upright).astype(np.uint16) * 257 >> 4
(HERE / "twelve_bits.jpg").write_bytes(imagecodecs.jpeg_encode(deep, level=95, bitspersample=12, subsampling="444"))
(HERE / "lossless.jpg").write_bytes(imagecodecs.jpeg_encode(np.asarray(upright), lossless=True))
upright.save(HERE / "flag.bmp")
upright.save(HERE / "flag.tif", compression="tiff_lzw")
upright.save(HERE / "flag.webp", lossless=True)
upright.quantize(8).save(HERE / "palette.png")
black = Image.new("RGB", upright.size)
upright.save(HERE / "animated.gif", save_all=True, append_images=[black], duration=100)
upright.save(HERE / "animated.webp", save_all=True, append_images=[black], duration=100, lossless=True)
clear = upright.convert("RGBA")
clear.putalpha(128)
clear.save(HERE / "half_clear.png")
pixels = list(upright.get_flattened_data())
rows = [pixels[row * WIDTH : (row + 1) * WIDTH] for row in range(HEIGHT)]
png16(HERE / "rgb16.png", 2, [[value * 257 for pixel in row for value in pixel] for row in rows])
png16(HERE / "grey16.png", 0, [[pixel[0] * 257 for pixel in row] for row in rows])
