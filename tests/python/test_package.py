"""What is given to people holds the program, the package, and the licences of what they are made of."""

from __future__ import annotations

import configparser
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from tiramisu_vision import packed

ROOT = Path(__file__).parents[2]
MAKE = ROOT / "assets" / "package" / "make.py"

pytestmark = pytest.mark.skipif(
    sys.version_info < (3, 11) or not sys.platform.startswith("linux"), reason="packages are made by Python 3.11 on Linux"
)


#: Says what it is told; of a number, sleeps so many seconds.
SMALL = """\
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
int main(int count, char **words) {
  if (count == 2 && atoi(words[1]) > 0) return sleep(atoi(words[1]));
  for (int place = 1; place < count; place++) printf(place + 1 < count ? "%s " : "%s\\n", words[place]);
  return 0;
}
"""


def compiled(source: str, out: Path, *options: str) -> Path:
    """A program of C. Those of the system will not do: on some, `true`, `echo` and `sleep` are one program that asks its name."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        pytest.skip("there is no C compiler to make a small program in the place of the real one")
    subprocess.run([compiler, "-x", "c", "-", "-o", str(out), *options], input=source, text=True, check=True)
    return out


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small program in the place of the real one, which is large. Without names of functions, it is packed as it is."""
    return compiled(SMALL, tmp_path_factory.mktemp("small") / "small", "-s")


@pytest.fixture(scope="module")
def packages(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All packages of it."""
    folder = tmp_path_factory.mktemp("packages")
    licences = folder / "licences.txt"
    licences.write_text("of crates\n")
    done = make(small, folder / "out", "--licences", str(licences))
    assert done.returncode == 0, done.stderr
    return folder / "out"


def make(program: Path, out: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(MAKE), str(program.resolve()), "--out", str(out), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_sums_are_those_of_all_files(packages: Path) -> None:
    lines = [line.split("  ") for line in (packages / "SHA256SUMS").read_text().splitlines()]
    others = {path.name for path in packages.iterdir()} - {"SHA256SUMS"}
    assert {name for _, name in lines} == others and len(others) >= 4
    assert all(hashlib.sha256((packages / name).read_bytes()).hexdigest() == sum for sum, name in lines)


def test_the_wheel_installs_the_program_and_the_package(packages: Path, tmp_path: Path) -> None:
    (wheel,) = packages.glob("*.whl")
    name, version, python, abi, platform = wheel.stem.split("-")
    assert (name, python, abi) == ("tiramisu_vision", "py3", "none")
    assert platform.startswith("manylinux_2_") and platform.endswith(os.uname().machine)
    with zipfile.ZipFile(wheel) as archive:
        metadata = archive.read(f"{name}-{version}.dist-info/METADATA").decode()
        assert "THIRD-PARTY-LICENCES.txt" in " ".join(archive.namelist())
    required = [line for line in metadata.splitlines() if line.startswith("Requires-Dist") and "extra" not in line]
    assert sorted(line.split()[1].split(">")[0] for line in required) == ["numpy", "pyarrow", "pylance"]

    environment = tmp_path / "venv"
    venv.create(environment, with_pip=True)
    python_there = environment / "bin" / "python"
    # Without asking a registry: what it needs is taken from where the tests run.
    install = [str(python_there), "-m", "pip", "install", "-q", "--no-index", "--no-deps", str(wheel)]
    subprocess.run(install, check=True)
    import lance

    (site,) = environment.glob("lib/python*/site-packages")
    (site / "others.pth").write_text(str(Path(lance.__file__).parents[1]))
    ask = "from tiramisu_vision import program; print(program.find())"
    bare = {name: value for name, value in os.environ.items() if name not in ("TIRAMISU_PROGRAM", "PYTHONPATH")}
    bare["PATH"] = "/nowhere"
    told = subprocess.run([str(python_there), "-c", ask], capture_output=True, text=True, check=True, env=bare, cwd=tmp_path)
    assert Path(told.stdout.strip()) == environment / "bin" / "tiramisu"
    subprocess.run([told.stdout.strip()], check=True)


def test_maturin_puts_the_same_into_a_wheel(packages: Path, tmp_path: Path) -> None:
    if importlib.util.find_spec("maturin") is None or shutil.which("cargo") is None:
        pytest.skip("maturin or cargo is not installed")
    sources = tmp_path / "sources"
    shutil.copytree(ROOT / "src" / "python", sources / "src" / "python", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE-MIT", "LICENSE-APACHE"):
        shutil.copy(ROOT / name, sources)
    # In the place of ours, which takes hours to build so.
    (wheel,) = packages.glob("*.whl")
    version = wheel.name.split("-")[1]
    project = f'[package]\nname = "tiramisu"\nversion = "{version}"\nedition = "2024"\n'
    (sources / "Cargo.toml").write_text(project + '[profile.dist]\ninherits = "release"\n[workspace]\n')
    (sources / "src" / "main.rs").write_text("fn main() {}\n")
    environment = {**os.environ, "CARGO_TARGET_DIR": str(tmp_path / "target"), "CARGO_NET_OFFLINE": "true"}
    for command in (["cargo", "generate-lockfile"], [sys.executable, "-m", "maturin", "build", "--out", str(tmp_path)]):
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=sources)
        assert done.returncode == 0, done.stderr

    def contents(path: Path) -> tuple[set[str], set[str]]:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            (metadata,) = [name for name in names if name.endswith(".dist-info/METADATA")]
            told = archive.read(metadata).decode().split("\n\n")[0].splitlines()
        told = [re.sub(r"[ '\"]", "", line) for line in told if line.startswith(("Name", "Version", "Requires"))]
        return {name for name in names if ".dist-info/" not in name}, set(told)

    (made,) = tmp_path.glob("*.whl")
    assert contents(made) == contents(wheel)


def test_a_packed_program_is_unpacked_once_and_taken_away_with_its_wheel(
    packages: Path, small: Path, tmp_path: Path
) -> None:
    licences = packages / "THIRD-PARTY-LICENCES.txt"
    done = make(small, tmp_path / "out", "--licences", str(licences), "--only", "wheel", "--pack")
    assert done.returncode == 0, done.stderr
    (wheel,) = (tmp_path / "out").glob("*.whl")
    environment = tmp_path / "venv"
    venv.create(environment, with_pip=True)
    pip = [str(environment / "bin" / "python"), "-m", "pip"]
    subprocess.run([*pip, "install", "-q", "--no-index", "--no-deps", str(wheel)], check=True)
    import lance

    (site,) = environment.glob("lib/python*/site-packages")
    (site / "others.pth").write_text(str(Path(lance.__file__).parents[1]))
    bare = {name: value for name, value in os.environ.items() if name not in ("TIRAMISU_PROGRAM", "PYTHONPATH")}
    bare |= {"PATH": "/nowhere", "XDG_CACHE_HOME": str(tmp_path / "cache")}

    def said(*command: str) -> str:
        return subprocess.run(command, capture_output=True, text=True, check=True, env=bare, cwd=tmp_path).stdout.strip()

    unpacked = site / "tiramisu_vision" / "program.bin"
    assert unpacked.stat().st_size == 0
    command = str(environment / "bin" / "tiramisu")
    assert said(command, "hello", "-n") == "hello -n" and unpacked.read_bytes() == small.read_bytes()
    first = unpacked.stat()
    ask = "from tiramisu_vision import program; print(program.find())"
    assert Path(said(str(environment / "bin" / "python"), "-c", ask)) == unpacked
    again = unpacked.stat()
    assert (again.st_ino, again.st_mtime_ns) == (first.st_ino, first.st_mtime_ns)
    assert [path.name for path in unpacked.parent.glob(".program*")] == []
    # Where nothing may be written beside it, it lies in the cache. Root may write everywhere, so a folder stands in the way.
    unpacked.unlink()
    unpacked.mkdir()
    (unpacked / "in the way").touch()
    assert said(command, "again") == "again"
    (cached,) = (tmp_path / "cache").rglob("tiramisu/programs/*/tiramisu")
    assert cached.read_bytes() == small.read_bytes()
    (unpacked / "in the way").unlink()
    unpacked.rmdir()
    assert said(command, "from the cache") == "from the cache" and not unpacked.exists()
    cached.unlink()
    assert said(command, "here") == "here" and unpacked.is_file()
    # Half of it, as a full disk leaves it.
    unpacked.unlink()
    packed = unpacked.with_name("program.xz")
    packed.write_bytes(packed.read_bytes()[: packed.stat().st_size // 2])
    broken = subprocess.run([command], capture_output=True, text=True, env=bare, cwd=tmp_path, check=False)
    assert broken.returncode == 1 and "is damaged" in broken.stderr and "Traceback" not in broken.stderr
    assert not unpacked.exists() and [path.name for path in unpacked.parent.glob(".program*")] == []
    subprocess.run([*pip, "uninstall", "-q", "-y", "tiramisu-vision"], check=True)
    assert not unpacked.exists() and not Path(command).exists()


def test_a_wheel_that_is_too_large_fails_where_there_is_a_limit_and_says_so(small: Path, tmp_path: Path) -> None:
    (tmp_path / "licences.txt").write_text("of crates\n")
    # The limit is another one, since the program is.
    code = "import make, sys; make.WHEEL_BYTES = int(sys.argv.pop(1)); make.main()"

    def made(most: int, out: str, *options: str) -> subprocess.CompletedProcess[str]:
        words = [str(most), str(small), "--out", str(tmp_path / out), "--licences", str(tmp_path / "licences.txt")]
        command = [sys.executable, "-c", code, *words, "--only", "wheel", *options]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=MAKE.parent)

    assert made(60_000_000, "first", "--pack", "--limit").returncode == 0
    (wheel,) = (tmp_path / "first").glob("*.whl")
    size = wheel.stat().st_size
    assert made(size, "just", "--pack", "--limit").returncode == 0
    refused = made(size - 1, "beyond", "--pack", "--limit")
    assert refused.returncode == 1 and "the wheel is too large" in refused.stderr and wheel.name in refused.stderr
    assert not (tmp_path / "beyond" / "SHA256SUMS").exists()
    # Else it is no more than said, with what makes it smaller.
    for options, is_smaller in (((), True), (("--pack",), False)):
        told = made(1, "plain", *options)
        assert told.returncode == 0 and "the wheel is too large" in told.stderr
        assert ("with --pack it is a third smaller" in told.stderr) == is_smaller
        assert ("though the program is packed in it" in told.stderr) != is_smaller
    assert "too large" not in made(size, "small enough", "--pack").stderr


def test_names_of_functions_are_in_no_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = compiled(SMALL, tmp_path / "named")
    licences = tmp_path / "licences.txt"
    licences.write_text("of crates\n")
    lines = "import binary, pathlib, sys; [print(binary.read(pathlib.Path(one)).has_symbols) for one in sys.argv[1:]]"

    def have_names(*programs: Path) -> list[str]:
        command = [sys.executable, "-c", lines, *map(str, programs)]
        return subprocess.run(command, capture_output=True, text=True, check=True, cwd=MAKE.parent).stdout.split()

    def programs_in(out: Path) -> list[Path]:
        """The program of the wheel, and that of the archive."""
        (wheel,), (archive,) = out.glob("*.whl"), out.glob("*.tar.gz")
        with zipfile.ZipFile(wheel) as file:
            (script,) = [name for name in file.namelist() if name.endswith("/scripts/tiramisu")]
            in_wheel = Path(file.extract(script, out / "wheel"))
        with tarfile.open(archive) as file:
            file.extractall(out / "archive", filter="data")
        return [in_wheel, *(out / "archive").glob("*/tiramisu")]

    assert have_names(named) == ["True"]
    options = ["--licences", str(licences), "--only", "wheel", "--only", "archive"]
    if any(shutil.which(tool) for tool in ("llvm-strip", "strip")):
        before = named.read_bytes()
        done = make(named, tmp_path / "with", *options)
        assert done.returncode == 0 and "without the names of its functions" in done.stdout, done
        made = programs_in(tmp_path / "with")
        assert len(made) == 2 and have_names(*made) == ["False", "False"]
        made[0].chmod(0o755)
        assert subprocess.run([str(made[0]), "still", "runs"], capture_output=True, text=True, check=True).stdout == "still runs\n"
        assert named.read_bytes() == before
    # Where nothing takes them out, that is said, and packages are made nevertheless. Nor does it matter why.
    tools = tmp_path / "tools"
    tools.mkdir()
    monkeypatch.setenv("PATH", str(tools))
    done = make(named, tmp_path / "without", *options)
    assert done.returncode == 0 and "neither llvm-strip nor strip is installed" in done.stdout, done
    assert have_names(*programs_in(tmp_path / "without")) == ["True", "True"]
    (tools / "strip").write_text("#!/bin/sh\necho 'what is this?' >&2\nexit 1\n")
    (tools / "strip").chmod(0o755)
    done = make(named, tmp_path / "refused", *options)
    assert done.returncode == 0 and "did not take out the names of functions: what is this?" in done.stdout, done
    assert "names of functions stay in the program: all packages are larger for it" in done.stdout
    assert have_names(*programs_in(tmp_path / "refused")) == ["True", "True"]


def test_archives_lie_and_are_called_as_cargo_binstall_looks_for_them(small: Path, tmp_path: Path) -> None:
    """For every target of a release. What installs is told in Cargo.toml how names are made up, and knows endings by kind."""
    import tomllib

    package = tomllib.loads((ROOT / "Cargo.toml").read_text(encoding="utf-8"))["package"]
    told = package["metadata"]["binstall"]
    release = (ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
    targets = re.findall(r"^ *- target: (\S+)$", release, re.MULTILINE)
    assert len(targets) == 5 and set(told["overrides"]) <= set(targets)
    (tmp_path / "licences.txt").write_text("of crates\n")
    for target in targets:
        out = tmp_path / target
        code = "import archive, pathlib, sys; of = pathlib.Path; "
        code += "archive.write(of(sys.argv[1]), of(sys.argv[2]), *sys.argv[3:5], of(sys.argv[5]), of(sys.argv[6]))"
        words = [str(ROOT), str(small), target, package["version"], str(tmp_path / "licences.txt"), str(out)]
        out.mkdir()
        subprocess.run([sys.executable, "-c", code, *words], check=True, cwd=MAKE.parent)
        (made,) = out.iterdir()
        here = {**told, **told["overrides"].get(target, {})}
        endings = {"tgz": [".tgz", ".tar.gz"], "zip": [".zip"]}[here["pkg-fmt"]]
        known = {"repo": "REPO", "version": package["version"], "target": target, "bin": "tiramisu"}
        known["binary-ext"] = ".exe" if "windows" in target else ""

        def filled(template: str, **more: str) -> str:
            return re.sub(r"{ ([a-z-]+) }", lambda found: {**known, **more}[found[1]], template)

        urls = [filled(here["pkg-url"], **{"archive-suffix": ending}) for ending in endings]
        assert f"REPO/releases/download/v{package['version']}/{made.name}" in urls
        if made.suffix == ".zip":
            with zipfile.ZipFile(made) as inside:
                names = inside.namelist()
        else:
            with tarfile.open(made) as inside:
                names = inside.getnames()
        assert filled(here["bin-dir"]) in names


def test_the_release_packs_its_wheels_so_that_they_are_held_to_their_size() -> None:
    text = (ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
    (command,) = re.findall(r'^ *"\$python" assets/package/make\.py .*\n?', text, re.MULTILINE)
    assert command.rstrip().endswith("$pack \\") and 'pack="--pack --limit"' in text


def test_a_file_manager_offers_the_program_for_folders(packages: Path, small: Path, tmp_path: Path) -> None:
    """In all that has an entry for a desktop, which claims folders and no pictures."""
    (archive,) = packages.glob("*.tar.gz")
    with tarfile.open(archive) as file:
        file.extractall(tmp_path / "archive", filter="data")
    entries = list((tmp_path / "archive").rglob("tiramisu.desktop"))
    if shutil.which("dpkg-deb") is not None:
        (package,) = packages.glob("*.deb")
        subprocess.run(["dpkg-deb", "-x", str(package), str(tmp_path / "debian")], check=True)
        entries += (tmp_path / "debian").rglob("tiramisu.desktop")
        assert len(entries) == 2
    for path in entries:
        entry = configparser.RawConfigParser(delimiters="=", strict=True)
        entry.optionxform = str  # type: ignore[assignment, method-assign]
        entry.read(path, encoding="utf-8")
        (section,) = entry.sections()
        fields = dict(entry[section])
        assert section == "Desktop Entry" and fields["MimeType"] == "inode/directory;"
        # What is chosen is given to it.
        assert fields["Exec"] == "tiramisu %f" and fields["InitialPreference"] == "0"


def test_programs_in_the_cache_are_taken_away_once_nobody_uses_them(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl
    import lzma
    import time

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    programs = tmp_path / "cache" / "tiramisu" / "programs"
    def wheel(name: str, more: bytes) -> Path:
        """As a wheel lies where nothing may be written beside it: a folder stands in the way."""
        site = tmp_path / name
        (site / "program.bin").mkdir(parents=True, exist_ok=True)
        shutil.copy(Path(packed.__file__), site)
        (site / "program.xz").write_bytes(lzma.compress(small.read_bytes() + more))
        return site

    def start(site: Path, secs: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, str(site / "packed.py"), secs])

    def there(count: int) -> list[str]:
        found: list[str] = []
        for _ in range(600):
            found = sorted(path.parent.name for path in programs.glob("*/tiramisu"))
            if len(found) == count:
                break
            time.sleep(0.05)
        assert len(found) == count
        return found

    mine = wheel("mine", b"")
    running = start(mine, "600")
    try:
        (first,) = there(1)
        # It has to have become the program, which then has the file open by itself.
        for _ in range(600):
            with (programs / first / "tiramisu").open("rb") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    break
            time.sleep(0.05)
        # Another wheel keeps its own.
        other = wheel("other", b"another")
        assert start(other, "0").wait() == 0
        (theirs,) = set(there(2)) - {first}
        # A newer wheel in the place of the first one: what that uses stays as long as it does.
        wheel("mine", b"newer")
        assert start(mine, "0").wait() == 0
        (newer,) = set(there(3)) - {first, theirs}
        assert running.poll() is None
    finally:
        running.kill()
        running.wait()
    # An unpacking that was killed, and one that is just at it.
    (programs / newer / ".programkilled").write_bytes(b"half")
    with (programs / newer / ".programbusy").open("wb") as busy:
        fcntl.flock(busy, fcntl.LOCK_EX)
        (programs / newer / "tiramisu").unlink()
        assert start(mine, "0").wait() == 0
        assert there(2) == sorted([theirs, newer]) and not (programs / first).exists()
        assert [path.name for path in (programs / newer).glob(".program*")] == [".programbusy"]
    # A wheel that was taken away.
    shutil.rmtree(other)
    assert start(mine, "0").wait() == 0
    assert there(1) == [newer]


def test_the_command_of_a_packed_program_does_not_read_the_package() -> None:
    code = (
        "import runpy, sys, types; before = set(sys.modules)\n"
        "try: runpy.run_path(sys.argv[1], run_name='__main__')\n"
        "except SystemExit as ended: print(ended)\n"
        "print([name for name in ('lance', 'pyarrow', 'numpy', 'subprocess', 'lzma') if name in sys.modules])"
    )
    start = str(MAKE.parent / "start_packed.py")
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src" / "python")}
    told = subprocess.run([sys.executable, "-c", code, start], capture_output=True, text=True, check=True, env=environment)
    assert told.stdout.splitlines()[-1] == "[]" and "is not where it was installed" in told.stdout, told


def test_the_package_of_debian_is_one(packages: Path, tmp_path: Path) -> None:
    if shutil.which("dpkg-deb") is None:
        pytest.skip("dpkg-deb is not here")
    (package,) = packages.glob("*.deb")
    subprocess.run(["dpkg-deb", "-x", str(package), str(tmp_path)], check=True)
    assert os.access(tmp_path / "usr/bin/tiramisu", os.X_OK)
    assert (tmp_path / "usr/share/applications/tiramisu.desktop").is_file()
    fields = subprocess.run(["dpkg-deb", "-f", str(package)], capture_output=True, text=True, check=True).stdout
    assert "Depends: libc6 (>= 2." in fields and "Description: Look inside" in fields
    subprocess.run(["dpkg-deb", "-e", str(package), str(tmp_path / "control")], check=True)
    subprocess.run(["md5sum", "--quiet", "-c", str(tmp_path / "control/md5sums")], check=True, cwd=tmp_path)


def test_the_archive_installs_into_a_prefix(packages: Path, tmp_path: Path) -> None:
    (package,) = packages.glob("*.tar.gz")
    with tarfile.open(package) as archive:
        archive.extractall(tmp_path, filter="data")
    (top,) = tmp_path.iterdir()
    assert {"README.md", "LICENSE-MIT", "LICENSE-APACHE", "THIRD-PARTY-LICENCES.txt"} <= {path.name for path in top.iterdir()}
    prefix = tmp_path / "prefix"
    subprocess.run([str(top / "install.sh")], check=True, env={**os.environ, "PREFIX": str(prefix)})
    assert os.access(prefix / "bin/tiramisu", os.X_OK)
    assert (prefix / "share/icons/hicolor/scalable/apps/tiramisu.svg").is_file()


def test_equal_programs_make_equal_packages(packages: Path, small: Path, tmp_path: Path) -> None:
    done = make(small, tmp_path, "--licences", str(packages / "THIRD-PARTY-LICENCES.txt"))
    assert done.returncode == 0
    assert (tmp_path / "SHA256SUMS").read_text() == (packages / "SHA256SUMS").read_text()


def test_a_program_with_libraries_of_its_own_makes_no_wheel(tmp_path: Path) -> None:
    library = compiled("int own(void) { return 0; }", tmp_path / "libown.so", "-shared", "-fPIC", "-Wl,-soname,libown.so")
    foreign = compiled("int own(void); int main(void) { return own(); }", tmp_path / "foreign", "-x", "none", str(library))
    (tmp_path / "licences.txt").write_text("of crates\n")
    done = make(foreign, tmp_path / "out", "--licences", str(tmp_path / "licences.txt"), "--only", "wheel")
    assert done.returncode != 0 and "libown.so" in done.stderr


def test_what_lies_in_an_appimage_starts_from_its_top(small: Path, tmp_path: Path) -> None:
    code = "import appimage, pathlib, sys; appimage.lay_out(*map(pathlib.Path, sys.argv[1:]))"
    subprocess.run([sys.executable, "-c", code, str(small), str(tmp_path)], check=True, cwd=MAKE.parent)
    told = subprocess.run([str(tmp_path / "AppRun"), "here"], check=True, capture_output=True, text=True).stdout
    assert told == "here\n"
    assert (tmp_path / "tiramisu.desktop").read_text().startswith("[Desktop Entry]")
    assert (tmp_path / "tiramisu.svg").is_file()


def test_an_appimage_is_made_where_its_tool_is_installed(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "licences.txt").write_text("of crates\n")
    options = ["--licences", str(tmp_path / "licences.txt"), "--only", "appimage"]
    monkeypatch.setenv("PATH", os.path.dirname(shutil.which("sh") or "/bin/sh"))
    if shutil.which("appimagetool") is None:
        done = make(small, tmp_path / "without", *options)
        assert done.returncode == 0 and "no AppImage: appimagetool is not installed" in done.stdout
        assert not list((tmp_path / "without").glob("*.AppImage"))
    runtime = tmp_path / "runtime"
    runtime.write_text("what it begins with")
    # A stand-in: what it is told, and what is laid out for it.
    tool = tmp_path / "tools" / "appimagetool"
    tool.parent.mkdir()
    tool.write_text('#!/bin/sh\n{ echo "$ARCH $1 $2"; cat "$3"; echo; ls "$4"; "$4/AppRun" started; } > "$5"\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}:{os.environ['PATH']}")
    # Without a runtime the tool would download one, so it is not asked.
    done = make(small, tmp_path / "unasked", *options)
    assert done.returncode == 0 and "no AppImage: name with --appimage-runtime" in done.stdout
    assert not list((tmp_path / "unasked").glob("*.AppImage"))
    done = make(small, tmp_path / "out", *options, "--appimage-runtime", str(runtime))
    assert done.returncode == 0, done.stderr
    (made,) = (tmp_path / "out").glob("tiramisu-*.AppImage")
    machine = os.uname().machine
    assert made.stem.endswith(machine)
    first, begins, *laid = made.read_text().splitlines()
    assert first == f"{machine} --no-appstream --runtime-file" and begins == "what it begins with"
    assert laid == ["AppRun", "tiramisu.desktop", "tiramisu.svg", "usr", "started"]
    assert made.name in (tmp_path / "out" / "SHA256SUMS").read_text()


def test_licences_of_what_is_linked_are_collected_once(tmp_path: Path) -> None:
    def crate(name: str, text: str | None, *needs: tuple[str, str | None]) -> tuple[dict, dict]:
        folder = tmp_path / name
        folder.mkdir()
        if text is not None:
            (folder / "LICENSE-MIT").write_text(text)
        package = {
            "id": name, "name": name, "version": "1.0.0", "license": "MIT", "license_file": None, "authors": ["Ada"],
            "source": None if name == "ours" else "registry", "manifest_path": str(folder / "Cargo.toml"),
        }  # fmt: skip
        return package, {"id": name, "deps": [{"pkg": other, "dep_kinds": [{"kind": kind}]} for other, kind in needs]}

    made = [
        crate("ours", "ours", ("a", None), ("builder", "build"), ("tester", "dev")),
        crate("a", "the words", ("b", None), ("bare", None)),
        crate("b", "the words"),
        crate("bare", None),
        crate("builder", "of a builder"),
        crate("tester", "of a tester"),
    ]
    packages, nodes = zip(*made, strict=True)
    document = {"packages": packages, "resolve": {"root": "ours", "nodes": nodes}}
    (tmp_path / "metadata.json").write_text(json.dumps(document))
    command = [sys.executable, str(MAKE.parent / "licences.py"), str(tmp_path / "metadata.json")]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert told.count("the words") == 1 and "a 1.0.0, LICENSE-MIT\nb 1.0.0, LICENSE-MIT" in told
    assert "bare 1.0.0: MIT, of Ada" in told
    assert "builder" not in told and "tester" not in told and "ours" not in told


def test_every_file_of_the_package_is_in_the_wheel(packages: Path) -> None:
    (wheel,) = packages.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    sources = ROOT / "src" / "python"
    ours = {path.relative_to(sources).as_posix() for path in sources.rglob("*") if path.suffix in (".py", ".typed")}
    assert ours <= inside and "tiramisu_vision/py.typed" in inside
    assert not any("__pycache__" in name for name in inside)
