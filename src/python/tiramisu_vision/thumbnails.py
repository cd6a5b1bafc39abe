"""Small pictures, and what a notebook shows of images."""

from __future__ import annotations

import base64
import html
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .images import Images
    from .workspace import Workspace

#: So many images a notebook shows: a file of notes keeps some 20 kB of each.
SHOWN = 20
_SIDE_PX = 96
#: So many images are asked for by number.
_NAMED = 2_000


def read(workspace: Workspace, ids: list[int]) -> dict[int, bytes]:
    """The thumbnails of images, by number; those that could not be read have none."""
    if not ids:
        return {}
    # A predicate with very many numbers is slower than reading all.
    wanted = set(ids)
    only = f"id IN ({', '.join(map(str, sorted(wanted)))})" if len(wanted) <= _NAMED else None
    found: dict[int, bytes] = {}
    for batch in workspace.table("images").to_batches(columns=["id", "thumbnail"], filter=only):
        for id, small in zip(batch["id"].to_pylist(), batch["thumbnail"], strict=True):
            if id in wanted and small.is_valid and len(small.as_buffer()) > 0:
                found[id] = small.as_py()
    return found


def sheet(workspace: Workspace, images: Images, title: str | None = None) -> str:
    """The first images in rows, with what an answer says of each; without a title, how many there are of which folder."""
    from .images import COLUMNS

    shown = images.table.slice(0, SHOWN).to_pylist()
    small = read(workspace, [row["id"] for row in shown])
    figures = [
        figure(
            small.get(row["id"]),
            row["name"],
            caption(row["label"], {name: value for name, value in row.items() if name not in COLUMNS}),
        )
        for row in shown
    ]
    more = len(images) - len(shown)
    rest = f"<p>and {more:,} more</p>" if more > 0 else ""
    if title is None:
        title = f"{len(images):,} image{'' if len(images) == 1 else 's'} of {workspace.folder}"
    return f"<div><p>{html.escape(title)}</p>{''.join(figures)}{rest}</div>"


def caption(label: str | None, found: dict[str, Any]) -> str:
    """What stands below an image."""
    told = [f"{name} {in_words(value)}" for name, value in found.items() if value is not None and name != "region"]
    return " · ".join(([label] if label else []) + told)


def figure(small: bytes | None, title: str, words: str) -> str:
    """One image as HTML; names of files may hold anything."""
    if small:
        source = "data:image/jpeg;base64," + base64.b64encode(small).decode("ascii")
        picture = f'<img src="{source}" style="max-width:{_SIDE_PX}px;max-height:{_SIDE_PX}px" alt="">'
    else:
        picture = "not readable"
    style = f"display:inline-block;width:{_SIDE_PX + 24}px;margin:2px;vertical-align:top;font-size:80%"
    title, words = html.escape(title, quote=True), html.escape(words)
    return f'<div style="{style}" title="{title}">{picture}<br>{words}</div>'


def in_words(value: Any) -> str:
    """A value of a table, short."""
    # With its zeros, so that a row of scores is as long everywhere.
    return f"{value:#.3g}".removesuffix(".") if isinstance(value, float) else str(value)
