#!/usr/bin/env python3
"""What a power cut leaves of a workspace: the program is watched by strace and killed at a random moment, what it had not put on
the disk by then is taken away, and the workspace is opened again.

    tests/house/power_cut.py PROGRAM FOLDER [--turns 20] [--seed 1]

FOLDER holds pictures. Of every turn it is asserted that

- no manifest gets its name before the files of its table are on the disk, with their names;
- whenever a commit is told, everything of the workspace that is not hidden is on the disk;
- after the power cut the workspace opens, and has no fewer images with vectors than were told.

The worst is assumed: of a file everything is lost that was written since it was last put on the disk, and of a folder every name
that it got since. Told is what the program writes about commits (TIRAMISU_LOG).
"""

import argparse
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

CALLS = "openat,write,pwrite64,writev,fsync,fdatasync,rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat"
CALL = re.compile(r"^(?P<thread>\d+)\s+(?P<name>\w+)\((?P<rest>.*)$")
RESUMED = re.compile(r"^(?P<thread>\d+)\s+<\.\.\. (?P<name>\w+) resumed>(?P<rest>.*)$")
TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
OF_FD = re.compile(r"^\d+<([^>]*)>")


def said(text):
    """What strace writes in quotes, as it was."""
    return text.encode("latin-1", "backslashreplace").decode("unicode_escape").encode("latin-1").decode("utf-8", "replace")


class Disk:
    """What of a workspace is on the disk."""

    def __init__(self, root):
        self.root = root
        self.unwritten = set()  # files with content that is not on the disk
        self.unnamed = set()  # paths whose names are not
        self.names = set()  # all paths there are
        self.wrong = []
        self.manifests = 0
        self.told = []  # (rows, what was not on the disk)

    def is_ours(self, path):
        return path == self.root or path.startswith(self.root + os.sep)

    def is_seen(self, path):
        """Hidden files are caches, or drafts that nobody reads; Lance's hint says where to begin to look, and may be missing or old."""
        below = os.path.relpath(path, self.root)
        if os.path.basename(path) == "latest_version_hint.json":
            return False
        return not any(part.startswith(".") and part != "." or "#" in part for part in below.split(os.sep))

    def name(self, path):
        if self.is_ours(path):
            self.unnamed.add(path)
            self.names.add(path)

    def move(self, old, new, is_link):
        if not self.is_ours(new):
            return
        # In the place of what has its name already: after a power cut it is the one or the other.
        was_there = new in self.names and new not in self.unnamed
        if old in self.unwritten:
            self.unwritten.add(new)
        elif new in self.unwritten:
            self.unwritten.discard(new)
        if not is_link:
            for known in (self.unwritten, self.unnamed, self.names):
                for path in [path for path in known if path == old or path.startswith(old + os.sep)]:
                    known.discard(path)
                    if path != old:
                        known.add(new + path[len(old):])
        self.names.add(new)
        if was_there:
            self.unnamed.discard(new)
        else:
            self.unnamed.add(new)
        if os.path.basename(os.path.dirname(new)) == "_versions" and new.endswith(".manifest"):
            self.check_manifest(new)

    def check_manifest(self, path):
        self.manifests += 1
        table = os.path.dirname(os.path.dirname(path))
        late = [
            other
            for other in self.unwritten | self.unnamed
            if other.startswith((table + "/data/", table + "/_deletions/")) and self.is_seen(other)
        ]
        if late:
            self.wrong.append(f"{path} has its name before {late[:3]}")

    def lost(self):
        return sorted(path for path in self.unwritten | self.unnamed if self.is_seen(path))

    def take(self, name, rest, log):
        if "= -1 " in rest:
            return
        texts = [said(text) for text in TEXT.findall(rest)]
        of_fd = OF_FD.match(rest)
        if name == "openat" and texts and "O_CREAT" in rest:
            if not os.path.isabs(texts[0]):
                return
            if "O_EXCL" in rest or "O_TRUNC" in rest:
                self.name(texts[0])
                if self.is_ours(texts[0]):
                    self.unwritten.add(texts[0])
        elif name in ("write", "pwrite64", "writev") and of_fd:
            path = of_fd.group(1)
            if self.is_ours(path):
                self.unwritten.add(path)
            elif texts and not path.endswith(".log.txt"):
                log("".join(texts))
        elif name in ("fsync", "fdatasync") and of_fd:
            path = of_fd.group(1)
            if path in self.unwritten:
                self.unwritten.discard(path)
            if not os.path.isfile(path):
                self.unnamed = {other for other in self.unnamed if os.path.dirname(other) != path}
        elif name.startswith("rename") and len(texts) == 2:
            self.move(texts[0], texts[1], False)
        elif name.startswith("link") and len(texts) == 2:
            self.move(texts[0], texts[1], True)
        elif name.startswith("unlink") and texts:
            for known in (self.unwritten, self.unnamed, self.names):
                known.discard(texts[0])
        elif name.startswith("mkdir") and texts:
            self.name(texts[0])

    def cut_power(self):
        """Takes away what is not on the disk."""
        gone = cut = 0
        for path in sorted(self.unnamed):
            if self.is_ours(path) and path != self.root and os.path.lexists(path):
                shutil.rmtree(path) if os.path.isdir(path) and not os.path.islink(path) else os.unlink(path)
                gone += 1
        for path in self.unwritten:
            if os.path.isfile(path):
                os.truncate(path, 0)
                cut += 1
        return gone, cut


def watch(lines, root):
    disk, pending = Disk(root), {}

    def log(text):
        for rows in re.findall(r"told images=(\d+)", text):
            disk.told.append((int(rows), disk.lost()))

    for line in lines:
        call = CALL.match(line)
        if call and call["rest"].endswith("<unfinished ...>"):
            # Taken for done when it is; what is written is not on the disk from now on.
            pending[call["thread"]] = call["rest"].removesuffix("<unfinished ...>")
            continue
        resumed = RESUMED.match(line)
        if resumed:
            disk.take(resumed["name"], pending.pop(resumed["thread"], "") + resumed["rest"], log)
        elif call:
            disk.take(call["name"], call["rest"], log)
    return disk


def run(program, folder, home, seed, limit_secs):
    """One turn; `limit_secs` is None for one that is not killed."""
    workspace, trace = os.path.join(home, "workspace"), os.path.join(home, "trace.log.txt")
    words = [program, "extract", folder, "--workspace", workspace, "--compute", "cpu", "--commit-every", "8", "--batch", "4"]
    environment = dict(os.environ, TIRAMISU_LOG="tiramisu=debug", HOME=home, XDG_DATA_HOME=home, XDG_CACHE_HOME=home)
    running = subprocess.Popen(
        ["strace", "-f", "-y", "-s", "400", "-e", f"trace={CALLS}", "-e", "signal=none", "-o", trace, *words],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )
    try:
        running.wait(limit_secs)
        was_killed = False
    except subprocess.TimeoutExpired:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        was_killed = True
    with open(trace, encoding="utf-8", errors="surrogateescape") as lines:
        return watch(lines, workspace), workspace, was_killed


def rows_of(program, folder, workspace, home):
    environment = dict(os.environ, HOME=home, XDG_DATA_HOME=home, XDG_CACHE_HOME=home)
    asked = subprocess.run([program, "info", folder, "--workspace", workspace, "--json"], env=environment, capture_output=True, text=True)
    if asked.returncode != 0:
        raise SystemExit(f"it does not open any more: {asked.stderr}")
    tables = json.loads(asked.stdout)["tables"]
    return max((table["rows"] for table in tables), default=0)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("program", type=os.path.abspath)
    arguments.add_argument("folder", type=os.path.abspath)
    arguments.add_argument("--turns", type=int, default=20)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    chance = random.Random(given.seed)
    whole_secs = None
    for turn in range(given.turns + 1):
        with tempfile.TemporaryDirectory() as home:
            limit = None if whole_secs is None else chance.uniform(0.1, 1.0) * whole_secs
            begun = time.monotonic()
            disk, workspace, was_killed = run(given.program, given.folder, home, given.seed, limit)
            if whole_secs is None:
                whole_secs = time.monotonic() - begun
                if not disk.told:
                    raise SystemExit("no commit was told: is the program another one?")
            late = [(rows, lost[:3]) for rows, lost in disk.told if lost]
            told = max((rows for rows, _ in disk.told), default=0)
            gone, cut = disk.cut_power()
            there = rows_of(given.program, given.folder, workspace, home) if told else 0
            print(f"turn {turn}: killed {was_killed}, {disk.manifests} manifests, {len(disk.told)} commits told, {told} rows; "
                  f"{gone} names and the content of {cut} files lost, {there} rows left", flush=True)
            if disk.wrong or late or there < told:
                raise SystemExit(f"{disk.wrong[:5]} {late[:5]}")
    print(f"{given.turns + 1} turns, nothing lost that was told")


if __name__ == "__main__":
    sys.exit(main())
