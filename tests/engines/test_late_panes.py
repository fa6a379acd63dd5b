"""What comes late, again or twice makes panes of its own on Prism, and the data set is what one run would make.

The stream is Beam's ``TestStream``, which says itself when a window is over; all behind it is the product's.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from apache_beam.coders import FastPrimitivesCoder
from apache_beam.testing import test_stream
from apache_beam.transforms.window import TimestampedValue
from engine_processes import prism
from given_texts import TEXTS
from tables_made import tables_of

from onrecord.pipeline.commands.run import run_quietly
from onrecord.pipeline.engines.preparation import prepare
from onrecord.pipeline.graph import shards
from onrecord.pipeline.graph.engines import make_pipeline
from onrecord.pipeline.options import Options
from onrecord.pipeline.sources import find
from onrecord.pipeline.stream import assembly
from onrecord.pipeline.stream.arrivals import Arrival
from onrecord.pipeline.stream.progress import read_progress
from onrecord.pipeline.stream.windows import WindowRun
from onrecord.pipeline.watch import turn
from onrecord.pipeline.watch.options import WatchOptions

WINDOW = 10
NAMES = ("harbour.txt", "vote.txt", "strike.txt", "frost.txt")
#: A file of many records is cut into slices of so many bytes, which become several shards.
RECORDS, SLICE = 16, 256


def write(news: Path) -> None:
    """Files that were written long ago; the last has many records."""
    for n, name in enumerate(NAMES):
        (news / name).write_text(text(n))
    (news / "many.jsonl").write_text("".join(json.dumps({"text": text(10 + n)}) + "\n" for n in range(RECORDS)))
    for path in news.iterdir():
        os.utime(path, (1, 1))


def text(n: int) -> str:
    return f"Report {n} of the day.\n\n{TEXTS[n % len(TEXTS)].format(n=n + 2)}"


def come(news: Path, *names: str, at: float, version: str = "") -> list[TimestampedValue]:
    """What the source tells of files that it has seen at that time, by default in the version that is there."""
    found = [reference for name in names for reference in find([str(news / name)])]
    told = [replace(each, named=False, version=version or each.version) for each in found]
    return [TimestampedValue((str(news), Arrival(each, 1.0)), at) for each in told]


def stream(news: Path) -> test_stream.TestStream:
    """Two windows, each with what comes late to it, one by one: what is new, what is there, and what is on its way."""
    return (
        test_stream.TestStream(FastPrimitivesCoder())
        .advance_watermark_to(0)
        .add_elements([*come(news, "harbour.txt", "vote.txt", at=1), *come(news, "harbour.txt", at=2)])
        .advance_watermark_to(WINDOW)
        .add_elements(come(news, "frost.txt", at=3))
        .add_elements(come(news, "harbour.txt", at=4))
        .add_elements(come(news, "frost.txt", at=5))
        .add_elements(come(news, "vote.txt", "strike.txt", at=WINDOW + 5))
        .advance_watermark_to(2 * WINDOW)
        .add_elements(come(news, "many.jsonl", at=WINDOW + 6))
        .add_elements(come(news, "strike.txt", at=WINDOW + 7, version="older"))
        .advance_watermark_to_infinity()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The data set, and in how many panes the shards of each run came to the commit."""

    output: Path
    fresh: Path
    panes: Mapping[str, int]


def count_panes(patch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts by run how often some of its shards come to the commit."""
    commit_window, panes = assembly.commit_window, Counter[str]()

    def count_and_commit(run: WindowRun, *rest: Any) -> None:
        panes[run.target.run] += 1
        commit_window(run, *rest)

    patch.setattr(assembly, "commit_window", count_and_commit)
    return panes


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Taken:
    """The stream, taken in on Prism by workers in this process; and one run over the folder."""
    folder = tmp_path_factory.mktemp("late")
    news = folder / "news"
    news.mkdir()
    write(news)
    with prism(folder) as (_, (_, runner, *flags)), pytest.MonkeyPatch.context() as patch:
        patch.setattr(shards, "MIN_BYTES", SLICE)
        panes = count_panes(patch)
        options = Options(output=str(folder / "out"), clusters=False, runner=runner, beam_flags=tuple(flags))
        turn.make_dataset(options)
        job = make_pipeline(prepare(options), is_streaming=True)
        assembly.build(job | stream(news), (str(news),), options, WatchOptions(window=WINDOW))
        assert job.run().wait_until_finish() == "DONE"
    run_quietly([str(news)], Options(output=str(folder / "fresh"), clusters=False))
    return Taken(output=folder / "out", fresh=folder / "fresh", panes=panes)


def test_the_data_set_is_that_of_one_run(taken: Taken) -> None:
    made = tables_of(taken.output).rows
    assert len(made["articles"]) == len(NAMES) + RECORDS
    assert made == tables_of(taken.fresh).rows
    assert read_progress(taken.output).error == ""


def test_what_is_late_is_a_run_of_its_own(taken: Taken) -> None:
    """Beside the two windows: the frost, the many records, and the strike in another version."""
    assert len(taken.panes) >= 5


def test_the_shards_of_a_late_run_come_in_several_panes(taken: Taken) -> None:
    """One by one; they are all done by then, since Prism hands the shards of a pane to one worker at a time."""
    assert max(taken.panes.values()) > 1
