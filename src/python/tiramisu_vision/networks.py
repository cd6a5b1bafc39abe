"""Which of a workspace's networks is looked through."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from . import program, tables
from .errors import TiramisuError
from .tables import FeatureTable

#: What the program calls networks that need no file, and how their tables say so.
_BUILT_IN = {"builtin": "ladyfinger", "ladyfinger": "ladyfinger", "filters": "analytic filters"}


@dataclass(frozen=True)
class Choice:
    """A network: its table, and what to call it when the program is asked."""

    #: ``None`` while nothing was extracted.
    table: FeatureTable | None
    #: As the caller named it.
    named: str | None

    def option(self) -> str | None:
        """What ``--network`` is to say; ``None`` for the program's own.

        Raises:
            TiramisuError: when only the table is known, which does not say where the network's file is.
        """
        if self.named is not None:
            return os.path.abspath(self.named) if os.path.isfile(self.named) else self.named
        if self.table is None or self.table.network == "ladyfinger":
            return None
        if self.table.is_own:
            return self.table.network
        for word, network in _BUILT_IN.items():
            if network == self.table.network:
                return word
        raise TiramisuError(
            f"the vectors are of {self.table.network}; say which network that is, as you did to extract: "
            "open(..., network=NAME or FILE)"
        )


def choose(root: Path, named: str | None) -> Choice:
    """The network that is named; without a name the built-in one, or the only one that there is.

    Raises:
        TiramisuError: when it is not clear which, or nothing was extracted with it.
    """
    known = tables.feature_tables(root)
    if named is None:
        return Choice(_unnamed(root, known), None)
    wanted = _BUILT_IN.get(named, named)
    found = [table for table in known if wanted in (table.network, table.name)]
    if not found:
        # A file, or a name of the list of networks: the program knows what it calls itself.
        told = program.ask("networks", "show", "--", os.path.abspath(named) if os.path.isfile(named) else named)
        found = [table for table in known if table.network == told["name"]]
    if len(found) == 1:
        return Choice(found[0], named)
    there = ", ".join(table.name for table in known) or "nothing"
    if not found:
        raise TiramisuError(f"nothing was extracted with {named} yet; the workspace has {there}: {root}")
    raise TiramisuError(f"the workspace has more than one table of {named}: {there}. Name the table: {root}")


def _unnamed(root: Path, known: list[FeatureTable]) -> FeatureTable | None:
    built_in = [table for table in known if table.network == "ladyfinger"]
    of_networks = [table for table in known if not table.is_own]
    for candidates in (built_in, of_networks, known):
        if len(candidates) == 1:
            return candidates[0]
    if not known:
        return None
    there = ", ".join(f"{table.network} ({table.name})" for table in known)
    raise TiramisuError(f"the workspace has vectors of several networks; name one, network=...: {there}: {root}")
