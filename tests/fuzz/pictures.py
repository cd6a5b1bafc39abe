"""Writes seeds/picture (Pillow 13.0.0): JPEGs large enough to be decoded scaled, and as small as such are."""

from pathlib import Path

from PIL import Image

HERE = Path(__file__).parent / "seeds/picture"
# An eighth of it is enough for a thumbnail and a small network.
SIZE = (2304, 448)


def main() -> None:
    across, down = Image.linear_gradient("L").rotate(90).resize(SIZE), Image.linear_gradient("L").resize(SIZE)
    picture = Image.merge("RGB", (across, down, across.transpose(Image.Transpose.FLIP_LEFT_RIGHT)))
    picture.paste((20, 200, 90), (700, 37, 1003, 301))
    inks = Image.merge("CMYK", (across, down, across, down.point(lambda value: value // 3)))
    for name, what, how in [
        ("eighth", picture, {}),
        ("fine_colours", picture, {"subsampling": "4:4:4"}),
        ("restarts", picture, {"restart_marker_blocks": 5}),
        ("passes", picture, {"progressive": True}),
        ("inks", inks, {}),
    ]:
        what.save(HERE / f"{name}.jpg", quality=25, **how)


if __name__ == "__main__":
    main()
