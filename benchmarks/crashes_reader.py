"""The reader of ``benchmarks.crashes``: a process that asks a data set all the while that runs change it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.speed import note

#: Seconds between two looks; for which parts that were removed have to stay.
LOOK_SECONDS, GRACE_SECONDS = 0.2, 1.0
LOOK = """SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM rejects), (SELECT count(*) FROM records),
    (SELECT sum(n_quotes) FROM articles), (SELECT count(*) FROM quotes),
    (SELECT sum(n_mentions) FROM articles), (SELECT count(*) FROM mentions)"""


@contextmanager
def reader() -> Iterator[Connection]:
    """A process that polls a data set from when it is sent its folder until it is sent None, and then sends its counts.

    With the folder it is sent how many articles the whole versions have; empty where that is not known.
    """
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=watch, args=(theirs,), daemon=True)
    process.start()
    try:
        yield ours
    finally:
        process.terminate()
        process.join()


def watch(pipe: Connection) -> None:
    while True:
        output, counts = pipe.recv()
        seen = Counter(looks=0, torn_looks=0, failed_looks=0)
        while not pipe.poll(LOOK_SECONDS):
            seen.update(["looks", *look_for_faults(output, counts)])
        pipe.recv()
        pipe.send(dict(seen))


def look_for_faults(output: str | Path, counts: frozenset[int]) -> list[str]:
    started = time.monotonic()
    try:
        articles, rejects, records, told_quotes, quotes, told_mentions, mentions = look(output)
    except Exception as error:  # whatever it is, this reader got no answer
        is_late = time.monotonic() - started > GRACE_SECONDS
        note(f"look after {time.monotonic() - started:.2f} s: {str(error)[:300]}")
        return [] if is_late else ["failed_looks"]
    whole = articles + rejects == records and (told_quotes, told_mentions) == (quotes, mentions)
    whole = whole and (articles in counts or not counts)
    return [] if whole else ["torn_looks"]


def look(output: str | Path) -> tuple[int, ...]:
    import onrecord as api

    with api.open(output) as data:
        (row,) = data.sql(LOOK).fetchall()
    return tuple(map(int, row))
