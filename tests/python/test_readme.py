"""The table of faults names tests that are there."""

from __future__ import annotations

import re
from pathlib import Path


def test_the_tests_that_the_table_of_faults_names_are_there() -> None:
    here = Path(__file__).parent
    named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", (here / "README.md").read_text(encoding="utf-8"))
    assert len(named) > 15
    is_there = {(file, test): f"def {test}(" in (here / file).read_text(encoding="utf-8") for file, test in named}
    assert [one for one, found in is_there.items() if not found] == []
