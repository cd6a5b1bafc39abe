"""A view of images for Hugging Face ``datasets``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import datasets
import numpy as np
import pyarrow as pa
from datasets.features.features import generate_from_arrow_type

if TYPE_CHECKING:
    from .images import Images


def dataset_of(images: Images, layers: list[str], pooling: str) -> datasets.Dataset:
    """See :meth:`Images.to_datasets`. Vectors are float32: not all that reads a data set knows half floats."""
    labels = images.labels
    names = sorted({label for label in labels if label is not None})
    columns: dict[str, Any] = {"image": [{"path": str(path), "bytes": None} for path in images.paths]}
    features: dict[str, Any] = {"image": datasets.Image()}
    if names:
        number = {name: place for place, name in enumerate(names)}
        columns["label"] = [None if label is None else number[label] for label in labels]
        features["label"] = datasets.ClassLabel(names=names)
    for field in images.table.schema:
        if field.name != "label":
            columns[field.name] = images.table[field.name].to_pylist()
            features[field.name] = generate_from_arrow_type(field.type)
    made = datasets.Dataset.from_dict(columns, features=datasets.Features(features))
    for layer in layers:
        values = np.asarray(images.vectors(layer, pooling), dtype=np.float32)
        lists = pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), values.shape[1])
        made = datasets.concatenate_datasets([made, datasets.Dataset(pa.table({layer: lists}))], axis=1)
    return made
