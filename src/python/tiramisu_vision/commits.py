"""What workers wrote becomes visible: all of it as one version, and each shard once."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import lance
from lance.commit import CommitConflictError
from lance.file import LanceFileReader
from lance.fragment import FragmentMetadata

from .errors import TiramisuError
from .plans import Target


@dataclass(frozen=True)
class Written:
    """What was written of a shard, and is not yet visible."""

    #: The name of the shard.
    shard: str
    #: Fragments as JSON.
    fragments: tuple[str, ...] = field(repr=False)
    rows: int
    #: Rows without vectors, or not all of them.
    problems: int
    seconds: float

    def to_json(self) -> str:
        """As a text, for engines whose rows are texts and numbers."""
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(told: str) -> Written:
        """What such a text says."""
        read = json.loads(told)
        return Written(**{**read, "fragments": tuple(read["fragments"])})


@dataclass(frozen=True)
class Committed:
    """What a commit made visible."""

    #: The version that has it; the one that was there, when there was nothing to commit.
    version: int
    shards: int
    rows: int
    problems: int
    #: Shards with pictures that somebody else committed meanwhile: plan again for what is left of them.
    overtaken: tuple[str, ...] = ()
    #: Shards whose files are gone, since the table was cleaned up before they were committed: plan again for them.
    lost: tuple[str, ...] = ()


def all_lost(done: Committed, before: bool) -> bool:
    """Whether nothing arrived of a round. After two such in turn (``before``) a third would be no better."""
    is_all_lost = bool(done.lost) and not done.shards and not done.overtaken
    if is_all_lost and before:
        raise TiramisuError(
            f"the files of all {len(done.lost)} shards are missing where the table is: name a target that every worker and this "
            "machine share, and do not clean the table up while it is extracted to"
        )
    return is_all_lost


def commit(
    target: Target, written: Iterable[Written], since: int, order: Sequence[str] = (), tries: int = 10
) -> Committed:
    """Makes what was written visible, all of it as one version.

    Args:
        written: what :func:`write` gave, also more than once for a shard.
        since: the version of the target that was looked at when the work was shared out.
        order: names of shards in the order that their rows are to have.
        tries: how often it is tried where the store refuses; others that commit at the same time do not count.

    Raises:
        TiramisuError: when the store refuses to the end. Nothing is visible then, and another run does the work again.
    """
    once = {one.shard: one for one in reversed(list(written))}
    place = {name: number for number, name in enumerate(order)}
    chosen = sorted(once.values(), key=lambda one: (place.get(one.shard, len(place)), one.shard))
    refused = 0
    overtaken: list[str] = []
    lost: list[str] = []
    left = [one for one in chosen if one.rows]
    while True:
        try:
            table = target.open()
            files = _files(table)
            # An answer may be lost after the deed was done.
            if left and all(_file(json.loads(told)) in files for one in left for told in one.fragments):
                return _committed(table.version, left, overtaken, lost)
            # A version with files that are not there could not be read.
            lost += [one.shard for one in left if not _are_there(target, one)]
            left = [one for one in left if one.shard not in lost]
            overtaken += _overtaken(table, target, left, since)
            left = [one for one in left if one.shard not in overtaken]
            if not left:
                return _committed(table.version, [], overtaken, lost)
            return _committed(_commit_once(table, target, left).version, left, overtaken, lost)
        except CommitConflictError:
            # Somebody else was quicker: what they committed is looked at before the next attempt.
            continue
        except (OSError, ValueError) as error:
            refused += 1
            if refused >= tries:
                raise TiramisuError(
                    f"what was written could not be committed, and is not visible ({error}): {target.uri}"
                ) from error
            time.sleep(min(0.1 * 2**refused, 10))


def _file(fragment: dict[str, Any]) -> str:
    return str(fragment["files"][0]["path"])


def _files(table: lance.LanceDataset) -> dict[str, int]:
    return {_file(fragment.metadata.to_json()): fragment.fragment_id for fragment in table.get_fragments()}


def _overtaken(table: lance.LanceDataset, target: Target, written: list[Written], since: int) -> tuple[str, ...]:
    """Which shards have pictures that came into the table after a version of it."""
    if table.version == since or not written:
        return ()
    try:
        before = set(_files(table.checkout_version(since)))
    except (OSError, ValueError) as error:
        if not _is_missing(error):
            raise
        # It was cleaned up. What was in it was never shared out, so all that is there is compared.
        before = set()
    came = [number for file, number in _files(table).items() if file not in before]
    if not came:
        return ()
    keys: set[Any] = set()
    for number in came:
        keys.update(table.get_fragment(number).to_table(columns=[target.key])[target.key].to_pylist())
    return tuple(one.shard for one in written if any(key in keys for key in _keys_written(target, one)))


def _keys_written(target: Target, written: Written) -> Iterator[Any]:
    for reader in _readers(target, written):
        for batch in reader.read_all().to_batches():
            yield from batch[target.key].to_pylist()


def _readers(target: Target, written: Written) -> Iterator[LanceFileReader]:
    for told in written.fragments:
        path = f"{target.uri}/data/{_file(json.loads(told))}"
        yield LanceFileReader(path, storage_options=target.options(), columns=[target.key])


def _are_there(target: Target, written: Written) -> bool:
    """Whether the files of a shard are still there; what is not committed is removed when a table is cleaned up."""
    try:
        for _ in _readers(target, written):
            pass
    except (OSError, ValueError) as error:
        if not _is_missing(error):
            raise
        return False
    return True


def _is_missing(error: Exception) -> bool:
    told = str(error).lower()
    return isinstance(error, FileNotFoundError) or any(words in told for words in ("not found", "no such file"))


def _commit_once(table: lance.LanceDataset, target: Target, written: list[Written]) -> lance.LanceDataset:
    """Commits unless there is a newer version than ``table``.

    A plain append would go through beside another one, also of the same pictures. A merge that has all fragments, the
    new ones behind the others, does not; and as no column changes, appends of others may follow it unhindered.
    """
    there = [fragment.metadata for fragment in table.get_fragments()]
    number = max((fragment.id for fragment in there), default=-1) + 1
    new = []
    for one in written:
        for told in one.fragments:
            new.append(FragmentMetadata.from_json(json.dumps({**json.loads(told), "id": number})))
            number += 1
    operation = lance.LanceOperation.Merge(there + new, table.lance_schema, preserves_nullability=True)
    return lance.LanceDataset.commit(
        target.uri, operation, read_version=table.version, storage_options=target.options(), max_retries=0
    )


def _committed(version: int, written: list[Written], overtaken: Sequence[str], lost: Sequence[str] = ()) -> Committed:
    rows, problems = sum(one.rows for one in written), sum(one.problems for one in written)
    return Committed(version, len(written), rows, problems, tuple(overtaken), tuple(lost))
