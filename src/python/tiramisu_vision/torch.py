"""Views of images for PyTorch: map-style data sets, in the order of the images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.utils.data import Dataset

if TYPE_CHECKING:
    from .images import Images


class _Classes:
    """Labels as numbers."""

    def __init__(self, images: Images) -> None:
        labels = images.labels
        #: The labels in alphabetical order; a class is a place in this list.
        self.classes: list[str] = sorted({label for label in labels if label is not None})
        number = {label: place for place, label in enumerate(self.classes)}
        #: The class of each image; -1 where it has no label.
        self.targets: list[int] = [-1 if label is None else number[label] for label in labels]
        #: Whose items they are.
        self.images = images

    def __len__(self) -> int:
        return len(self.targets)


class VectorRows(_Classes, Dataset[tuple[torch.Tensor, int]]):
    """``(vector, class)`` of each image: a float32 tensor and a number."""

    def __init__(self, images: Images, layer: str, pooling: str = "average") -> None:
        super().__init__(images)
        #: All vectors, ``[images, channels]``.
        self.vectors = torch.from_numpy(images.vectors(layer, pooling).astype(np.float32))

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        return self.vectors[index], self.targets[index]


class Pictures(_Classes, Dataset[tuple[Any, int]]):
    """``(picture, class)`` of each image: the picture as RGB by Pillow, given to ``transform`` if there is one."""

    def __init__(self, images: Images, transform: Any = None) -> None:
        super().__init__(images)
        self.transform = transform

    def __getitem__(self, index: int) -> tuple[Any, int]:
        picture: Any = self.images[index].open().convert("RGB")
        return picture if self.transform is None else self.transform(picture), self.targets[index]
