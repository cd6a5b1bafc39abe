"""Features by Daft: as columns of a DataFrame, made when they are wanted.

>>> from tiramisu_vision import daft as of_daft                                         # doctest: +SKIP
>>> pictures = daft.from_glob_path("/photos/*.jpg")                                     # doctest: +SKIP
>>> of_daft.features(pictures, layers=["fire9/concat"]).show()                          # doctest: +SKIP

To write a Lance table as one version, hand :func:`tiramisu_vision.shards.extract` the paths; here rows go on in Daft.
"""

from __future__ import annotations

from typing import Any

import daft
import pyarrow as pa

from .features import Features
from .shards import BATCH_ROWS


def features(
    pictures: daft.DataFrame, wanted: Features | None = None, *, batch_rows: int = BATCH_ROWS, **options: Any
) -> daft.DataFrame:
    """The rows of ``pictures`` with their features. Vectors have single floats, as Daft knows no halves; in half
    precision these are the same numbers as in a workspace. The column with the bytes of pictures is left out, unless
    it is asked for.

    Args:
        pictures: with a column ``path``, ``content`` or ``bytes``; or name it: ``column=...``.
        wanted: which features; or name its fields: ``network=..., layers=...``.

    Raises:
        TiramisuError: with the program's message, when there is no such network, layer or column.
    """
    wanted = Features.wished(wanted, options)
    incoming = pictures.schema().to_pyarrow_schema()
    column = wanted.picture_column(incoming)
    made = wanted.schema(incoming)
    kept = [name for name in made.names if name in incoming.names]
    added = [field for field in made if field.name not in kept]
    fields = [pa.field(field.name, _of_daft(field.type)) for field in added]

    @daft.func.batch(return_dtype=daft.DataType.from_arrow_type(pa.struct(fields)), batch_size=batch_rows)
    def look(of: daft.Series) -> Any:
        rows = wanted.table(pa.table({column: of.to_arrow()})).combine_chunks()
        arrays = [rows[field.name].combine_chunks().cast(field.type) for field in fields]
        return pa.StructArray.from_arrays(arrays, fields=fields)

    whole = pictures.with_column(_MADE, look(pictures[column]))
    return whole.select(*kept, *[daft.col(_MADE).get(field.name).alias(field.name) for field in fields])


#: A column for a moment.
_MADE = "__tiramisu_made"


def _of_daft(type: pa.DataType) -> pa.DataType:
    return pa.list_(pa.float32(), type.list_size) if pa.types.is_fixed_size_list(type) else type
