"""A view of images for FiftyOne."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import fiftyone
import numpy as np

if TYPE_CHECKING:
    from .images import Images


def dataset_of(images: Images, name: str | None, layers: list[str], pooling: str) -> fiftyone.Dataset:
    """See :meth:`Images.to_fiftyone`. A field of vectors is named like the layer, with ``_`` for what a field's name
    cannot have; a column that an answer added is a field of its own name."""
    from .images import COLUMNS

    tags: dict[int, list[str]] = {}
    for tag, tagged in images._workspace.tags.items():
        for id in tagged.ids.tolist():
            tags.setdefault(id, []).append(tag)
    added = [column for column in images.table.column_names if column not in COLUMNS]
    vectors = {field_of(layer): np.asarray(images.vectors(layer, pooling), np.float32) for layer in layers}
    samples = []
    for place, image in enumerate(images):
        sample = fiftyone.Sample(filepath=str(image.path), tags=tags.get(image.id, []))
        sample["tiramisu_id"] = image.id
        if image.label is not None:
            sample["ground_truth"] = fiftyone.Classification(label=image.label)
        for column in added:
            if image.found[column] is not None:
                sample[column] = image.found[column]
        for field, values in vectors.items():
            sample[field] = values[place]
        samples.append(sample)
    made = fiftyone.Dataset(name)
    made.add_samples(samples)
    return made


def field_of(layer: str) -> str:
    """A name that FiftyOne takes for a field.

    >>> field_of("features.12.concat")
    'features_12_concat'
    """
    return re.sub(r"\W", "_", layer)
