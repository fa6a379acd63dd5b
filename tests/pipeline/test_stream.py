"""The unbounded job without its engine: what has come is told once, and a window is one run, whatever is done again."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from run_helpers import ARTICLES, all_rows, run_tables

from onrecord.pipeline.ask.snapshot import Snapshot, current, newest
from onrecord.pipeline.options import Options
from onrecord.pipeline.sources import Reference, find
from onrecord.pipeline.store.target import keep_alive
from onrecord.pipeline.stream import control
from onrecord.pipeline.stream.arrivals import Arrival, Arrivals, Poll, arrival_key
from onrecord.pipeline.stream.progress import Progress, read_progress
from onrecord.pipeline.stream.windows import WindowRun, annotate_window, commit_window, plan_window
from onrecord.pipeline.watch import chores, turn
from onrecord.pipeline.watch.known import Known, read_inputs

TEXT = "“We will {} it,” said Pavel Lind.\n"


@pytest.fixture
def options(tmp_path: Path) -> Options:
    options = Options(output=str(tmp_path / "output"), clusters=False, runner="PrismRunner")
    turn.make_dataset(options)
    return options


def write(folder: Path, name: str, word: str) -> Path:
    """A file that was written long ago."""
    path = folder / name
    path.write_text(TEXT.format(word))
    os.utime(path, (1, 1))
    return path


def come(*paths: Path) -> list[Arrival]:
    return [Arrival(replace(reference, named=False), 1.0) for path in paths for reference in find([str(path)])]


def annotate(arrivals: list[Arrival], folder: Path, options: Options) -> list[WindowRun]:
    return [annotate_window(run, shard, options) for run, shard in list(plan_window(arrivals, (str(folder),), options))]


def commit(runs: list[WindowRun], options: Options) -> None:
    for run in runs:
        commit_window(run, options, lambda *_: None)


def take(arrivals: list[Arrival], folder: Path, options: Options) -> None:
    commit(annotate(arrivals, folder, options), options)


def assert_holds(folder: Path, options: Options, tmp_path: Path) -> None:
    """The data set has the rows of one run over the folder as it is now."""
    run_tables(tmp_path / "fresh", folder, clusters=False, fresh=True)
    chores.clear_at_end(options)
    assert all_rows(tmp_path / "fresh") == all_rows(Path(options.output))


def works(options: Options) -> list[str]:
    return [path.name for path in Path(options.output, "_onrecord", "work").iterdir()]


def test_windows_make_what_one_run_would(articles: Path, options: Options, tmp_path: Path) -> None:
    first, *others = sorted(articles.iterdir())
    take(come(first), articles, options)
    first.write_text(TEXT.format("close"))
    renamed = others[0].rename(articles / "renamed.txt")
    take(come(first, renamed, *others[1:]), articles, options)
    assert_holds(articles, options, tmp_path)
    assert newest(options.output) == 3
    assert works(options) == []
    done = read_progress(options.output)
    assert (done.windows, done.files, done.totals["articles"], len(done.seconds)) == (2, 5, 4, 5)


def test_what_is_there_already_is_no_window(articles: Path, options: Options) -> None:
    arrivals = come(*articles.iterdir())
    take(arrivals, articles, options)
    assert list(plan_window(arrivals, (str(articles),), options)) == []
    assert works(options) == []


def test_a_window_that_is_delivered_again_changes_nothing(articles: Path, options: Options, tmp_path: Path) -> None:
    """A bundle is repeated before and after the commit, and after another window."""
    runs = annotate(come(articles / "frost.txt"), articles, options)
    commit(runs, options)
    commit(runs, options)
    take(come(*(articles / name for name in ARTICLES if name != "frost.txt")), articles, options)
    commit(runs, options)
    assert newest(options.output) == 3
    assert_holds(articles, options, tmp_path)


def test_a_window_in_several_panes_is_one_commit(options: Options, tmp_path: Path) -> None:
    """The first pane brings some of its shards: they wait for the others, and are not taken for all there is."""
    folder = tmp_path / "news"
    folder.mkdir()
    paths = [write(folder, f"{n}.txt", f"mend {n} of") for n in range(40)]
    shards = list(plan_window(come(*paths), (str(folder),), options))
    assert len(shards) == 2
    early = [annotate_window(*shards[0], options)]
    commit(early, options)
    assert newest(options.output) == 1
    late = [annotate_window(*shards[1], options)]
    commit([*late, *early], options)
    assert newest(options.output) == 2
    assert_holds(folder, options, tmp_path)


def test_a_window_that_was_lost_with_its_engine_comes_anew(articles: Path, options: Options, tmp_path: Path) -> None:
    arrivals = come(*articles.iterdir())
    annotate(arrivals, articles, options)
    assert newest(options.output) == 1
    take(arrivals, articles, options)
    assert_holds(articles, options, tmp_path)


def test_a_window_whose_work_was_cleared_is_left_alone(articles: Path, options: Options) -> None:
    ((run, shard),) = plan_window(come(articles / "frost.txt"), (str(articles),), options)
    other = Path(options.output, "_onrecord", "work", run.target.run)
    for path in sorted(other.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    commit([annotate_window(run, shard, options)], options)
    assert newest(options.output) == 1


def test_a_sweep_removes_what_is_gone_and_reads_nothing_new(articles: Path, options: Options, tmp_path: Path) -> None:
    mirror = replace(options, mirror=True, sure=True)
    take(come(*articles.iterdir()), articles, mirror)
    (articles / "frost.txt").unlink()
    waiting = articles / "waiting.txt"
    waiting.write_text(TEXT.format("wait for"))
    take([Arrival(None)], articles, mirror)
    waiting.unlink()
    assert_holds(articles, options, tmp_path)


def test_a_sweep_leaves_what_comes_beside_it(
    articles: Path, options: Options, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A window is committed after a sweep has looked at what the data set knows, and before it is planned."""
    mirror = replace(options, mirror=True, sure=True)
    first, *others = sorted(articles.iterdir())
    take(come(first), articles, mirror)
    waiting = [come(*others)]

    def list_then_commit(folders: tuple[str, ...], known: Known) -> Iterator[Reference]:
        references = list(turn_as_known(folders, known))
        while waiting:
            take(waiting.pop(), articles, mirror)
        return iter(references)

    turn_as_known = turn.as_known
    monkeypatch.setattr(turn, "as_known", list_then_commit)
    take([Arrival(None)], articles, mirror)
    assert_holds(articles, options, tmp_path)


def test_a_mirror_that_would_remove_too_much_says_so(articles: Path, options: Options, tmp_path: Path) -> None:
    mirror = replace(options, mirror=True)
    take(come(*articles.iterdir()), articles, mirror)
    gone = sorted(articles.iterdir())[:2]
    for path in gone:
        path.unlink()
    new = write(articles, "new.txt", "paint")
    take([*come(new), Arrival(None)], articles, mirror)
    done = read_progress(options.output)
    assert "--mirror would remove 2 of" in str(done.mirror)
    assert done.totals["articles"] == len(ARTICLES) + 1


def test_two_records_of_one_id_stop_no_job(options: Options, tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    by_id = replace(options, output=str(tmp_path / "by_id"), fields=replace(options.fields, id="id"))
    turn.make_dataset(by_id)
    for name in ("a", "b"):
        (folder / f"{name}.jsonl").write_text(f'{{"id": "1", "text": "{name}: it rains, said Ada Brook."}}\n')
    (folder / "c.jsonl").write_text('{"id": "2", "text": "c: it rains, said Ada Brook."}\n')
    take(come(*folder.iterdir()), folder, by_id)
    done = read_progress(by_id.output)
    assert "two records have the id" in done.error
    assert (done.files, done.articles) == (2, 2)
    chores.clear_at_end(by_id)
    assert len(all_rows(Path(by_id.output))["articles"]) == 2


def test_a_file_that_comes_twice_in_a_window_comes_as_it_was_last(
    articles: Path, options: Options, tmp_path: Path
) -> None:
    path = articles / "frost.txt"
    first = come(path)[0]
    path.write_text(TEXT.format("thaw"))
    last = come(path)[0]._replace(changed=2.0)
    take([last, first, *come(*(articles / name for name in ARTICLES if name != "frost.txt"))], articles, options)
    assert_holds(articles, options, tmp_path)
    assert list(plan_window([last], (str(articles),), options)) == []


@pytest.fixture
def poll(options: Options) -> Poll:
    control.begin(options.output, "this")
    return Poll(job="this", options=options, settle=60.0, sweep_every=1000.0, patience=1000.0, mirror_delay=0.0)


def names(told: list[tuple[Arrival, float]]) -> list[str]:
    return [Path(each.reference.uri).name if each.reference else "" for each, _ in told]


def keys(told: list[tuple[Arrival, float]]) -> list[tuple[str, float]]:
    return [(arrival_key(each), since) for each, since in told]


@pytest.fixture
def news(tmp_path: Path) -> Path:
    (tmp_path / "news").mkdir()
    return tmp_path / "news"


def test_what_has_settled_is_told_until_the_data_set_has_it(poll: Poll, news: Path, options: Options) -> None:
    arrivals = Arrivals(poll=poll, folder=str(news))
    assert arrivals.look() == []
    old = write(news, "old.txt", "sell")
    write(news, "half.txt.part", "sell")
    (news / "young.txt").write_text("It is being")
    first = arrivals.look()
    assert names(first) == ["old.txt"]
    young = write(news, "young.txt", "keep")
    again = arrivals.look()
    assert (names(again), keys(again)[:1]) == (["old.txt", "young.txt"], keys(first))
    take(come(old), news, options)
    assert names(arrivals.look()) == ["young.txt"]
    write(news, "old.txt", "never sell")
    take(come(young), news, options)
    changed = arrivals.look()
    assert names(changed) == ["old.txt"]
    assert keys(changed)[0][0] != keys(first)[0][0]


def test_what_the_data_set_has_is_not_told_by_who_begins_anew(poll: Poll, articles: Path, options: Options) -> None:
    for path in articles.iterdir():
        os.utime(path, (1, 1))
    take(come(articles / "frost.txt"), articles, options)
    begun_anew = [Arrivals(poll=poll, folder=str(articles)).look() for _ in range(2)]
    assert "frost.txt" not in names(begun_anew[0])
    first, second = ([key for key, _ in keys(each)] for each in begun_anew)
    assert first == second  # the engine knows what it was told


def test_what_was_lost_on_the_way_is_told_again(poll: Poll, news: Path) -> None:
    write(news, "a.txt", "sell")
    for patience, is_new in ((0.0, True), (1000.0, False)):
        arrivals = Arrivals(poll=replace(poll, patience=patience), folder=str(news))
        first, second = arrivals.look(), arrivals.look()
        assert names(first) == names(second) == ["a.txt"]
        assert (keys(first) != keys(second)) == is_new


def test_a_sweep_is_told_in_its_time(poll: Poll, news: Path) -> None:
    arrivals = Arrivals(poll=replace(poll, sweep_every=0.0), folder=str(news))
    first = arrivals.look()
    assert names(first) == [""]
    assert keys(arrivals.look()) == keys(first)  # nothing has come since
    write(news, "a.txt", "sell")
    later = arrivals.look()
    assert names(later) == ["a.txt", ""]
    assert keys(later)[1] != keys(first)[0]


def test_a_folder_that_is_away_for_a_while_has_nothing_new(poll: Poll, news: Path, tmp_path: Path) -> None:
    arrivals = Arrivals(poll=poll, folder=str(news))
    news.rename(tmp_path / "away")
    assert arrivals.look() == []
    (tmp_path / "away").rename(news)
    write(news, "a.txt", "sell")
    assert names(arrivals.look()) == ["a.txt"]


def test_a_mirror_is_told_when_something_has_vanished(poll: Poll, news: Path, options: Options) -> None:
    path = write(news, "a.txt", "sell")
    arrivals = Arrivals(poll=replace(poll, options=replace(options, mirror=True)), folder=str(news))
    assert names(arrivals.look()) == ["a.txt"]
    take(come(path), news, options)
    assert arrivals.look() == []
    path.unlink()
    told = arrivals.look()
    assert names(told) == [""]
    assert keys(arrivals.look()) == keys(told)  # once


def test_a_mirror_is_told_of_what_vanished_on_its_way(poll: Poll, news: Path, options: Options, tmp_path: Path) -> None:
    """Its window takes a file that is not there: looking after what is gone has to wait for that."""
    mirror = replace(options, mirror=True, sure=True)
    path = write(news, "a.txt", "sell")
    arrivals = Arrivals(poll=replace(poll, options=mirror), folder=str(news))
    assert names(arrivals.look()) == ["a.txt"]
    window = come(path)
    path.unlink()
    write(news, "b.txt", "keep")
    assert names(arrivals.look()) == ["b.txt"]
    take([*window, *come(news / "b.txt")], news, mirror)
    assert read_progress(options.output).totals == {"articles": 1, "rejects": 1}
    told = arrivals.look()
    assert names(told) == [""]
    take([each for each, _ in told], news, mirror)
    assert_holds(news, options, tmp_path)


def test_a_mirror_is_told_of_what_another_job_brought(poll: Poll, news: Path, options: Options, tmp_path: Path) -> None:
    """A window of a job that is no more commits after this one has begun: of a file that is gone by then."""
    mirror = replace(options, mirror=True, sure=True)
    window = come(write(news, "a.txt", "sell"))
    write(news, "a.txt", "sell").unlink()
    arrivals = Arrivals(poll=replace(poll, options=mirror), folder=str(news))
    assert arrivals.look() == []
    take(window, news, mirror)
    assert names(arrivals.look()) == [""]


def test_what_comes_to_another_folder_has_not_vanished_from_this_one(
    poll: Poll, news: Path, options: Options, tmp_path: Path
) -> None:
    beside = tmp_path / "news and more"
    beside.mkdir()
    arrivals = Arrivals(poll=replace(poll, options=replace(options, mirror=True)), folder=str(news))
    path = write(news, "a.txt", "sell")
    assert names(arrivals.look()) == ["a.txt"]
    take(come(path, write(beside, "b.txt", "keep")), tmp_path, options)
    assert arrivals.look() == []
    path.unlink()
    assert names(arrivals.look()) == [""]


def test_a_job_ends_when_it_is_told_to_or_when_another_begins(poll: Poll, news: Path, options: Options) -> None:
    assert not poll(str(news)).is_complete
    control.begin(options.output, "another")
    assert poll(str(news)).is_complete
    assert not replace(poll, job="another")(str(news)).is_complete
    control.end(options.output, "this")  # it is not the job any more
    assert control.goes_on(options.output, "another")
    control.end(options.output, "another")
    assert replace(poll, job="another")(str(news)).is_complete


def test_work_without_a_process_stands_for_a_while(options: Options, articles: Path) -> None:
    """Another run clears the work of the dead, and not that of a window on its way."""
    runs = annotate(come(articles / "frost.txt"), articles, options)
    run_tables(Path(options.output), articles / "strike.txt", clusters=False)
    keep_alive(runs[0].target)
    commit(runs, options)
    assert Progress(windows=1).windows == read_progress(options.output).windows
    assert newest(options.output) == 3


def test_what_is_known_is_read_again_when_a_commit_takes_it_away(
    articles: Path, options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onrecord.pipeline.store.reuse.inputs.MAX_FILES", 1)
    run_tables(Path(options.output), articles / "frost.txt", clusters=False)
    waiting = [articles / "strike.txt"]

    def current_then_commit(folder: str) -> Snapshot | None:
        seen = current(folder)
        while waiting:
            run_tables(Path(folder), waiting.pop(), clusters=False)
        return seen

    monkeypatch.setattr("onrecord.pipeline.watch.known.current", current_then_commit)
    assert len(list(read_inputs(options.output))) == 2
