"""What can go wrong, in the program's own words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager


class TiramisuError(Exception):
    """Something could not be done; the message is the program's own."""


class MisuseError(TiramisuError, ValueError):
    """What was asked makes no sense: an unknown column in a predicate, a number out of range."""


class ProgramError(TiramisuError):
    """The program cannot be found or started, or is of another version than this package."""


class InterruptedByRequest(TiramisuError):
    """The program was told to stop (by ``kill``); what was committed stays."""


class Remark(UserWarning):
    """Something that the program said beside its answer."""


#: What the program adds to what it says of its command line.
_SEE_HELP = "For more information, try '--help'."


#: Verbs, and what they are called here.
_VERBS = {"embed": "embed", "extract": "extract", "project": "map", "cluster": "clusters", "communities": "clusters"}
#: Options that arguments are called like. Others stay as they are.
_NAMES = (
    "anywhere", "by", "compute", "count", "embedding", "exact", "format", "layer", "layers", "least", "method", "metric", "mix",
    "neighbours", "network", "overwrite", "pooling", "precision", "region", "resolution", "seed", "vector", "where", "workspace",
)  # fmt: skip
#: Those that are there or not.
_FLAGS = ("anywhere", "embedding", "exact", "overwrite")
#: Those after which a word is what is to be written. After others it is one of the sentence.
_WITH_WORDS = ("compute", "format", "method", "metric", "pooling", "precision")
_COMMAND = re.compile(rf"`tiramisu ({'|'.join(_VERBS)})((?: [^`]*)?)`")
_OPTION = re.compile(rf"(?<![\w/-])--({'|'.join(_NAMES)})(?![\w-])(?: (?!(?:and|are|in|is|or|says|to|with)\b)([a-z][\w]*))?")


def _call(verb: str, words: str) -> str:
    """A command as a method.

    >>> _call("project", " FOLDER --method umap --pooling average"), _call("embed", " FOLDER")
    ('`map(method="umap", pooling="average")`', '`embed()`')
    """
    given = re.findall(r"--([a-z-]+)(?: ([^ -][^ ]*))?", words)
    arguments = [_argument(name, value) if name in _FLAGS or not value else f'{name}="{value}"' for name, value in given]
    return f"`{_VERBS[verb]}({', '.join(arguments)})`"


def _argument(name: str, word: str | None) -> str:
    if name in _FLAGS:
        return f"{name}=True" + (f" {word}" if word else "")
    if name in _WITH_WORDS and word:
        return f'{name}="{word}"'
    return f"{name}=..." + (f" {word}" if word else "")


def in_python(message: str) -> str:
    """What the program says of its commands and options, said of methods and arguments.

    >>> in_python("The device failed. Try --compute cpu, or fewer layers (`--layers`).")
    'The device failed. Try compute="cpu", or fewer layers (`layers=...`).'
    >>> in_python("it exists; add --overwrite to replace it. Make it first: `tiramisu embed FOLDER`")
    'it exists; add overwrite=True to replace it. Make it first: `embed()`'

    >>> in_python("invalid value 'mds' for '--method <METHOD>'\\n  [possible values: pca, umap]\\n\\n" + _SEE_HELP)
    "invalid value 'mds' for method; possible values: pca, umap"
    """
    if _SEE_HELP not in message:
        message = _COMMAND.sub(lambda command: _call(command[1], command[2]), message)
        return _OPTION.sub(lambda option: _argument(option[1], option[2]), message)
    lines = [line.strip() for line in message.replace(_SEE_HELP, "").splitlines()]
    told = "; ".join(re.sub(r"^\[(.*)\]$", r"\1", line) for line in lines if line)
    return re.sub(r"'--([a-z-]+)(?: <[^>]*>)?'", lambda option: option[1].replace("-", "_"), told)


@contextmanager
def needing(package: str, module: str | None = None) -> Iterator[None]:
    """What is done in it needs a package that does not come with this one; that it is lacking is said with what to do.

    >>> with needing("nonsense"):
    ...     import nonsense
    Traceback (most recent call last):
    ModuleNotFoundError: this needs nonsense, which is not installed: pip install nonsense

    Args:
        package: what it is installed by.
        module: what it is imported by, if that is another name.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name != (module or package):
            raise
        told = f"this needs {package}, which is not installed: pip install {package}"
        raise ModuleNotFoundError(told, name=error.name) from error
