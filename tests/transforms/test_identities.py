"""Names are taken apart, clustered and keyed as a careful reader would; nothing that a reader may mark breaks it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.transforms.alignment import AlignedText
from onrecord.transforms.identities import explain
from onrecord.transforms.identities.clusters import cluster_mentions
from onrecord.transforms.identities.names.descriptions import Description, parse_description, roles_at
from onrecord.transforms.identities.names.parsing import parse_name, person_key
from onrecord.transforms.identities.names.spelling import given_name_key, phonetic_key, same_given_name
from onrecord.transforms.identities.resolve import resolve
from onrecord.transforms.identities.speakers import resolve_speakers
from onrecord.transforms.identities.speakers.sources import governed
from onrecord.transforms.records import Annotation, Article, Attribution, Entity, Link, RawArticle, Reading

TEXT = (
    "Mayor Ann Roe (Ind.) met the Bay Trust (BT). “We agree,” she said. BT's chair, Al Poe, 61, was not there.\n\n"
    "“I was ill.” The chair of the trust, who asked not to be named, said it. Roe, a lawyer, told the Bay Post that "
    "Mr. Poe’s wife had called. “He is,” the Post wrote, “the man I know,” according to Ann Roe."
)


def article_of(text: str) -> Article:
    raw = RawArticle(uri="a.txt", text=text, raw_sha256="", n_bytes=len(text.encode()))
    return Article(article_id="a", raw=raw, body=AlignedText.of(text))


def marked(text: str, names: dict[str, str]) -> tuple[Entity, ...]:
    """Every place of a name that is not inside a longer one."""
    entities: list[Entity] = []
    for name in sorted(names, key=len, reverse=True):
        for at in range(len(text)):
            if text.startswith(name, at) and not any(e.start <= at < e.end for e in entities):
                entities.append(Entity(start=at, end=at + len(name), label=names[name], score=0.9))
    return tuple(sorted(entities, key=lambda e: e.start))


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Dr. Ann Roe", "Ann Roe"),
        ("Vermont Sen. Ann Roe", "Ann Roe"),
        ("Beekeeper Ann Roe", "Ann Roe"),
        ("Hunter Roe", "Hunter Roe"),
        ("Hunter S. Roe", "Hunter S. Roe"),
        ("ANN ROE", "ANN ROE"),
        ("ANNA ROEDER", "Anna Roeder"),
        ("Ann “Moose” Roe", "Ann Roe"),
        ("Ann Roe of Vermont", "Ann Roe"),
        ("Ann\nRoe’s", "Ann Roe"),
        ("Ann van der Roe", "Ann van der Roe"),
        ("Ann Roe Jr.", "Ann Roe Jr"),
        ("Prince", "Prince"),
    ],
)
def test_names(written: str, name: str) -> None:
    assert parse_name(written).text == name


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("Ann Roe", "ANN ROE", True),
        ("Ann Roe", "Dr. Ann B. Roe", True),
        ("Ann Roe", "Ann van Roe", True),
        ("Ann Roe", "Anne Roe", False),
        ("Ann Roe", "Ann Roe Jr.", False),
        ("Ann H. W. Roe", "Ann W. Roe", False),
        ("Konstantin Roe", "Constantine Roe", True),
        ("Zoë Núñez", "Zoe Nunez", True),
    ],
)
def test_keys(left: str, right: str, same: bool) -> None:
    """An id is blind to case, diacritics, titles, particles, one initial and transliteration, and to nothing else."""
    assert (person_key(parse_name(left)) == person_key(parse_name(right))) is same


@pytest.mark.parametrize(
    ("text", "name", "roles"),
    [
        ("Education Minister Ann Roe said so.", "Ann Roe", ["Education Minister"]),
        ("Norway’s former prime minister Ann Roe said so.", "Ann Roe", ["Norway’s former prime minister"]),
        ("The head of the council, Ann Roe, said so.", "Ann Roe", ["The head of the council"]),
        ("Ann Roe, 61, a lawyer, said so.", "Ann Roe", ["a lawyer"]),
        ("Ann Roe, president of the club, said so.", "Ann Roe", ["president of the club"]),
        ("Ann Roe is the mayor of Bergen.", "Ann Roe", ["the mayor of Bergen"]),
        ("Deputy Secretary of State Ann Roe said so.", "Ann Roe", ["Deputy Secretary of State"]),
        ("Her husband, Al Roe, said so.", "Al Roe", []),
        ("On Monday, Ann Roe, in the rain, said so.", "Ann Roe", []),
        ("The party will field Ann Roe, not a candidate of the left.", "Ann Roe", []),
    ],
)
def test_roles(text: str, name: str, roles: list[str]) -> None:
    at = text.index(name)
    assert [role.text for role in roles_at(text, at, at + len(name))] == roles


@pytest.mark.parametrize(
    ("phrase", "head", "determiner", "plural"),
    [
        ("the Norwegian president", "president", "definite", False),
        ("Norway’s defense minister", "minister", "owner", False),
        ("his lawyer", "lawyer", "pronoun", False),
        ("two aides", "aide", "", True),
        ("police", "police", "", True),
        ("a spokesman for the company", "spokesman", "indefinite", False),
        ("the boss of bosses", "boss", "definite", False),
    ],
)
def test_descriptions(phrase: str, head: str, determiner: str, plural: bool) -> None:
    description = parse_description(phrase)
    assert isinstance(description, Description)
    assert (description.head, description.determiner, description.plural) == (head, determiner, plural)


def test_clusters() -> None:
    names = {"Ann Roe": "PERSON", "Bay Trust": "ORG", "Al Poe": "PERSON", "Roe": "PERSON", "Mr. Poe": "PERSON"}
    clusters = cluster_mentions(TEXT, marked(TEXT, names))
    assert [cluster.name for cluster in clusters] == ["Ann Roe", "Bay Trust", "Al Poe"]
    roe, trust, poe = clusters
    assert [role.text for role in roe.roles] == ["Mayor", "a lawyer"]
    assert poe.gender == "male"
    assert [TEXT[a:b] for a, b, _ in trust.mentions] == ["Bay Trust", "BT", "BT"]  # found where the reader marked none


def test_explain_shows_each_cluster_and_each_source() -> None:
    names = {"Ann Roe": "PERSON", "Bay Trust": "ORG"}
    start = TEXT.index("she said")
    attribution = Attribution(
        content=((TEXT.index("“We"), TEXT.index(" she")),),
        source=((start, start + 3),),
        cue=((start + 4, start + 8),),
        kind="direct",
        act="statement",
        confidence=0.9,
    )
    reading = Reading(
        sentence_starts=(0, TEXT.index("“We")),
        entities=marked(TEXT, names),
        attributions=(attribution,),
        links=(Link(start=start, end=start + 3, new=0.1),),
    )
    lines = explain(resolve(article_of(TEXT), reading))
    assert any(line.startswith("  Ann Roe (PERSON") for line in lines)
    assert any(line.startswith("  [0] 'she': Ann Roe (") and "the pronoun means this one" in line for line in lines)


def test_genders_are_learned_without_changing_the_clusters() -> None:
    """A pronoun that means "Roe" shows a gender: the resolution has it, the clusters that went in are as they were."""
    text = "Roe spoke. “We agree,” she said."
    she = text.index("she")
    link = Link(start=she, end=she + 3, targets=((0, 3, 0.9),), new=0.0)
    reading = Reading(sentence_starts=(0, 11), entities=marked(text, {"Roe": "PERSON"}), links=(link,))
    clusters = cluster_mentions(text, reading.entities)
    before = deepcopy(clusters)
    assert resolve_speakers(text, reading, clusters).genders == ("female",)
    assert clusters == before
    assert before[0].gender is None
    assert resolve(article_of(text), reading).entity_clusters[0].gender == "female"


def test_governed_names_do_not_head_their_phrase() -> None:
    assert governed("minutes seen by ")
    assert not governed("the Minister of Defense ")


def test_given_names() -> None:
    assert same_given_name("Bill", "William")
    assert not same_given_name("Bill", "Will Jr")
    assert given_name_key("Alexandra") != given_name_key("Alexander")
    assert phonetic_key("Babić") == phonetic_key("Babich")


offsets = st.integers(0, len(TEXT))


@st.composite
def spans(draw: Any) -> tuple[int, int]:
    start = draw(st.integers(0, len(TEXT) - 1))
    return start, draw(st.integers(start + 1, min(len(TEXT), start + 40)))


@st.composite
def readings(draw: Any) -> Reading:
    """Anything that a reader could mark, right or wrong."""
    labels = st.sampled_from(["PERSON", "ORG", "LOC", "NORP", "FAC", "DATE", "MISC"])
    borders = sorted(draw(st.sets(offsets, max_size=16)))
    pairs = list(zip(borders[::2], borders[1::2], strict=False))
    entities = [Entity(start=a, end=b, label=draw(labels), score=0.5) for a, b in pairs]
    part = st.lists(spans(), max_size=2).map(tuple)
    attributions = [
        Attribution(
            content=(draw(spans()),),
            cue=draw(part),
            source=draw(part),
            kind=draw(st.sampled_from(["direct", "mixed", "indirect"])),
            act="statement",
            confidence=0.5,
        )
        for _ in range(draw(st.integers(0, 5)))
    ]
    links = [
        Link(start=a, end=b, targets=tuple((*t, 0.2) for t in draw(st.lists(spans(), max_size=3))), new=0.2)
        for a, b in draw(st.lists(spans(), max_size=5))
    ]
    return Reading(
        sentence_starts=tuple(sorted(draw(st.sets(offsets, max_size=4)))),
        entities=tuple(entities),
        attributions=tuple(attributions),
        links=tuple(links),
    )


@settings(max_examples=200, deadline=None)
@given(readings())
def test_whatever_is_marked(reading: Reading) -> None:
    """Spans index the text, ids are one to one, a speaker is a cluster that speaks, and the same twice."""
    annotation = resolve(article_of(TEXT), reading)
    assert annotation == resolve(article_of(TEXT), reading)
    check(annotation)


def check(annotation: Annotation) -> None:
    text = annotation.article.text
    clusters = annotation.entity_clusters
    speaking = {cluster.speaker_id: cluster for cluster in clusters if cluster.speaker_id}
    assert len(speaking) == sum(cluster.speaker_id is not None for cluster in clusters)
    assert len({cluster.entity_id for cluster in clusters}) == len(clusters)
    for mention in annotation.mentions:
        assert text[mention.span.start : mention.span.end] == mention.span.text
    for quote in annotation.quotes:
        if quote.speaker is not None:
            assert quote.speaker_id is not None
            assert speaking[quote.speaker_id].name == quote.speaker
            assert quote.speaker_evidence
            assert quote.speaker_method
    assert explain(annotation)
