"""What the program says of its commands and options, said of methods and arguments.

Only what is true is said so: an option becomes an argument where the method that asked has one of that name, and a command a call
where the method takes all that the command gives. Others stay as the program says them, and are good on the command line.
"""

from __future__ import annotations

import inspect
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

#: What the program adds to what it says of its command line.
_SEE_HELP = "For more information, try '--help'."
#: Commands that are calls: of the words that they take without an option there is the folder alone.
_CALLS = ("cluster", "communities", "embed", "extract", "project")
#: Options after which a word is what is to be given. After others it is one of the sentence.
_WITH_WORDS = ("compute", "format", "method", "metric", "pooling", "precision")
#: What one tells :func:`tiramisu_vision.open`, and what is asked later heeds.
_OPENING = ("compute", "network", "precision", "workspace")

#: A command; an option that is said to be one of the command line; an option alone; one in a sentence, with the word behind it.
_SAID = re.compile(
    r"`tiramisu (?P<verb>[a-z-]+)(?P<words>(?: [^`]*)?)`"
    r"|on the command line: --[a-z-]+|--[a-z-]+ on the command line"
    r"|`--(?P<alone>[a-z][a-z-]*)(?: (?P<given>[^`]*))?`"
    r"|(?<![\w/-])--(?P<name>[a-z][a-z-]*)(?![\w-])(?: (?P<word>(?!(?:and|are|in|is|or|says|to|with)\b)[A-Za-z]\w*(?::\w+)?))?"
)

Parameters = Mapping[str, inspect.Parameter]


@lru_cache(maxsize=1)
def _asking() -> dict[str, Callable[..., Any]]:
    """What asks with a verb, or is what a command does."""
    # They ask the program, which says what is put in other words here.
    from . import Boxes, Images, Workspace, extract, from_vectors, open, sample
    from .features import Features
    from .shards import adopt

    return {
        "adopt": adopt,
        "boxes": Boxes.cut_out,
        "centrality": Workspace.centrality,
        "class add": Workspace.add_class,
        "class arithmetic": Workspace.nearest_classes,
        "class list": Workspace.classes,
        "class remove": Workspace.remove_class,
        "cluster": Workspace.clusters,
        "communities": Workspace.clusters,
        "duplicates": Workspace.duplicates,
        "embed": Workspace.embed,
        "exemplars": Workspace.exemplars,
        "export": Images.export,
        "extract": extract,
        "features": Features,
        "info": open,
        "neighbours": Workspace.neighbours,
        "odd-pictures": Workspace.odd_pictures,
        "outliers": Workspace.outliers,
        "project": Workspace.map,
        "query": Workspace.query,
        "sample": sample,
        "select": Workspace.select,
        "suspicious-labels": Workspace.suspicious_labels,
        "tag": Workspace.tag,
        "vectors": from_vectors,
    }


def _parameters(verb: str) -> Parameters:
    asking = _asking().get(verb)
    return {} if asking is None else inspect.signature(asking).parameters


def _heeded(asked: Sequence[str]) -> Parameters:
    """The arguments that whoever asked with these words can give: those of the method, and of what it belongs to."""
    verb = asked[0] if asked else ""
    if verb == "class":
        verb += "".join(f" {word}" for word in asked if word in ("add", "arithmetic", "list", "remove"))
    found = dict(_parameters(verb))
    if "self" in found:
        opening = _parameters("info")
        found = {name: opening[name] for name in _OPENING} | found
    return found


def _called(option: str, parameters: Parameters) -> str | None:
    """What an option is called as an argument; several where the program is told one after another."""
    name = option.replace("-", "_")
    return next((one for one in (name, f"{name}s") if one in parameters and one != "self"), None)


def _argument(name: str, given: str | None, parameters: Parameters) -> str:
    """An argument with what is given, if that is said.

    >>> known = _parameters("cluster")
    >>> _argument("count", "5", known), _argument("method", "leiden", known), _argument("layer", "NAME", known)
    ('count=5', 'method="leiden"', 'layer=...')
    """
    parameter = parameters[name]
    if isinstance(parameter.default, bool):
        return f"{name}=True"
    if not given or given.isupper():
        return f"{name}=..."
    is_number = re.fullmatch(r"-?\d+(\.\d+)?", given) and re.search(r"\b(int|float)\b", str(parameter.annotation))
    return f"{name}={given}" if is_number else f'{name}="{given}"'


def _call(verb: str, words: str) -> str | None:
    """A command as a call; nothing where the method lacks what the command gives.

    >>> _call("project", ' "my folder" --method umap --pooling average'), _call("embed", " FOLDER")
    ('`map(method="umap", pooling="average")`', '`embed()`')
    >>> _call("extract", " --batch 1"), _call("communities", " FOLDER --resolution 2")
    (None, '`clusters(method="leiden", resolution=2)`')
    """
    if verb not in _CALLS:
        return None
    try:
        parts = shlex.split(words)
    except ValueError:
        return None
    parameters, arguments = _parameters(verb), {}
    while parts:
        option, is_joined, given = parts.pop(0).partition("=")
        if not option.startswith("-"):
            continue
        name = _called(option[2:], parameters) if option.startswith("--") else None
        if name is None:
            return None
        is_flag = isinstance(parameters[name].default, bool)
        if not is_joined and not is_flag and parts and not parts[0].startswith("-"):
            given = parts.pop(0)
        arguments[name] = _argument(name, given, parameters)
    if verb == "communities":
        # The method of `clusters` is another if none is named.
        arguments = {"method": 'method="leiden"'} | arguments
    return f"`{_asking()[verb].__name__}({', '.join(arguments.values())})`"


def in_python(message: str, *asked: str) -> str:
    """What the program says to whoever asked with these words, a verb first.

    >>> in_python("The device failed. Try --compute cpu, or fewer layers (`--layers`).", "extract")
    'The device failed. Try compute="cpu", or fewer layers (`layers=...`).'
    >>> in_python("it exists; add --overwrite to replace it. Make it first: `tiramisu embed FOLDER`", "export")
    'it exists; add overwrite=True to replace it. Make it first: `embed()`'
    >>> in_python("--layer says whose vectors; `tiramisu extract --batch 1`, --judge-all", "export")
    'layers=... says whose vectors; `tiramisu extract --batch 1`, --judge-all'

    >>> in_python("invalid value 'mds' for '--method <METHOD>'\\n  [possible values: pca, umap]\\n\\n" + _SEE_HELP, "project")
    "invalid value 'mds' for method; possible values: pca, umap"
    """
    parameters = _heeded(asked)
    if _SEE_HELP in message:
        lines = [line.strip() for line in message.replace(_SEE_HELP, "").splitlines()]
        told = "; ".join(re.sub(r"^\[(.*)\]$", r"\1", line) for line in lines if line)
        return re.sub(r"'--([a-z-]+)(?: <[^>]*>)?'", lambda option: _called(option[1], parameters) or option[0], told)

    def said(found: re.Match[str]) -> str:
        if found["verb"]:
            return _call(found["verb"], found["words"]) or found[0]
        option = found["alone"] or found["name"]
        name = _called(option, parameters) if option else None
        if name is None:
            return found[0]
        if found["alone"]:
            return f"`{_argument(name, found['given'], parameters)}`"
        word = found["word"]
        is_given = word and not isinstance(parameters[name].default, bool)
        if is_given and (name in _WITH_WORDS or word.isupper() or re.fullmatch(r"\w+:\w+", word)):
            return _argument(name, word, parameters)
        return _argument(name, None, parameters) + (f" {word}" if word else "")

    return _SAID.sub(said, message)
