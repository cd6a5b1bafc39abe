#!/usr/bin/env python3
"""What a power cut leaves of a workspace: the program is watched by strace and killed at a random moment, what it had not put on
the disk by then is taken away, and the workspace is opened again.

    tests/house/power_cut.py PROGRAM FOLDER [--turns 20] [--seed 1] [--only WORD]

FOLDER holds pictures, with which a series of verbs is done: a layer is extracted, the others are added, an index is built (of 1,024
pictures and more), some are tagged, changed, moved, an earlier version is restored, small files are merged and old versions deleted.
First undisturbed, to know what comes of it; then of every turn one verb is disturbed, and it is asserted that

- no manifest gets its name before the files of its table are on the disk, with their names;
- whenever a commit is told, and whenever a verb has ended, everything of the workspace that is not hidden is on the disk;
- after the power cut the workspace opens, and has no fewer images with vectors than were told;
- the verb done once more, and those after it, come to what the undisturbed ones came to.

The worst is assumed: of a file everything is lost that was written since it was last put on the disk, and of a folder every name
that it got since. Of names that were taken away it is assumed that they are gone. Told is what the program writes about commits
(TIRAMISU_LOG).
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


def watch(lines, root, names):
    """What is on the disk of a workspace at `root` that had these `names` in it, all of it on the disk."""
    disk, pending = Disk(root), {}
    disk.names.update(names)

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


def pictures(folder):
    found = (os.path.join(place, name) for place, _, names in os.walk(folder) for name in names)
    return sorted(found)


def change_some(folder):
    """Every ninth picture becomes that after it."""
    all_of_them = pictures(folder)
    for one, other in zip(all_of_them[::9], all_of_them[1::9]):
        shutil.copyfile(other, one)
        later = time.time() + 10
        os.utime(one, (later, later))


def move_some(folder):
    """Every seventh picture gets another name."""
    for path in pictures(folder)[::7]:
        os.rename(path, os.path.splitext(path)[0] + ".moved" + os.path.splitext(path)[1])


# So many pictures an index is built of.
INDEXED = 1024
# The program did what it was asked, except for some pictures, which are gone.
DONE = (0, 3)


def verbs(pictures_there):
    """What is done one after the other: what for, what happens to the pictures before, and the words."""
    commits = str(max(8, pictures_there // 8))
    extract = ["extract", "--compute", "cpu", "--network", "filters", "--batch", "4", "--commit-every", commits]
    series = [
        ("extract a layer", None, [*extract, "--layers", "edges/relu"]),
        ("add layers", None, [*extract, "--layers", "all"]),
        ("index", None, ["index", "--compute", "cpu", "--network", "filters", "--layer", "textures/relu"]),
        ("tag", None, ["tag", "seen", "--compute", "cpu", "--network", "filters", "--where", "width > 0"]),
        ("changed pictures", change_some, extract),
        ("moved pictures", move_some, extract),
        ("restore", None, ["versions", "restore", "4", "--table", "images"]),
        ("extract again", None, extract),
        ("merge", None, ["storage", "--compact", "--keep-versions", "1"]),
    ]
    return [verb for verb in series if verb[0] != "index" or pictures_there >= INDEXED]


class Place:
    """A home with pictures and their workspace."""

    def __init__(self, program, folder, home):
        self.program, self.home = program, home
        self.pictures, self.workspace = os.path.join(home, "pictures"), os.path.join(home, "workspace")
        shutil.copytree(folder, self.pictures)
        self.environment = dict(os.environ, TIRAMISU_LOG="tiramisu=debug", HOME=home, XDG_DATA_HOME=home, XDG_CACHE_HOME=home)

    def words(self, words):
        return [self.program, words[0], self.pictures, *words[1:], "--workspace", self.workspace]

    def keep(self, name):
        for what in (self.pictures, self.workspace):
            if os.path.isdir(what):
                shutil.copytree(what, os.path.join(self.home, name, os.path.basename(what)), symlinks=True)

    def go_back(self, name):
        for what in (self.pictures, self.workspace):
            shutil.rmtree(what, ignore_errors=True)
            kept = os.path.join(self.home, name, os.path.basename(what))
            if os.path.isdir(kept):
                shutil.copytree(kept, what, symlinks=True)

    def do(self, words):
        done = subprocess.run(self.words(words), env=dict(self.environment, TIRAMISU_LOG="error"), capture_output=True, text=True)
        if done.returncode not in DONE:
            raise SystemExit(f"{words} ended with {done.returncode}: {done.stderr}")

    def watched(self, words, limit_secs):
        """Does it under strace; `limit_secs` is None where it is not killed."""
        trace = os.path.join(self.home, "trace.log.txt")
        there = [os.path.join(place, name) for place, below, names in os.walk(self.workspace) for name in below + names]
        running = subprocess.Popen(
            ["strace", "-f", "-y", "-s", "400", "-e", f"trace={CALLS}", "-e", "signal=none", "-o", trace, *self.words(words)],
            env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )
        try:
            code = running.wait(limit_secs)
            was_killed = False
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            code, was_killed = running.wait(), True
        with open(trace, encoding="utf-8", errors="surrogateescape") as lines:
            disk = watch(lines, self.workspace, there)
        if not was_killed and code not in DONE:
            raise SystemExit(f"{words} ended with {code} under strace")
        return disk, was_killed

    def known(self):
        """What the program tells of the workspace, but for when and in how many versions and bytes."""
        words = self.words(["info", "--json"])
        asked = subprocess.run(words, env=dict(self.environment, TIRAMISU_LOG="error"), capture_output=True, text=True)
        if asked.returncode != 0:
            raise SystemExit(f"it does not open any more: {asked.stderr}")
        told = json.loads(asked.stdout)
        rows = sorted((table["name"], table["rows"], table["layers"]) for table in told["tables"])
        listed = subprocess.run(
            self.words(["tag", "--list", "--compute", "cpu", "--network", "filters", "--json"]),
            env=dict(self.environment, TIRAMISU_LOG="error"), capture_output=True, text=True,
        )
        return told["images"], told["gone"], told["problems"], rows, listed.stdout if listed.returncode == 0 else None

    def rows(self):
        return max((rows for _, rows, _ in self.known()[3]), default=0)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("program", type=os.path.abspath)
    arguments.add_argument("folder", type=os.path.abspath)
    arguments.add_argument("--turns", type=int, default=20)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--only", help="disturb only verbs whose names hold this word")
    given = arguments.parse_args()
    chance = random.Random(given.seed)
    counts = {"manifests": 0, "told": 0, "killed": 0, "names": 0, "files": 0}

    def judge(disk, was_killed, name):
        late = [(rows, lost[:3]) for rows, lost in disk.told if lost]
        left = [] if was_killed else disk.lost()[:5]
        if disk.wrong or late or left:
            raise SystemExit(f"{name}: {disk.wrong[:5]} {late[:5]} not on the disk when it had ended: {left}")
        counts["manifests"] += disk.manifests
        counts["told"] += len(disk.told)
        counts["killed"] += was_killed

    with tempfile.TemporaryDirectory() as home:
        place = Place(given.program, given.folder, home)
        series = verbs(len(pictures(place.pictures)))
        seconds = []
        for step, (name, change, words) in enumerate(series):
            if change:
                change(place.pictures)
            place.keep(f"before{step}")
            begun = time.monotonic()
            disk, _ = place.watched(words, None)
            seconds.append(time.monotonic() - begun)
            judge(disk, False, name)
            if step == 0 and not disk.told:
                raise SystemExit("no commit was told: is the program another one?")
            print(f"{name}: {seconds[-1]:.1f} s, {disk.manifests} manifests, {len(disk.told)} commits told", flush=True)
        expected = place.known()
        wanted = [step for step, verb in enumerate(series) if not given.only or given.only in verb[0]]
        for turn in range(1, given.turns + 1):
            step = chance.choice(wanted)
            name, _, words = series[step]
            place.go_back(f"before{step}")
            before = place.rows() if step else 0
            disk, was_killed = place.watched(words, chance.uniform(0.05, 1.0) * seconds[step])
            judge(disk, was_killed, name)
            told = max((rows for rows, _ in disk.told), default=0)
            gone, cut = disk.cut_power()
            counts["names"] += gone
            counts["files"] += cut
            there = place.rows() if told or before else 0
            print(f"turn {turn}: {name}, killed {was_killed}, {disk.manifests} manifests, {len(disk.told)} commits told, {told} rows; "
                  f"{gone} names and the content of {cut} files lost, {there} rows left", flush=True)
            if there < told:
                raise SystemExit(f"{told} rows were told and {there} are there")
            for later, (_, change, words) in enumerate(series[step:]):
                if change and later > 0:
                    change(place.pictures)
                place.do(words)
            if place.known() != expected:
                raise SystemExit(f"after {name} and all that follows it is {place.known()}, undisturbed {expected}")
    print(f"{given.turns} turns, {counts['killed']} of them killed; {counts['manifests']} manifests, {counts['told']} commits told, "
          f"{counts['names']} names and the content of {counts['files']} files lost; nothing lost that was told")


if __name__ == "__main__":
    sys.exit(main())
