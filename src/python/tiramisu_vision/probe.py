"""What neighbours are looked for, in words of the command line."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .errors import MisuseError
from .images import Image, Images, ManyImages, OneImage
from .named_layers import AnyLayer

if TYPE_CHECKING:
    from .workspace import Workspace


@dataclass(frozen=True)
class Probe:
    """A question, as :meth:`Workspace.neighbours` describes it."""

    workspace: Workspace
    of: ManyImages | None
    against: ManyImages | None
    like: str | Sequence[str]
    unlike: str | Sequence[str]
    vector: npt.ArrayLike | None
    layer: AnyLayer | None
    pooling: str
    metric: str | None
    count: int
    where: str | None
    region: tuple[float, float, float, float] | None
    anywhere: bool
    mix: Mapping[AnyLayer, float] | Mapping[str, float] | None
    embedding: bool
    exact: bool

    @contextmanager
    def written(self) -> Iterator[list[str]]:
        """The options, and the pictures behind them; a vector lies in a file meanwhile."""
        if self.of is None and self.vector is None and len(self.like) == 0:
            raise MisuseError("name images whose neighbours are looked for, many at once (like=...), or a vector (vector=...)")
        words = [f"--pooling={self.pooling}", f"--count={self.count}"]
        # The embedding has a metric of its own, and the program takes none beside it.
        words += [] if self.metric is None else [f"--metric={self.metric}"]
        words += [] if self.layer is None else [f"--layer={self.layer}"]
        words += [] if self.where is None else [f"--where={self.where}"]
        words += [] if self.region is None else ["--region=" + ",".join(str(side) for side in self.region)]
        words += [f"--mix={layer}={weight}" for layer, weight in (self.mix or {}).items()]
        flags = {"--anywhere": self.anywhere, "--embedding": self.embedding, "--exact": self.exact}
        words += [flag for flag, is_on in flags.items() if is_on]
        words += [f"--like={many}" for many in listed(self.like)]
        words += [f"--unlike={many}" for many in listed(self.unlike)]
        words += [f"--against={path}" for path in self._files(self.against)]
        pictures = ["--", *self._files(self.of)]
        if self.vector is None:
            yield [*words, *pictures]
            return
        numbers = np.asarray(self.vector, dtype=np.float32).ravel()
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "vector.txt")
            with open(path, "w", encoding="ascii") as file:
                file.write(" ".join(repr(float(number)) for number in numbers))
            yield [*words, f"--vector={path}", *pictures]

    def _files(self, images: ManyImages | None) -> list[str]:
        if images is None:
            return []
        if isinstance(images, Images):
            return [str(path) for path in images.paths]
        single = (str, os.PathLike, int, np.integer, Image)
        return [self._file(image) for image in ([images] if isinstance(images, single) else images)]

    def _file(self, image: OneImage) -> str:
        if isinstance(image, (int, np.integer)):
            return str(self.workspace.images[int(image)].path)
        # Also a picture that is not in the collection: it goes through the network for this question.
        written = os.fspath(image)
        below = os.path.join(self.workspace.folder, written)
        return os.path.abspath(below if not os.path.exists(written) and os.path.exists(below) else written)


def listed(words: str | Sequence[str]) -> list[str]:
    """One word, or several."""
    return [words] if isinstance(words, str) else list(words)
