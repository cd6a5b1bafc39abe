"""What a built program needs of the system, read from its own file."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

#: What every Linux with the named C library has; anything else would have to travel with the program.
SYSTEM = {"libc.so.6", "libm.so.6", "libgcc_s.so.1", "libpthread.so.0", "librt.so.1", "libdl.so.2"}

_MACHINES = {62: "x86_64", 183: "aarch64"}
_DYNAMIC, _VERSIONS_NEEDED, _SYMBOLS = 6, 0x6FFFFFFE, 2
_NEEDED = 1


@dataclass(frozen=True)
class Needs:
    """What a program for Linux needs."""

    #: As Linux calls it: ``x86_64``, ``aarch64``.
    machine: str
    #: Libraries that are loaded with it.
    libraries: list[str]
    #: The newest version of the GNU C library that it asks for: 35 for 2.35.
    glibc_minor: int
    #: Whether the names of its functions are still in it.
    has_symbols: bool


def read(path: Path) -> Needs | None:
    """Reads the head of a program; ``None`` when it is none for Linux."""
    with path.open("rb") as file:
        data = file.read()
    if data[:6] != b"\x7fELF\x02\x01":
        return None
    (machine,) = struct.unpack_from("<H", data, 18)
    (sections_at,) = struct.unpack_from("<Q", data, 40)
    size, count = struct.unpack_from("<HH", data, 58)
    sections = [_Section.read(data, sections_at + number * size) for number in range(count)]
    libraries: list[str] = []
    newest = 0
    for section in sections:
        if section.kind == _DYNAMIC:
            libraries = _libraries(data, section, sections[section.link])
        elif section.kind == _VERSIONS_NEEDED:
            newest = max([newest, *_glibc(data, section, sections[section.link])])
    has_symbols = any(section.kind == _SYMBOLS for section in sections)
    return Needs(_MACHINES.get(machine, f"machine_{machine}"), libraries, newest, has_symbols)


@dataclass(frozen=True)
class _Section:
    kind: int
    offset: int
    size: int
    link: int
    info: int

    @staticmethod
    def read(data: bytes, at: int) -> _Section:
        _, kind, _, _, offset, size, link, info = struct.unpack_from("<IIQQQQII", data, at)
        return _Section(kind, offset, size, link, info)


def _text(data: bytes, strings: _Section, at: int) -> str:
    begin = strings.offset + at
    return data[begin : data.index(b"\0", begin)].decode()


def _libraries(data: bytes, dynamic: _Section, strings: _Section) -> list[str]:
    entries = struct.iter_unpack("<qQ", data[dynamic.offset : dynamic.offset + dynamic.size])
    return [_text(data, strings, value) for tag, value in entries if tag == _NEEDED]


def _glibc(data: bytes, needed: _Section, strings: _Section) -> list[int]:
    """The minor versions of glibc that are named, over all libraries."""
    found = []
    at = needed.offset
    for _ in range(needed.info):
        _, count, _, first, following = struct.unpack_from("<HHIII", data, at)
        inner = at + first
        for _ in range(count):
            _, _, _, name, onwards = struct.unpack_from("<IHHII", data, inner)
            word = _text(data, strings, name)
            if word.startswith("GLIBC_2."):
                found.append(int(word.split(".")[1]))
            inner += onwards
        at += following
    return found
