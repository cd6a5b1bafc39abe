"""Layers as people name them: by a name, or by the :class:`Layer` that tells of one."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from .tables import Layer

#: Names share so much of their letters at least, to be taken for one that was misspelt.
_LIKE = 0.6

#: What names one layer.
AnyLayer = str | Layer
#: What names layers: any number of them, or a single one.
ManyLayers = Sequence[AnyLayer] | AnyLayer


def names_of(layers: ManyLayers | None) -> list[str]:
    """The names of layers, in their order; of nothing, none.

    >>> names_of(work.layers[:1]), names_of("features.1"), names_of(None)
    (['features.1'], ['features.1'], [])
    """
    named = [layers] if isinstance(layers, (str, Layer)) else layers or []
    return [str(layer) for layer in named]


def source(layer: AnyLayer | None, pooling: str) -> list[str]:
    """Which vectors are meant, in words of the command line."""
    return [f"--pooling={pooling}", *([] if layer is None else [f"--layer={layer}"])]


def not_stored(layer: str, pooling: str, stored: Sequence[str]) -> str:
    """That a layer is not stored, with those that are called most like it.

    >>> print(not_stored("concat12", "average", ["features.1", "features.3.concat", "features.12.concat"]))
    the layer concat12 is not stored (average). Did you mean features.12.concat? Workspace.layers lists all 3
    """
    like = likest(layer, stored)
    told = f" Did you mean {' or '.join(like)}?" if like else ""
    return f"the layer {layer} is not stored ({pooling}).{told} Workspace.layers lists all {len(stored)}"


def likest(word: str, names: Sequence[str]) -> list[str]:
    """Up to three names that are most like a word, the likest first: those that have all its letters and numbers, in whatever
    order, or else most of its letters.

    >>> names = [f"features.{number}.{part}" for number in (2, 3, 12) for part in ("squeeze", "concat")]
    >>> likest("concat12", names), likest("features.12.conct", names)[0], likest("zzz", names)
    (['features.12.concat'], 'features.12.concat', [])
    """
    wanted = _parts(word)
    ratio = {name: difflib.SequenceMatcher(None, word.lower(), name.lower()).ratio() for name in names}
    ranked = sorted(names, key=lambda name: ratio[name], reverse=True)
    best = [name for name in ranked if wanted and wanted <= _parts(name)]
    return (best or [name for name in ranked if ratio[name] >= _LIKE])[:3]


def _parts(name: str) -> set[str]:
    return set(re.findall(r"[a-z]+|[0-9]+", name.lower()))
