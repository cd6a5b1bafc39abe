"""What engines cost beside the plain stream, and what many machines would do.

    PYTHONPATH=src/python python tests/bench/engines.py --pictures FOLDER --images 20000
    PYTHONPATH=src/python python tests/bench/engines.py --pictures FOLDER --images 6000 --rows-per-shard 1500 --times 2

The second takes some seven minutes on two cores that have nothing else to do. Each way runs in a process of its own, over hard links to
the pictures of FOLDER, and writes the same Lance table; rows are compared bit for bit. What a way takes for a few pictures is its
start, and is taken off before it is compared with the plain stream: by the clock, which says what an idle machine gets done, and by
the processor's seconds of everything that a way started (Java's and Ray's own, too), which say something on a busy one as well. The
whole, starts included, is compared, too. The first way, the plain stream, is run before all others and once more after them, since a
machine that slows down or warms up would else favour or wrong it: the first table compares with the middle of both, the second with
either; every second time the ways are run in the other order. Needs pyspark and Java, and ray; what is lacking is left
out, and said.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import lance
import pyarrow as pa

from tiramisu_vision import shards
from tiramisu_vision.features import Features, end_idle

MARK = "TIRAMISU_BENCH_MARK"
LAYERS = ["features.12.concat"]
#: Made-up pictures that are planned to see what memory that takes.
NAMES = 200_000


def main() -> None:
    """Measures, and prints tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=Path, required=True)
    parser.add_argument("--images", type=int, default=20_000)
    parser.add_argument("--few", type=int, default=40, help="how many pictures tell what the start takes")
    parser.add_argument("--rows-per-shard", type=int, default=1000)
    parser.add_argument("--times", type=int, default=1, help="how often each way is run, the first of them twice; the median is told")
    parser.add_argument(
        "--ways", default="stream,process,spark-1,spark-2,spark-4,ray-2", help="the others are compared with the first"
    )
    parser.add_argument("--scratch", type=Path, default=None)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--list", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(one_way(options.one, options.list.read_text().splitlines(), options.rows_per_shard)))
        return
    with tempfile.TemporaryDirectory(dir=options.scratch) as scratch:
        measure(options, Path(scratch).resolve())


def measure(options: argparse.Namespace, scratch: Path) -> None:
    """All ways, in turn, so that what else the machine does meets all of them."""
    every, few = scratch / "list.txt", scratch / "few.txt"
    names = linked(options.pictures, scratch / "pictures", options.images)
    every.write_text("\n".join(names))
    few.write_text("\n".join(names[: options.few]))
    ways = options.ways.split(",")
    told: dict[str, list[dict[str, Any]]] = {way: [] for way in ways}
    starts: dict[str, list[dict[str, Any]]] = {way: [] for way in ways}
    for time_of in range(options.times):
        # First and last, whichever the order is.
        in_turn = [*ways, ways[0]]
        for way in in_turn if time_of % 2 == 0 else reversed(in_turn):
            # Of few as well there is a shard for every task, so that all that is started once is started.
            rows_of_few = max(1, options.few // 8)
            for listed, kept, rows in ((few, starts, rows_of_few), (every, told, options.rows_per_shard)):
                kept[way].append(run_apart(way, listed, scratch, rows))
                # All of it takes long, and somebody may have to stop it.
                said = {key: value[:8] if key == "digest" else value for key, value in kept[way][-1].items()}
                print(f"{way}, {listed.stem}: {json.dumps(said)}", file=sys.stderr, flush=True)
    load = os.getloadavg()[0]
    print(f"\n{options.images:,} pictures, {os.cpu_count()} processors, load {load:.0f}; {LAYERS[0]}, half precision;")
    print(f"shards of {options.rows_per_shard:,}, the middle of {options.times}\n")
    print("| way | seconds | of these its start | images/s beyond it | beyond it, over the stream | whole, over the stream "
          "| processor seconds | of these its start | beyond it, over the stream | whole, over the stream | rows |")  # fmt: skip
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |")
    first = told[ways[0]]
    # Each time it was run before all others and after them.
    streams = {"before": slice(0, None, 2), "after": slice(1, None, 2), "both": slice(None)}
    bases = {name: {key: costs(first[of], starts[ways[0]][of], key) for key in ("seconds", "cpu")} for name, of in streams.items()}
    base = bases["both"]
    for way, runs in told.items():
        failed = next((one["failed"] for one in runs + starts[way] if "failed" in one), None)
        if failed:
            print(f"| {way} | not run: {failed} | | | | | | | | | |")
            continue
        same = "the same" if all(one["digest"] == first[0].get("digest") for one in runs) else "OTHERS"
        row = [way]
        for key in ("seconds", "cpu"):
            beyond, whole = costs(runs, starts[way], key)
            row += [f"{whole:.1f}", f"{whole - beyond:.1f}"]
            row += [f"{(options.images - options.few) / max(beyond, 1e-9):.0f}"] if key == "seconds" else []
            row += [over(one, other) for one, other in zip((beyond, whole), base[key], strict=True)]
        print(f"| {' | '.join(row)} | {same} |")
    each = [", ".join(f"{one.get(key, 0):.1f}" for one in first) for key in ("seconds", "cpu")]
    print(f"\n{ways[0]} each time, in turn: {each[0]} seconds; {each[1]} of the processor")
    print(f"\nBeyond its own start, over {ways[0]} as it was measured before all others, after them, and as the middle of both:\n")
    print("| way | by the clock: before | after | both | by the processor: before | after | both |")
    print("| --- |" + " ---: |" * 6)
    for way, runs in told.items():
        if any("failed" in one for one in runs + starts[way]):
            continue
        beyond_it = {key: costs(runs, starts[way], key)[0] for key in ("seconds", "cpu")}
        cells = [over(beyond_it[key], bases[name][key][0]) for key in ("seconds", "cpu") for name in streams]
        print(f"| {way} | {' | '.join(cells)} |")
    print("\nThe processor's seconds by program, the whole and of these its start:\n")
    for way, runs in told.items():
        programs = sorted({name for one in runs + starts[way] for name in one.get("by", {})})
        spent = [[middle([one.get("by", {}) for one in of], name) for of in (runs, starts[way])] for name in programs]
        each = [f"{name} {whole:.1f}, {start:.1f}" for name, (whole, start) in zip(programs, spent, strict=True)]
        print(f"- {way}: {'; '.join(each) or 'not run'}")
    if all("stages" in one for one in told.get("process", [{}])):
        every_one = [one["stages"] for one in told["process"]]
        print_many_machines({key: middle(every_one, key) for key in every_one[0]})


def costs(runs: list[dict[str, Any]], starts: list[dict[str, Any]], key: str) -> tuple[float, float]:
    """What a way takes beyond its own start, and the whole."""
    whole = middle(runs, key)
    return whole - middle(starts, key), whole


def over(one: float, other: float) -> str:
    """How much more it is."""
    return f"{100 * (one / other - 1):+.1f} %" if other > 0 else ""


def middle(runs: list[dict[str, Any]], key: str) -> float:
    """The median of a number over all runs of a way."""
    return statistics.median(one.get(key, 0) for one in runs)


def linked(pictures: Path, folder: Path, count: int) -> list[str]:
    """So many pictures under names of their own, which take no room."""
    found = sorted(path for path in pictures.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg", ".png"))
    if not found:
        raise SystemExit(f"there are no pictures: {pictures}")
    found = found[: min(len(found), 400)]
    names = []
    for number in range(count):
        path = folder / f"{number // 1000:03}" / f"{number:06}{found[number % len(found)].suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(found[number % len(found)], path)
        except OSError:
            path.symlink_to(found[number % len(found)].resolve())
        names.append(str(path))
    return names


def run_apart(way: str, listed: Path, scratch: Path, rows_per_shard: int) -> dict[str, Any]:
    """One way, in a process of its own; what it says of itself, and the processor's time of all that it started."""
    mark = f"{way}-{time.monotonic_ns()}"
    environment = {**os.environ, MARK: mark, "SPARK_LOCAL_IP": "127.0.0.1", "TMPDIR": str(scratch)}
    environment["PYSPARK_PYTHON"] = sys.executable
    # A machine that stands still for minutes is not taken for dead.
    environment |= {"RAY_health_check_timeout_ms": "600000", "RAY_health_check_failure_threshold": "1000"}
    # Ray's workers give way to everything else, and would be compared with ways that do not.
    environment["RAY_worker_niceness"] = "0"
    environment["PYTHONPATH"] = os.pathsep.join(sys.path[1:2] + [str(Path(shards.__file__).parents[1])])
    words = [sys.executable, __file__, "--pictures", ".", "--one", way, "--list", str(listed)]
    spent: dict[int, tuple[str, float]] = {}
    is_over = threading.Event()
    watcher = threading.Thread(target=watch, args=(mark, spent, is_over))
    watcher.start()
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        done = subprocess.run(
            [*words, "--rows-per-shard", str(rows_per_shard)], env=environment, cwd=folder, capture_output=True, text=True
        )
    is_over.set()
    watcher.join()
    if done.returncode:
        return {"failed": (done.stderr.strip().splitlines() or ["no reason"])[-1][:200]}
    told: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    by: dict[str, float] = {}
    for name, seconds in spent.values():
        by[name] = by.get(name, 0) + seconds
    by = {name: round(seconds, 2) for name, seconds in by.items() if seconds >= 0.05}
    return {**told, "cpu": sum(seconds for _, seconds in spent.values()), "by": by}


def watch(mark: str, spent: dict[int, tuple[str, float]], is_over: threading.Event) -> None:
    """The name and the processor's time of every process with a mark, as it was when it was last seen."""
    wanted, tick = f"{MARK}={mark}".encode(), os.sysconf("SC_CLK_TCK")
    while not is_over.wait(0.2):
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                pid = int(entry.name)
                if pid not in spent and wanted not in (entry / "environ").read_bytes().split(b"\0"):
                    continue
                name, fields = (entry / "stat").read_text().split("(", 1)[1].rsplit(")", 1)
            except OSError:
                continue
            times = fields.split()[11:13]
            spent[pid] = name, max(spent.get(pid, ("", 0))[1], sum(map(int, times)) / tick)


def one_way(way: str, paths: list[str], rows_per_shard: int) -> dict[str, Any]:
    """Runs one way, and tells how long it took and what came of it."""
    kind, _, number = way.partition("-")
    tasks = int(number or 1)
    processors = os.cpu_count() or 1
    # Each task has its share of the processors, so that all ways use the same.
    wanted = Features(layers=LAYERS, compute="cpu", threads=max(1, processors // tasks))
    target = os.path.abspath("table.lance")
    if kind == "stream":
        begun = time.perf_counter()
        pictures = pa.table({"path": paths})
        made = wanted.of(pictures.to_batches(max_chunksize=shards.BATCH_ROWS), pictures.schema)
        lance.write_dataset(pa.RecordBatchReader.from_batches(wanted.schema(pictures.schema), made), target)
        return {"seconds": time.perf_counter() - begun, "digest": digest(target)}
    if kind == "process":
        return in_stages(paths, target, wanted, rows_per_shard)
    if kind == "spark":
        from pyspark.sql import SparkSession

        from tiramisu_vision import spark

        session = SparkSession.builder.master(f"local[{tasks}]").config("spark.ui.enabled", "false")
        session = session.config("spark.driver.host", "127.0.0.1").getOrCreate()
        begun = time.perf_counter()
        spark.extract(session, paths, target, wanted, rows_per_shard=rows_per_shard)
        seconds = time.perf_counter() - begun
        session.stop()
    else:
        import ray

        from tiramisu_vision import ray as of_ray

        ray.init(num_cpus=tasks, include_dashboard=False, configure_logging=False, object_store_memory=200 << 20)
        begun = time.perf_counter()
        of_ray.extract(paths, target, wanted, rows_per_shard=rows_per_shard)
        seconds = time.perf_counter() - begun
        ray.shutdown()
    return {"seconds": seconds, "digest": digest(target)}


def in_stages(paths: list[str], target: str, wanted: Features, rows_per_shard: int) -> dict[str, Any]:
    """What an engine does, one stage after the other."""
    begun = time.perf_counter()
    planned = shards.plan(paths, target, wanted, rows_per_shard=rows_per_shard)
    at, before = time.perf_counter(), processor_seconds()
    written = [shards.write(planned.job, shard) for shard in planned.shards]
    work = time.perf_counter() - at
    # The time of a program is known when it has ended.
    end_idle()
    work_cpu = processor_seconds() - before
    shards.commit(planned.job.target, written, planned.version, [shard.name for shard in planned.shards])
    seconds = time.perf_counter() - begun
    at = time.perf_counter()
    wanted.table(pa.table({"path": paths[:1]}))
    start = time.perf_counter() - at
    # What planning takes whatever there is to plan does not grow with pictures.
    at = time.process_time()
    shards.plan(paths[:1], f"{target}-one", wanted)
    least = time.process_time() - at
    at = time.process_time()
    shards.plan(paths, f"{target}-all", wanted)
    plan = max(0.0, time.process_time() - at - least)
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    shards.plan((f"{target}/pictures/{number:09}.jpg" for number in range(NAMES)), f"{target}-names", wanted)
    held = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held) * 1024 / NAMES
    stages = {
        "pictures": len(paths), "processors": os.cpu_count(), "plan": plan, "work": work, "work_cpu": work_cpu,
        "commit": commit_of_many(target, wanted), "start": start, "held": held,
    }  # fmt: skip
    return {"seconds": seconds, "digest": digest(target), "stages": stages}


def commit_of_many(target: str, wanted: Features, count: int = 200) -> float:
    """Seconds for each of many shards, which hold nothing: what a commit takes at all does not grow with them."""
    names = [f"{target}/none-{number}.jpg" for number in range(count)]
    planned = shards.plan(names, f"{target}-many", wanted, rows_per_shard=1)
    written = [shards.write(planned.job, shard) for shard in planned.shards]
    at = time.perf_counter()
    shards.commit(planned.job.target, written, planned.version, [shard.name for shard in planned.shards])
    return (time.perf_counter() - at) / count


def processor_seconds() -> float:
    """Of this process and those that it waited for."""
    told = os.times()
    return told.user + told.system + told.children_user + told.children_system


def digest(target: str) -> str:
    """Of all rows, in the order of their paths, bit for bit; of paths the name alone, so that runs can be compared."""
    rows = lance.dataset(target).to_table().sort_by("path").combine_chunks()
    found = hashlib.sha256()
    for path in rows["path"].to_pylist():
        found.update(Path(path).name.encode() + b"\0")
    for name in rows.column_names[1:]:
        column = rows[name].combine_chunks()
        values = column.flatten() if pa.types.is_fixed_size_list(column.type) else column
        if pa.types.is_string(values.type):
            found.update(json.dumps(values.to_pylist()).encode())
        else:
            found.update(column.is_valid().to_numpy(zero_copy_only=False).tobytes())
            found.update(values.fill_null(0).to_numpy(zero_copy_only=False).tobytes())
    return found.hexdigest()


def print_many_machines(stages: dict[str, Any]) -> None:
    """Reckons from the stages of one machine."""
    # By the processor's time: by the clock it would be told how busy this machine was.
    of_processor = stages["work_cpu"] / stages["pictures"]
    per_picture = of_processor / stages["processors"]
    plan, commit = stages["plan"] / stages["pictures"], stages["commit"]
    pictures, rows = 100_000_000, shards.ROWS_PER_SHARD
    count = -(-pictures // rows)
    print(f"\nReckoned for {pictures:,} pictures in {count:,} shards of {rows:,}, from stages measured on one machine of")
    print(f"{stages['processors']:.0f} processors: {1000 * of_processor:.2f} ms of a processor's time a picture,")
    print(f"{1e6 * plan:.1f} us a picture to plan, {1000 * commit:.1f} ms a shard to commit,")
    busy = 100 * stages["work_cpu"] / (stages["work"] * stages["processors"])
    print(f"{stages['start']:.1f} s to start a program. The processors were at that work for {busy:.0f} % of the clock's time.\n")
    print("| machines | hours of work | minutes to plan | minutes to commit | whole, hours | share of the ideal |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: |")
    for machines in (1, 10, 100, 1000):
        # The last round is not full, and every machine starts one program.
        rounds = -(-count // machines)
        work = (rounds * rows * per_picture + stages["start"]) / 3600
        whole = work + (pictures * plan + count * commit) / 3600
        ideal = pictures * per_picture / 3600 / machines
        print(
            f"| {machines:,} | {work:.2f} | {pictures * plan / 60:.1f} | {count * commit / 60:.1f} | {whole:.2f} "
            f"| {100 * ideal / whole:.0f} % |"
        )
    print(f"\nThe driver holds {stages['held']:.0f} bytes a picture, so {pictures * stages['held'] / 1e9:.0f} GB, unless it brings parts")
    print("one after the other.")
    print("\nAssumed: machines like this one with nothing else to do, whose stores bring pictures as quickly as they are looked")
    print("through; planning and committing grow with pictures and with shards; the driver does both alone; no machine is")
    print("slower than the others.")


if __name__ == "__main__":
    if shutil.which("java") is None:
        print("there is no Java, so Spark is left out", file=sys.stderr)
    main()
