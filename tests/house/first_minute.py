#!/usr/bin/env python3
"""How long the first minute takes: from a wheel to a selection that was exported from a notebook, as the README shows it.

    python3 assets/package/make.py target/release/tiramisu --out packages --only wheel --pack
    python3 tests/house/first_minute.py packages/tiramisu_vision-*.whl [--keep DIR] [--cache DIR]

Makes an empty environment in a home of its own, installs the wheel with its extra `notebook` (from PyPI), and runs
tests/python/notebooks/first_look.ipynb from top to bottom by that environment's Python, which knows nothing of the sources. Prints a
line for each step and each cell: seconds by the clock. What fails ends the script with what it said. `tests/house/bare_root.py` asks
the same of a bare Debian, without a notebook. Needs the network, and Python 3.10 or newer with venv.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

NOTEBOOK = Path(__file__).resolve().parents[1] / "python" / "notebooks" / "first_look.ipynb"
#: Runs in the new environment: prints how long each cell took, with its first line of code.
RUN = """
import sys, time
import nbclient, nbformat

notebook = nbformat.read(sys.argv[1], as_version=4)
begun = {}

def at(cell, cell_index, **_):
    begun[cell_index] = time.monotonic()

def done(cell, cell_index, **_):
    if cell.cell_type == "code":
        lines = [line for line in cell.source.splitlines() if line.strip() and not line.startswith(("#", "import ", "from "))]
        print(f"{time.monotonic() - begun[cell_index]:8.1f} s      {(lines or [''])[0][:90]}", flush=True)

client = nbclient.NotebookClient(notebook, timeout=600, kernel_name="python3", on_cell_start=at, on_cell_executed=done)
client.execute()
shown = [output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", [])]
pictures = sum("data:image/jpeg" in data.get("text/html", "") for data in shown)
assert pictures >= 5, f"pictures are shown in {pictures} cells"
"""
#: Only the package of the wheel is to be found, and only its program.
WHERE = """
import pathlib, sys
import tiramisu_vision
from tiramisu_vision import program
for place in (pathlib.Path(tiramisu_vision.__file__), pathlib.Path(program.find())):
    assert pathlib.Path(sys.prefix) in place.parents, place
print(tiramisu_vision.__version__)
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--keep", type=Path, help="a folder for the environment and the home, which stays [default: one for a moment]")
    parser.add_argument("--cache", type=Path, help="pip's cache: then most of what is installed does not come from the network")
    asked = parser.parse_args()
    wheel = asked.wheel.resolve(strict=True)
    with tempfile.TemporaryDirectory(prefix="tiramisu-minute-") as scratch:
        home = (asked.keep or Path(scratch)).resolve()
        if any(home.glob("*")):
            sys.exit(f"this folder is not empty: {home}")
        (home / "tmp").mkdir(parents=True)
        print(f"{wheel.name}, {wheel.stat().st_size / 1e6:.1f} MB, Python {sys.version.split()[0]}, {os.cpu_count()} processors")
        environment = of_somebody_new(home, asked.cache)
        python = home / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        begun = time.monotonic()
        timed("an empty environment", [sys.executable, "-m", "venv", home / "venv"], environment, home)
        # nbclient is what runs a notebook here in the place of JupyterLab.
        install = [python, "-m", "pip", "install", "-q", f"{wheel}[notebook]", "nbclient", "nbformat"]
        timed("pip install WHEEL[notebook]", install, environment, home)
        timed("import tiramisu_vision, for the first time", [python, "-c", WHERE], environment, home)
        (home / "run.py").write_text(RUN)
        timed("first_look.ipynb, cell by cell:", [python, "run.py", NOTEBOOK], environment, home, is_told=True)
        exported = [path for path in (home / "tmp").glob("*/first group/**/*") if path.is_file()]
        if not exported:
            sys.exit("nothing was exported")
        print(f"{time.monotonic() - begun:8.1f} s  from wheel to exported selection ({len(exported)} files)")


def of_somebody_new(home, cache):
    """Nothing of this person's, but the way to the network."""
    kept = {name: value for name, value in os.environ.items() if name.startswith("PIP_") or name.lower().endswith("_proxy")}
    kept |= {name: os.environ[name] for name in ("SYSTEMROOT", "LANG", "LC_ALL", "SSL_CERT_FILE") if name in os.environ}
    bare = {name: str(home) for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA")}
    bare |= {name: str(home / "tmp") for name in ("TMPDIR", "TEMP", "TMP")}
    bare |= {"PATH": os.pathsep.join([str(home / "venv" / "bin"), os.defpath]), "TQDM_DISABLE": "1"}
    return {**kept, **bare, "PIP_CACHE_DIR": str((cache or home / "cache").resolve())}


def timed(title, command, environment, folder, is_told=False):
    if is_told:
        print(f"            {title}", flush=True)
    begun = time.monotonic()
    done = subprocess.run(command, env=environment, cwd=folder, stdout=None if is_told else subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"{title}: ended with {done.returncode}\n{(done.stdout or '')[-2000:]}{done.stderr[-4000:]}")
    print(f"{time.monotonic() - begun:8.1f} s  {'all of it' if is_told else title}", flush=True)


if __name__ == "__main__":
    main()
