"""Taking images away: copies of their files, tables of them, their vectors, data sets."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from .named_layers import ManyLayers, names_of
from .progress import ProgressTold

if TYPE_CHECKING:
    from .images import Images


def export(
    images: Images,
    to: str | os.PathLike[str],
    format: str | None,
    layers: ManyLayers | None,
    pooling: str,
    by: str,
    overwrite: bool,
    progress: ProgressTold,
) -> Path:
    """As :meth:`~tiramisu_vision.Images.export`."""
    target = os.path.abspath(to)
    if os.fspath(to).endswith(("/", os.sep)):
        # A folder, whatever its name ends with.
        target = os.path.join(target, "")
    work, words = images._workspace, [f"--to={target}", f"--pooling={pooling}", f"--by={by}", "--images=-"]
    words += [] if format is None else [f"--format={format}"]
    words += [f"--layer={layer}" for layer in names_of(layers)]
    words += ["--overwrite"] if overwrite else []
    numbers = "\n".join(map(str, images.ids.tolist())).encode("ascii")

    def feed(pipe: IO[bytes]) -> None:
        pipe.write(numbers)

    answer: dict[str, Any] = work._ask("export", *words, "--", str(work.folder), progress=progress, feed=feed)
    return Path(answer["target"])
