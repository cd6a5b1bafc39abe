"""The program is found, checked, asked and stopped; what goes wrong is told in its words."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

import pytest

import tiramisu_vision as tiramisu
from tiramisu_vision import program
from tiramisu_vision.progress import Progress, shown

ROOT = Path(__file__).parents[2]


def stand_in(folder: Path, text: str) -> Path:
    """A program of a few lines in the place of the real one."""
    path = folder / "tiramisu"
    path.write_text(f"#!{sys.executable}\n{text}")
    path.chmod(0o755)
    return path


def test_package_and_program_have_one_version() -> None:
    lines = (ROOT / "Cargo.toml").read_text().splitlines()
    assert f'version = "{tiramisu.__version__}"' in lines[: lines.index("[workspace]")]


def test_a_program_of_another_version_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = stand_in(tmp_path, "print('tiramisu 9.1.0')")
    monkeypatch.setenv("TIRAMISU_PROGRAM", str(path))
    with pytest.raises(tiramisu.ProgramError, match=r"version 9\.1\.0 and the Python package 0\.1\.0.*==9\.1\.0"):
        tiramisu.open(tmp_path)


def test_what_is_no_program_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIRAMISU_PROGRAM", str(tmp_path / "nowhere"))
    with pytest.raises(tiramisu.ProgramError, match="TIRAMISU_PROGRAM names no file"):
        program.checked()
    monkeypatch.setenv("TIRAMISU_PROGRAM", str(stand_in(tmp_path, "print('something else')")))
    with pytest.raises(tiramisu.ProgramError, match=r"this is not tiramisu.*something else"):
        program.checked()
    monkeypatch.delenv("TIRAMISU_PROGRAM")
    monkeypatch.setattr(program, "_of_the_wheel", list)
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    with pytest.raises(tiramisu.ProgramError, match="pip install tiramisu-vision"):
        program.checked()


def test_the_path_is_searched_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on_path = stand_in(tmp_path, "print('tiramisu 0.1.0')")
    monkeypatch.delenv("TIRAMISU_PROGRAM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(program, "_of_the_wheel", list)
    assert program.find() == on_path
    (tmp_path / "wheel").mkdir()
    of_wheel = stand_in(tmp_path / "wheel", "print('tiramisu 0.1.0')")
    monkeypatch.setattr(program, "_of_the_wheel", lambda: [of_wheel])
    assert program.find() == of_wheel


def test_failures_are_the_programs_own_words(work: tiramisu.Workspace, tmp_path: Path) -> None:
    with pytest.raises(tiramisu.MisuseError, match="there is no column lable. Did you mean label"):
        work.query("lable = 'ferns'")
    with pytest.raises(tiramisu.TiramisuError, match="there is no such picture"):
        work.neighbours("nowhere.jpg")
    with pytest.raises(tiramisu.TiramisuError, match=r"has not been extracted yet: extract\(folder\) does"):
        tiramisu.open(tmp_path)
    with pytest.raises(tiramisu.MisuseError, match="nonsense"):
        work.map("nonsense")
    with pytest.raises(tiramisu.TiramisuError, match="has no channel 9999"):
        work.exemplars("features.12.concat", 9999)
    with pytest.raises(KeyError, match="is not stored"):
        work.vectors("conv99")
    with pytest.raises(KeyError, match="there is no pooling mean"):
        work.vectors("features.12.concat", "mean")
    with pytest.raises(KeyError, match="there is no image 500"):
        work.tag("x", 500)


def test_a_workspace_of_a_later_version_is_refused(work: tiramisu.Workspace, tmp_path: Path) -> None:
    (tmp_path / "workspace.json").write_text('{"format": 3, "image_folder": "/x"}')
    with pytest.raises(tiramisu.TiramisuError, match="format 3.*up to 2"):
        tiramisu.open(tmp_path)
    (tmp_path / "workspace.json").write_text("")
    with pytest.raises(tiramisu.TiramisuError, match="workspace.json is damaged"):
        tiramisu.open(tmp_path)


def test_remarks_become_warnings_that_name_the_callers_line(work: tiramisu.Workspace) -> None:
    with pytest.warns(tiramisu.Remark, match="500 clusters were asked for") as caught:
        work.clusters(500, progress=False)
    assert caught[0].filename == __file__


def test_progress_is_read_and_told() -> None:
    line = "Extracting features: 72 of 132 (55 %), 15.1/s, 4 s left, 3 unreadable"
    told: list[Progress] = []
    show = shown(told.append)
    show.show(Progress.parse(line))
    assert told == [Progress("Extracting features", 72, 132, "15.1/s, 4 s left, 3 unreadable")]
    assert Progress.parse("no image matches --where") is None


WORKS = """
import signal, sys, time, json
if "--version" in sys.argv:
    print("tiramisu 0.1.0"); sys.exit()
stopped = []
signal.signal(signal.SIGINT, lambda *_: stopped.append(1))
print("a remark", file=sys.stderr)
for done in range(200):
    print(f"Extracting features: {done} of 200 ({done // 2} %), 1.0/s", file=sys.stderr, flush=True)
    time.sleep(0.02)
    if stopped:
        print(json.dumps({"interrupted": True, "remark": "What was committed stays."}))
        sys.exit(130)
print("{}")
"""


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")
def test_ctrl_c_stops_the_program_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIRAMISU_PROGRAM", str(stand_in(tmp_path, WORKS)))
    told: list[Progress] = []

    def press(progress: Progress) -> None:
        told.append(progress)
        if len(told) == 5:
            threading.Thread(target=signal.raise_signal, args=(signal.SIGINT,)).start()

    with pytest.raises(KeyboardInterrupt, match="What was committed stays"):
        program.ask("extract", progress=press)
    assert 5 <= len(told) < 200


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")
def test_an_extraction_that_is_stopped_says_what_is_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = '{"interrupted": True, "with_vectors": 1024, "images": 2000, "problems": []}'
    text = WORKS.replace('{"interrupted": True, "remark": "What was committed stays."}', report)
    assert text != WORKS
    monkeypatch.setenv("TIRAMISU_PROGRAM", str(stand_in(tmp_path, text)))

    def press(progress: Progress) -> None:
        if progress.done == 5:
            threading.Thread(target=signal.raise_signal, args=(signal.SIGINT,)).start()

    with pytest.raises(KeyboardInterrupt, match="^stopped; 1,024 of 2,000 images are stored; run it again to go on$"):
        tiramisu.extract(tmp_path, progress=press)


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")
@pytest.mark.parametrize(
    ("verb", "told"),
    [
        ("extract", "^stopped at once; what was committed is stored, and the same call goes on from there$"),
        *((verb, "^stopped at once$") for verb in ("project", "cluster", "export")),
    ],
)
def test_only_of_an_extraction_that_is_stopped_at_once_it_is_said_that_it_goes_on(
    verb: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It hears the first Ctrl-C, and goes on all the same.
    text = WORKS.replace("    if stopped:", "    if len(stopped) > 1:")
    assert text != WORKS
    monkeypatch.setenv("TIRAMISU_PROGRAM", str(stand_in(tmp_path, text)))

    def press(progress: Progress) -> None:
        if progress.done in (5, 20):
            threading.Thread(target=signal.raise_signal, args=(signal.SIGINT,)).start()

    with pytest.raises(KeyboardInterrupt, match=told):
        program.ask(verb, progress=press)


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")
def test_a_listener_that_fails_leaves_no_program_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = tmp_path / "ended"
    text = WORKS.replace(
        "stopped = []",
        f"stopped = []\nsignal.signal(signal.SIGTERM, lambda *_: (open({str(mark)!r}, 'w'), sys.exit(143)))",
    )
    monkeypatch.setenv("TIRAMISU_PROGRAM", str(stand_in(tmp_path, text)))

    def fail(progress: Progress) -> None:
        raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="mine"):
        program.ask("extract", progress=fail)
    assert mark.exists()


def test_tqdm_draws_the_progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    pytest.importorskip("tqdm")
    monkeypatch.setenv("TIRAMISU_PROGRAM", str(stand_in(tmp_path, WORKS.replace("0.02", "0.001"))))
    with pytest.warns(tiramisu.Remark, match="a remark"):
        program.ask("extract", progress=True)
    drawn = capsys.readouterr().err
    assert "Extracting features" in drawn and "200/200" in drawn
