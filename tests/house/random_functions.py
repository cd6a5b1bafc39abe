#!/usr/bin/env python3
"""Picks functions of src by chance, for a reader who asks of each: do name, file and room say what it does?

    tests/house/random_functions.py [--seed 16] [--count 20]

Of each it prints the file with its line, the first sentence of its documentation, and its signature.
"""

import argparse
import pathlib
import random
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
BEGINS = re.compile(r"^\s*(?:pub(?:\([^)]*\))?\s+)?(?:const\s+|async\s+|unsafe\s+|extern\s+\"C\"\s+)*fn\s+\w+")


def functions():
    """Every function with a name, in the order of files and lines, so that a seed picks the same ones anywhere."""
    for file in sorted((ROOT / "src").rglob("*.rs")):
        lines = file.read_text(encoding="utf-8").splitlines()
        for at, line in enumerate(lines):
            if BEGINS.match(line):
                yield file, at, lines


def first_sentence(lines, at):
    """The first sentence of the documentation above a line, or nothing."""
    doc = []
    for line in reversed(lines[:at]):
        text = line.strip()
        if text.startswith("///"):
            doc.insert(0, text[3:].strip())
        elif not text.startswith(("#[", ")]")):
            break
    first, _, _ = " ".join(doc).partition(". ")
    return first


def signature(lines, at):
    """The signature in one line, up to its body."""
    text = ""
    for line in lines[at:]:
        text += " " + line.strip()
        if "{" in line or line.rstrip().endswith(";"):
            break
    return re.sub(r"\s*\{.*$", "", text).strip()


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--seed", type=int, default=16)
    arguments.add_argument("--count", type=int, default=20)
    wish = arguments.parse_args()
    known = list(functions())
    picked = random.Random(wish.seed).sample(known, min(wish.count, len(known)))
    print(f"{len(picked)} of {len(known)} functions, seed {wish.seed}")
    for file, at, lines in picked:
        print(f"\n{file.relative_to(ROOT)}:{at + 1}")
        print(f"  /// {first_sentence(lines, at) or '(nothing)'}")
        print(f"  {signature(lines, at)}")


if __name__ == "__main__":
    main()
