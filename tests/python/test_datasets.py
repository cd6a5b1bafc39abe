"""What leaves as a data set is read back by the programs that it is written for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tiramisu_vision import program

#: As many sample pictures as have every split, and boxes of most classes.
PICTURES = 80


def test_data_sets_are_read_back_by_those_they_are_for() -> None:
    for module in ("pycocotools", "yaml", "pandas", "datasets", "PIL"):
        pytest.importorskip(module)
    script = Path(__file__).parents[1] / "golden" / "datasets" / "compare.py"
    ran = subprocess.run([sys.executable, str(script), str(program.checked()), str(PICTURES)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    # It ends at the first difference: each format that was compared has its line.
    for what in ("COCO: ", "YOLO: ", "CSV and Parquet: ", "image folders: ", "FiftyOne: "):
        assert what in ran.stdout, ran.stdout
