#!/usr/bin/env python3
"""How long it takes on a bare Debian from a package to the first exported selection, with nothing there but what the package asks for.

    sudo tests/house/bare_root.py packages/tiramisu_vision-*.whl packages/tiramisu_*.deb [--suite bookworm] [--keep DIR]

Makes a root by debootstrap (`--variant=minbase`; `apt install debootstrap`, or the package unpacked and DEBOOTSTRAP_DIR set), and in a
copy of it for each package

- the wheel: installs python3 and python3-venv, then the wheel into an empty environment, with what pip gets for it; in Python
  sample pictures are extracted, a group of them is asked for, and it is exported;
- the package of Debian: `apt-get install --no-install-recommends`, then the same by verbs.

Prints a line for each step: seconds by the clock, and of the processor. What a step says when it fails ends the script. Needs root,
for chroot and for /proc of its own, and the network.
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PYTHON = """
import tiramisu_vision as tiramisu
folder = tiramisu.sample("first-pictures", count=132)
work = tiramisu.extract(folder, progress=False)
near = work.neighbours(work.query("label = 'spirals'"), count=5)
assert len(near) == 5 and len(work.layers) > 5, near
where = near.export("near", progress=False)
assert len(list(where.iterdir())) == 5
assert len(open(work.query("label = 'ferns'").export("ferns.csv", progress=False)).readlines()) > 6
"""
VERBS = """set -e
tiramisu sample first-pictures --count 132 > said
tiramisu extract first-pictures >> said
tiramisu neighbours --like label:spirals --folder first-pictures -k 5 >> said
tiramisu export first-pictures --label spirals --to spirals.csv >> said
test "$(wc -l < spirals.csv)" -gt 6
tiramisu export first-pictures --like first-pictures/spirals/spirals_0003.jpg -k 5 --to near >> said
test "$(ls near | wc -l)" -eq 6
"""
# By name, since apt asks no more what a package recommends that is there: so a name that is wrong ends the script. Of alternatives
# the first, and of versions any.
RECOMMENDED = """set -e
names=$(dpkg-query -W -f '${Recommends}' tiramisu | sed 's/([^)]*)//g; s/|[^,]*//g; s/,/ /g')
test -n "$names"
apt-get install -q -y $names
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packages", nargs="+", type=Path, help="a wheel, a .deb or both")
    parser.add_argument("--suite", default="bookworm", help="Debian's name of the release")
    parser.add_argument("--mirror", default="http://deb.debian.org/debian")
    parser.add_argument("--keep", type=Path, help="a folder for the bare root, which is used again when it is there")
    asked = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("only root may change the root of a process: sudo")
    with tempfile.TemporaryDirectory(prefix="tiramisu-root-") as scratch:
        bare = asked.keep or Path(scratch) / "bare"
        if not (bare / "etc/debian_version").is_file():
            tool = shutil.which("debootstrap") or sys.exit("debootstrap is not installed: apt install debootstrap")
            timed("debootstrap", [tool, "--variant=minbase", asked.suite, str(bare), asked.mirror])
        for package in asked.packages:
            root = Path(scratch) / package.suffix.lstrip(".")
            subprocess.run(["cp", "-a", str(bare), str(root)], check=True)
            (root / "try").mkdir()
            shutil.copy(package, root / "try")
            # Where the network is behind a proxy with a certificate of its own, pip is told, as it is out here.
            if "PIP_CERT" in os.environ:
                shutil.copy(os.environ["PIP_CERT"], root / "try/certificates")
            print(f"{package.name}, {package.stat().st_size / 1e6:.1f} MB, Debian {(root / 'etc/debian_version').read_text().strip()}")
            {".whl": try_wheel, ".deb": try_debian}[package.suffix](root, f"/try/{package.name}")
            subprocess.run(["rm", "-rf", "--one-file-system", str(root)], check=True)


def try_wheel(root, wheel):
    inside(root, "apt-get update", "apt-get update -q")
    inside(root, "apt-get install python3 python3-venv", "apt-get install -q -y --no-install-recommends python3 python3-venv")
    begun = time.monotonic()
    inside(root, "an empty environment", "python3 -m venv /try/venv")
    inside(root, "pip install WHEEL", f"/try/venv/bin/python -m pip install -q --no-cache-dir {wheel}")
    (root / "try/first.py").write_text(PYTHON)
    inside(root, "from the first line to an exported selection", "/try/venv/bin/python first.py")
    print(f"{time.monotonic() - begun:8.1f} s  from wheel to exported selection")
    inside(root, "the command, once more", "/try/venv/bin/tiramisu --version")


def try_debian(root, package):
    inside(root, "apt-get update", "apt-get update -q")
    begun = time.monotonic()
    inside(root, "apt-get install PACKAGE", f"apt-get install -q -y --no-install-recommends {package}")
    inside(root, "from the first verb to an exported selection", VERBS)
    print(f"{time.monotonic() - begun:8.1f} s  from .deb to exported selection")
    inside(root, "what it recommends, for the window", RECOMMENDED)


def inside(root, title, script):
    """Runs a script of the shell with that root, and a /proc that is gone when it ends."""
    kept = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
    kept |= {name: os.environ[name] for name in ("PIP_INDEX_URL", "PIP_DEFAULT_TIMEOUT") if name in os.environ}
    kept |= {"PIP_CERT": "/try/certificates"} if (root / "try/certificates").is_file() else {}
    kept |= {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    script = f"mount -t proc proc '{root}/proc' && exec chroot '{root}' sh -c 'cd /try && exec sh -s' <<'SCRIPT'\n{script}\nSCRIPT\n"
    timed(title, ["unshare", "--mount", "sh", "-c", script], kept)


def timed(title, command, environment=None):
    begun, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{title}: ended with {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"{time.monotonic() - begun:8.1f} s  {spent:6.1f} of the processor  {title}", flush=True)


if __name__ == "__main__":
    main()
