"""Look inside convolutional networks through your own pictures.

>>> import tiramisu_vision as tiramisu

:func:`extract` sends every picture of a folder through a network and keeps what its layers saw; :func:`open` opens what
is known of a folder. Both give a :class:`Workspace`, which answers questions with :class:`Images`:

>>> work = tiramisu.open(folder)
>>> near = work.neighbours(work.images[0], count=5)
>>> near.table.column_names[-2:]
['rank', 'score']

:func:`from_vectors` stores vectors of one's own, which can be looked at like those of a network. :func:`pull` brings a workspace
from elsewhere to this disk, and the next time only what changed.

Modules of their own, to be imported by name: ``features`` (pictures as a stream of Arrow batches), ``shards`` (features of many
machines as one version of a Lance table), ``spark``, ``ray``, ``daft`` and ``compss`` (engines that make them), ``redis``
(vectors by key).

The work is done by the program ``tiramisu``, which comes with the wheel; vectors are read straight from the tables.
"""

from __future__ import annotations

import os
from pathlib import Path

from . import program
from .adopting import from_vectors
from .analyses import Cluster, Clusters
from .boxes import Boxes
from .errors import InterruptedByRequest, MisuseError, ProgramError, Remark, TiramisuError
from .images import Image, Images
from .named_layers import ManyLayers
from .program import __version__
from .progress import Progress, ProgressTold
from .pulling import Pulled, pull
from .tables import Layer
from .workspace import Workspace, run_extraction

__all__ = [
    "Boxes",
    "Cluster",
    "Clusters",
    "Image",
    "Images",
    "InterruptedByRequest",
    "Layer",
    "MisuseError",
    "ProgramError",
    "Progress",
    "Pulled",
    "Remark",
    "TiramisuError",
    "Workspace",
    "__version__",
    "extract",
    "from_vectors",
    "open",
    "pull",
    "sample",
]


def open(
    folder: str | os.PathLike[str],
    *,
    network: str | os.PathLike[str] | None = None,
    workspace: str | os.PathLike[str] | None = None,
    compute: str = "auto",
    precision: str = "single",
) -> Workspace:
    """Opens what is known of a folder of pictures. Nothing is extracted.

    Args:
        folder: the folder with the pictures, or a workspace.
        network: the network to look through, as it was named to extract; by default the built-in one, or the only one
            that was used.
        workspace: where the workspace lies, if not in the usual place.
        compute: the device that computes: ``auto``, ``gpu`` or ``cpu``.
        precision: in which networks run: ``single`` or ``half``.

    >>> tiramisu.open(folder).images.labels[:2]
    ['bricks', 'bricks']

    Raises:
        TiramisuError: when nothing was extracted of the folder yet: :func:`extract` does.
    """
    place = Path(os.path.abspath(folder if workspace is None else workspace))
    if not (place / "workspace.json").is_file():
        words = [] if workspace is None else [f"--workspace={place}"]
        try:
            place = Path(program.ask("info", *words, "--", os.path.abspath(folder))["workspace"])
        except TiramisuError as error:
            # Its remedy is a command and an option; here it is a function and an argument.
            if not str(error).startswith("this folder has not been extracted yet"):
                raise
            raise TiramisuError(
                "this folder has not been extracted yet: extract(folder) does, or say where its workspace lies "
                f"(workspace=...): {os.path.abspath(folder)}"
            ) from None
    return Workspace(place, network, compute=compute, precision=precision)


def extract(
    folder: str | os.PathLike[str],
    *,
    network: str | os.PathLike[str] | None = None,
    layers: ManyLayers | None = None,
    workspace: str | os.PathLike[str] | None = None,
    compute: str = "auto",
    precision: str = "single",
    progress: ProgressTold = True,
) -> Workspace:
    """Extracts what is missing of a folder of pictures: what a network's layers see in each.

    A second run goes on where the first one stopped, however it stopped, and takes in new and changed pictures. Pictures
    that cannot be read are told in a warning, and by :attr:`Workspace.problems`.

    Args:
        folder: the folder; folders in it are read, too, and give their pictures labels.
        network: a name of ``tiramisu networks list``, or a file; by default the built-in network.
        layers: layers or their names, ``"all"``, or ``"default"``; by default those that the workspace has, or the usual ones.
        workspace: where to keep what is learned, if not in the usual place.
        compute: the device that computes: ``auto``, ``gpu`` or ``cpu``.
        precision: in which the network runs: ``single`` or ``half``.
        progress: ``True`` shows how far it is, with a bar where tqdm is installed; a function is called with every
            :class:`Progress`, every few seconds.

    >>> some = tiramisu.sample(folder.parent / "some", count=11)
    >>> seen = tiramisu.extract(some, layers=["features.12.concat"], compute="cpu", progress=False)
    >>> len(seen.images), [layer.name for layer in seen.layers]
    (11, ['features.12.concat'])

    Raises:
        TiramisuError: with the program's message.
        KeyboardInterrupt: by Ctrl-C, once what was extracted is committed; it says how many images are stored. On Windows it is
            stopped at once, and what was committed by then is stored.
    """
    return run_extraction(folder, network, layers, workspace, compute, precision, progress)


def sample(folder: str | os.PathLike[str], count: int = 660, seed: int = 1) -> Path:
    """Writes sample pictures that the program makes itself, to try things on, and returns their folder: a new or empty one, or
    one that holds pictures of the same sample and nothing else.

    >>> painted = tiramisu.sample(folder.parent / "painted", count=22)
    >>> len(list(painted.glob("*/*.jpg")))
    22

    Raises:
        TiramisuError: when something else lies in the folder; nothing is written then.
    """
    program.ask("sample", f"--count={count}", f"--seed={seed}", "--", os.path.abspath(folder))
    return Path(os.path.abspath(folder))
