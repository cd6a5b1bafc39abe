"""What leaves as a data set is read back by the programs that it is written for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tiramisu_vision import program

#: As many sample pictures as have every split, and boxes of most classes.
PICTURES = 80


@pytest.fixture(scope="module")
def told() -> str:
    """A line for each format. It ends at the first difference."""
    for module in ("pycocotools", "yaml", "pandas", "datasets", "PIL"):
        pytest.importorskip(module)
    script = Path(__file__).parents[1] / "golden" / "datasets" / "compare.py"
    ran = subprocess.run([sys.executable, str(script), str(program.checked()), str(PICTURES)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_data_sets_are_read_back_by_those_they_are_for(told: str) -> None:
    for what in ("COCO: ", "YOLO: ", "CSV and Parquet: ", "image folders: "):
        assert f"\n{what}" in f"\n{told}", told


def test_samples_are_read_back_by_fiftyone(told: str) -> None:
    if "\nFiftyOne: is not there" in told:
        pytest.skip("FiftyOne is not installed: what is written for it is checked field by field by tests/suite/cli/datasets.rs")
    assert "\nFiftyOne: the same labels and splits" in told, told
