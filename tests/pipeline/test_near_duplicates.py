"""Stories told twice are found, kept and marked; what is told once is left alone; order changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from random import Random

import numpy as np
import pytest
from run_helpers import run_tables

from onrecord.pipeline.ask import ask
from onrecord.pipeline.store import clusters as store_clusters
from onrecord.pipeline.store.near_duplicates import (
    Fingerprints,
    Membership,
    TextHashes,
    candidates,
    cluster,
    may_be_one_story,
)
from onrecord.transforms.fingerprints import SIGNATURE_SIZE, details, jaccard, shingles, signatures

WORDS = [f"{a}{b}" for a in "bcdfghklmnprst" for b in ("ale", "ine", "oad", "urn", "eck", "ish", "ower", "ands")]


def story(seed: int, sentences: int = 20) -> list[str]:
    chance = Random(seed)
    return [" ".join(chance.choices(WORDS, k=12)).capitalize() + "." for _ in range(sentences)]


def prints(texts: dict[str, str], published: dict[str, object] | None = None) -> Fingerprints:
    found = shingles(texts.values())
    return Fingerprints(
        article_ids=tuple(texts),
        text_hashes=tuple(str(hash(text)) for text in texts.values()),
        published=tuple((published or {}).get(name) for name in texts),
        runs=tuple(one.size for one in found),
        signatures=signatures(found),
    )


def clusters(texts: dict[str, str], *, order: list[str] | None = None) -> list[Membership]:
    hash_sets = zip(texts.items(), shingles(texts.values()), strict=True)
    found = {name: TextHashes(shingles=runs, details=details(text)) for (name, text), runs in hash_sets}
    parts = [prints({name: texts[name]}) for name in order or list(texts)]
    return cluster(parts, lambda ids: {name: found[name] for name in ids})


@pytest.mark.parametrize("kept", [19, 17, 14])
def test_a_shortened_story_with_an_agency_line_is_the_same_story(kept: int) -> None:
    """Sentences cut, others added, paragraphs merged, marks and case changed."""
    whole = story(1)
    copy = " ".join([*whole[:kept], "(Reporting by Jane Doe)", *story(2, 2)]).upper()
    rows = clusters({"a": "\n\n".join(whole), "b": copy, "c": " ".join(story(3))})
    assert [(row.article_id, row.cluster_id, row.duplicate_of) for row in rows] == [("a", "a", None), ("b", "a", None)]
    (other,) = (row for row in rows if not row.is_cluster_head)
    assert 0.4 <= other.similarity < 1


def test_different_stories_stay_apart() -> None:
    """So do short ones that share nearly all of their words: only the same text makes them duplicates."""
    assert clusters({str(n): " ".join(story(n)) for n in range(50)}) == []
    assert clusters({"a": "No games today in the town hall.", "b": "No games tonight in the town hall."}) == []
    assert len(clusters({"a": "No games today.", "b": "No games today."})) == 2


RESULTS = (
    "Shares of {0} rose {1} percent on Monday after the company reported earnings for the third quarter. Analysts had"
    " been warning of a weak period. At its seat in {2}, the head of {0} put the profit at {3} million. The results"
    " beat what the market had expected, and revenue of {4} million was the best in years."
)
MATCHES = (
    "The away side lost to {0} by {1} to one after a first half in which nothing much had happened. It was a header by"
    " {2} in minute {3} that opened the scoring. The crowd of {4} saw the keeper of {0} save twice in stoppage time."
    " The two sides meet again next month in the cup, where everything may be otherwise."
)
FIRMS = [
    ("Orvane", "3", "Leeds", "12", "84"),
    ("Tessel", "7", "Bergen", "88", "616"),
    ("Nordhav", "2", "Porto", "45", "315"),
]


@pytest.mark.parametrize("template", [RESULTS, MATCHES])
def test_stories_in_one_frame_are_different_stories(template: str) -> None:
    """They share their words, and few of their names and numbers."""
    texts = {name[0]: template.format(*name) for name in FIRMS}
    assert jaccard(*shingles(list(texts.values())[:2])) >= 0.4
    assert clusters(texts) == []


@pytest.mark.parametrize(
    "copy",
    [
        lambda text: text.replace("84 ", "86 "),
        lambda text: f"LONDON (AP) — {text} Copyright 2024 The Example.",
        lambda text: text.replace(" the ", " that "),
        lambda text: text[: text.rindex(". ") + 1],
        lambda text: text.upper(),
        lambda text: text.lower(),
    ],
)
@pytest.mark.parametrize("template", [RESULTS, MATCHES])
def test_a_story_of_a_frame_told_again_is_one_story(template: str, copy: Callable[[str], str]) -> None:
    """Corrected, with an agency's line, in other words, shortened, in letters of one case."""
    texts = {firm[0]: template.format(*firm) for firm in FIRMS}
    rows = clusters({**texts, "copy": copy(texts["Orvane"])})
    assert [row.article_id for row in rows] == ["Orvane", "copy"]


def test_what_is_not_known_of_names_decides_nothing() -> None:
    """Fingerprints of an earlier version have none: the words that are shared decide alone."""
    first, second = shingles([RESULTS.format(*firm) for firm in FIRMS[:2]])
    known, unknown = TextHashes(shingles=first, details=details("Orvane had 84 of 12.")), TextHashes(shingles=second)
    assert may_be_one_story(known, unknown, 1.0)
    assert not may_be_one_story(known, TextHashes(shingles=second, details=details("As Tessel had 88 of 13.")), 0.1)


def test_the_same_text_names_its_original() -> None:
    """The head is the longest; a copy of a shorter one names that one, with its similarity to the head."""
    whole = story(1)
    short = " ".join(whole[:16])
    rows = {row.article_id: row for row in clusters({"a": short, "b": " ".join(whole), "c": short, "d": short})}
    assert [name for name, row in rows.items() if row.is_cluster_head] == ["b"]
    assert {name: row.duplicate_of for name, row in rows.items()} == {"a": None, "b": None, "c": "a", "d": "a"}
    assert rows["c"].similarity == rows["a"].similarity < 1
    assert {row.cluster_id for row in rows.values()} == {"a"}


def test_the_order_in_which_articles_come_changes_nothing() -> None:
    whole = story(1)
    texts = {"a": " ".join(whole), "b": " ".join(whole[2:]), "c": " ".join(whole[:-3]), "d": " ".join(story(9))}
    assert len({tuple(clusters(texts, order=list(order))) for order in permutations(texts)}) == 1


def test_signatures_tell_the_similarity() -> None:
    """Two rows agree in about as many places as the exact similarity says."""
    whole = story(1, 60)
    one, other = shingles([" ".join(whole), " ".join(whole[15:] + story(2, 15))])
    row, second = signatures([one, other])
    assert abs((row == second).mean() - jaccard(one, other)) < 0.15
    assert signatures([]).shape == (0, SIGNATURE_SIZE)
    assert jaccard(*shingles(["", ""])) == 0.0


def test_many_alike_make_few_candidates() -> None:
    """Of a thousand copies each is compared with its neighbours, not with all."""
    rows = np.repeat(np.arange(SIGNATURE_SIZE, dtype=np.uint32)[None], 1000, axis=0)
    assert len(candidates(rows, np.full(1000, 300))) < 3000


def test_a_run_marks_what_is_told_twice(tmp_path: Path) -> None:
    """The table has a row for each article of a cluster; the view of articles tells each story once by its heads."""
    source = "The council met on Monday to talk about the new budget for the schools in town. "
    source += "Parents had asked for more money since the spring of last year, the mayor wrote to them on Sunday."
    other = "Rain fell over the northern valleys for the third day, and two bridges were closed by the police."
    for name, text in {"a": source, "b": source, "c": f"{source} Nobody came.", "d": other}.items():
        (tmp_path / f"{name}.txt").write_text(text)
    output = tmp_path / "tables"
    run_tables(output, tmp_path)
    rows = ask("SELECT count(*), count(duplicate_of), count(DISTINCT cluster_id) FROM clusters", output).rows
    assert rows == [(3, 1, 1)]
    heads = ask("SELECT right(uri, 5) FROM articles WHERE is_cluster_head ORDER BY uri", output).rows
    assert heads == [("c.txt",), ("d.txt",)]


def test_a_part_is_read_once_for_all_candidates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many pairs there are: one look for the fingerprints, one for the shingles."""
    (tmp_path / "in").mkdir()
    for n in range(40):
        lines = [*story(n // 4), f"Version {n}."]
        (tmp_path / "in" / f"{n:02}.txt").write_text("\n\n".join(lines), encoding="utf-8")
    looks: list[tuple[str, ...]] = []
    read = store_clusters._read

    def counted(part: Path, columns: list[str]) -> object:
        looks.append((part.name, *columns))
        return read(part, columns)

    monkeypatch.setattr(store_clusters, "_read", counted)
    run_tables(tmp_path / "out", tmp_path / "in")
    assert len(looks) == len(set(looks)) > 0
    assert ask("SELECT count(*), count(DISTINCT cluster_id) FROM clusters", tmp_path / "out").rows == [(40, 10)]
