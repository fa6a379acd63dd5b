"""Is anything lost or doubled on an object store when runs are killed, and requests fail, hang or go unanswered?

    python -m benchmarks.store_crashes ARTICLES [--held 20] [--new 40] [--kills 40] [--rough 0.05] [--words 40]

ARTICLES is a folder of text files. A server that speaks S3 on this machine (moto) holds a data set of ``--held`` of
them; a tenth of these are edited and ``--new`` others come. Each try starts from a copy of that data set: a run is
killed with its whole session at a random moment before its expected end, and a second run goes to its end. All the time
a share ``--rough`` of the requests is refused, done without an answer, or left hanging. Prints one JSON object; exits
with 1 when a fault is not 0: rows ``lost``, ``doubled`` or ``foreign`` against one run on a disk, ``torn_looks`` of a
reader who asks all the while, second runs that failed, and what ``onrecord audit`` finds.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.command import CHECKOUT, onrecord
from benchmarks.crashes import prepare_changes, read_texts, run, write
from benchmarks.crashes_kill import kill
from benchmarks.crashes_reader import look, reader
from benchmarks.speed import note
from benchmarks.tables import Rows, differences

BUCKET = "s3://crashes"
FAULTS = ("lost", "doubled", "foreign", "torn_looks", "failed_runs", "audits", "left_processes")
TABLES = ("articles", "segments", "quotes", "mentions", "clusters", "rejects", "fingerprints", "records")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--held", type=int, default=20)
    parser.add_argument("--new", type=int, default=40)
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--rough", type=float, default=0.05)
    parser.add_argument("--words", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, serving(given.rough, given.seed):
        figures = crash(given, Path(folder).resolve())
    print(json.dumps(figures, indent=1))
    return 1 if any(figures["faults"].values()) else 0


@contextmanager
def serving(rough: float, seed: int) -> Iterator[None]:
    """The server, under the names by which S3's clients find one."""
    program = CHECKOUT / "tests" / "pipeline" / "store_server.py"
    command = [sys.executable, str(program), str(rough), str(seed)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        os.environ |= {
            "AWS_ENDPOINT_URL": server.stdout.readline().strip(),
            "AWS_ACCESS_KEY_ID": "somebody",
            "AWS_SECRET_ACCESS_KEY": "something",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        store().mkdir(BUCKET)
        yield
        server.terminate()


def store() -> Any:
    import s3fs

    return s3fs.S3FileSystem(use_listings_cache=False)


def crash(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    chance = random.Random(given.seed)
    articles, prepared, output = folder / "articles", f"{BUCKET}/prepared", f"{BUCKET}/try"
    texts = read_texts(given.articles, given.held + given.new, given.words, folder / "sample")
    held = write(articles, texts[: given.held])
    run(onrecord("run", articles, "--output", prepared), check=True)
    prepare_changes(articles, held, texts[given.held :], chance)
    command = onrecord("run", articles, "--output", output)
    run(onrecord("run", articles, "--output", folder / "disk"), check=True)
    expected = rows_of(folder / "disk")
    _copy(prepared, output)
    seconds, _ = run(command, check=True)
    note(f"not killed: {seconds:.1f} s")
    counts = frozenset(look(place)[0] for place in (prepared, output))
    faults: Counter[str] = Counter(dict.fromkeys(FAULTS, 0))
    looks = 0
    with reader() as pipe:
        for number in range(given.kills):
            _copy(prepared, output)
            pipe.send((output, counts))
            killed = kill(command, Path("/"), chance.uniform(0, seconds), aimed=False, alone=False)
            second, code = run(command)
            pipe.send(None)
            seen = pipe.recv()
            looks += seen["looks"]
            found = {"torn_looks": seen["torn_looks"], "failed_runs": int(code != 0), "left_processes": killed.left}
            for difference in differences(expected, rows_of(output)).values():
                found |= difference
            audit = subprocess.run(onrecord("audit", "--data", output), stdout=subprocess.DEVNULL)
            found["audits"] = int(audit.returncode != 0)
            faults.update(found)
            wrong = {name: count for name, count in found.items() if count}
            note(f"{number + 1}: killed at {killed.seconds:.1f} s, then {second:.1f} s {wrong or ''}")
    return {"tries": given.kills, "seconds_not_killed": round(seconds, 1), "looks": looks, "faults": dict(faults)}


def _copy(prepared: str, output: str) -> None:
    if store().exists(output):
        store().rm(output, recursive=True)
    store().copy(f"{prepared}/", f"{output}/", recursive=True)


def rows_of(output: str | Path) -> Rows:
    """The rows of every table, as the newest version has them."""
    import onrecord as api

    question = "SELECT md5(t::VARCHAR), count(*) FROM {} t GROUP BY 1"
    with api.open(output) as data:
        return {table: Counter(dict(data.sql(question.format(table)).fetchall())) for table in TABLES}


if __name__ == "__main__":
    sys.exit(main())
