"""Decoding: the likeliest well-formed tags, contents grouped by their cue, a cue that was almost tagged."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from onrecord.transforms.reader.decoding import (
    CONTENT,
    CUE,
    SOURCE,
    Decoding,
    best_path,
    draft_attributions,
    find_spans,
)
from onrecord.transforms.reader.labels import ENTITIES, ENTITY_TAGS, N_TAGS, ROLE_TAGS, TAGS
from onrecord.transforms.reader.scores import Pointer, Scores, log_softmax

TAG = {name: index for index, name in enumerate(ROLE_TAGS)}


def roles_of(*tags: str, sure: float = 0.97) -> np.ndarray:
    """Log-probabilities in which each piece is ``sure`` of its tag."""
    scores = np.full((len(tags), len(ROLE_TAGS)), np.log((1 - sure) / (len(ROLE_TAGS) - 1)), dtype=np.float32)
    scores[np.arange(len(tags)), [TAG[t] for t in tags]] = np.log(sure)
    return scores


def scores_of(roles: np.ndarray, cue_of: dict[int, int], source_of: dict[int, int]) -> Scores:
    """Scores whose pointers are certain: piece -> piece; -1 is nowhere."""
    n = len(roles)

    def pointer(arrows: dict[int, int]) -> Pointer:
        out = Pointer()
        for origin, target in arrows.items():
            row = np.zeros(n + 1, dtype=np.float32)
            row[target + 1] = 1.0
            out.rows[origin] = (0, row)
        return out

    return Scores(
        roles=roles,
        entities=np.zeros((n, 19), dtype=np.float32),
        sentences=np.zeros(n, dtype=np.float32),
        cue_of=pointer(cue_of),
        source_of=pointer(source_of),
        antecedent_of=Pointer(),
    )


def one_piece_words(n: int) -> list[range]:
    return [range(i, i + 1) for i in range(n)]


def viterbi_word_by_word(scores: np.ndarray, opens_paragraph: list[bool]) -> np.ndarray:
    """The whole text by Viterbi's algorithm, as a reference."""
    n, n_tags = scores.shape
    backpointers = np.zeros((n, n_tags), dtype=np.int16)
    inner = np.arange(2, n_tags, 2)
    best_scores = scores[0].copy() if n else np.zeros(n_tags)
    best_scores[inner] = -1e9
    for i in range(1, n):
        best = int(best_scores.argmax())
        current = np.full(n_tags, best_scores[best])
        backpointers[i] = best
        from_begin = best_scores[inner - 1] > best_scores[inner]
        backpointers[i, inner] = np.where(from_begin, inner - 1, inner)
        current[inner] = np.where(from_begin, best_scores[inner - 1], best_scores[inner])
        if opens_paragraph[i]:
            current[inner] = -1e9
        best_scores = current + scores[i]
    path = np.zeros(n, dtype=np.int16)
    if n:
        path[-1] = best_scores.argmax()
        for i in range(n - 1, 0, -1):
            path[i - 1] = backpointers[i, path[i]]
    return path


#: Sums of these are exact, so that paths are equally likely when their sums are; few values make many ties.
EXACT_SCORES = st.one_of(st.sampled_from([0.0, -0.5, -1.0, -2.0]), st.floats(-20, 0, width=16))


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_the_best_path_is_that_of_viterbis_algorithm(data: st.DataObject) -> None:
    """Ties included, for any number of words, tags and paragraphs."""
    n, kinds = data.draw(st.integers(0, 14)), data.draw(st.integers(1, 4))
    scores = data.draw(arrays(np.float64, (n, 1 + 2 * kinds), elements=EXACT_SCORES))
    opens = data.draw(st.lists(st.booleans(), min_size=n, max_size=n))
    path = best_path(scores, opens)
    assert path.tolist() == viterbi_word_by_word(scores, opens).tolist()


@pytest.mark.parametrize("seed", range(20))
def test_the_best_path_of_a_long_text_is_that_of_viterbis_algorithm(seed: int) -> None:
    """Also where most words are sure, as the network's are, and few paragraphs hold a doubtful one."""
    random = np.random.default_rng(seed)
    scores = log_softmax(random.normal(size=(600, 7)) * random.choice([1.0, 4.0, 16.0], size=(600, 1)))
    opens = (random.random(600) < 0.05).tolist()
    assert best_path(scores, opens).tolist() == viterbi_word_by_word(scores, opens).tolist()


@given(arrays(np.float32, (12, 7), elements=st.floats(-20, 0, width=32)), st.sets(st.integers(0, 11)))
def test_the_best_path_is_well_formed_and_unbeaten(scores: np.ndarray, openings: set[int]) -> None:
    """I follows only B or I of its kind and never opens a paragraph; where plain argmax obeys that, it is the path."""
    opens = [i in openings for i in range(12)]
    path = best_path(scores, opens).tolist()

    def obeys(tags: list[int]) -> bool:
        return all(
            t == 0 or t % 2 == 1 or (i > 0 and not opens[i] and tags[i - 1] in (t, t - 1)) for i, t in enumerate(tags)
        )

    assert obeys(path)
    greedy = scores.argmax(axis=1).tolist()
    if obeys(greedy):
        assert scores[np.arange(12), path].sum() == pytest.approx(scores[np.arange(12), greedy].sum(), abs=1e-3)


def test_parts_end_with_their_paragraph() -> None:
    """A span that would go over a paragraph's end is cut there when a new one can begin."""
    roles = roles_of("B-content", "I-content", "B-content", "I-content")
    spans = find_spans(roles, one_piece_words(4), {0, 2})
    assert [(p.label, p.pieces) for p in spans] == [(CONTENT, range(2)), (CONTENT, range(2, 4))]


def test_fragments_of_one_content_share_their_cue_and_its_source() -> None:
    """``"Yes," she said, "we can"``: both fragments point to one cue and become one attribution."""
    tags = ("B-content", "B-source", "B-cue", "B-content", "I-content")
    scores = scores_of(roles_of(*tags), {0: 2, 3: 2, 4: 2}, {2: 1})
    spans = find_spans(scores.roles, one_piece_words(5), {0})
    (draft,) = draft_attributions(spans, scores, one_piece_words(5), [0], Decoding())
    assert [p.pieces for p in draft.content] == [range(1), range(3, 5)]
    assert draft.cue
    assert draft.cue.pieces == range(2, 3)
    assert draft.source
    assert draft.source.pieces == range(1, 2)


@pytest.mark.parametrize(
    ("between", "sentence_starts", "expected"),
    [
        (0.3, [0], [range(1, 5)]),
        (0.05, [0], [range(1, 2), range(3, 5)]),
        (0.3, [0, 3], [range(1, 2), range(3, 5)]),
    ],
    ids=["may be content", "surely not", "over a sentence start"],
)
def test_a_gap_in_a_sentence_is_filled(between: float, sentence_starts: list[int], expected: list[range]) -> None:
    """``said | they met | and called | it a success``: one content, unless what is between is surely none."""
    roles = roles_of("B-cue", "B-content", "O", "B-content", "I-content")
    roles[2, [TAG["B-content"], TAG["I-content"]]] = np.log(between / 2)
    scores = scores_of(roles, {1: 0, 3: 0, 4: 0}, {0: -1})
    (draft,) = draft_attributions(
        find_spans(roles, one_piece_words(5), {0}), scores, one_piece_words(5), sentence_starts, Decoding()
    )
    assert [p.pieces for p in draft.content] == expected


def test_a_gap_that_another_draft_fills_stays() -> None:
    """``said A, denied B, C``: what is denied is no part of what is said."""
    roles = roles_of("B-cue", "B-content", "B-cue", "B-content", "B-content")
    scores = scores_of(roles, {1: 0, 3: 2, 4: 0}, {0: -1, 2: -1})
    drafts = draft_attributions(find_spans(roles, one_piece_words(5), {0}), scores, one_piece_words(5), [0], Decoding())
    assert {tuple(p.pieces for p in d.content) for d in drafts} == {(range(1, 2), range(4, 5)), (range(3, 4),)}


def test_a_nearer_cue_that_is_not_meant_takes_nothing() -> None:
    """Of three cues the first is meant; that others stand between does not leave the content alone."""
    roles = roles_of("B-cue", "B-cue", "B-cue", "B-content")
    scores = scores_of(roles, {}, {0: -1, 1: -1, 2: -1})
    row = np.zeros(5, dtype=np.float32)
    row[[1, 2, 3]] = 0.6, 0.05, 0.3
    scores.cue_of.rows[3] = (0, row)
    decoding = Decoding(other_cue_factor=0.7, min_cue_share=0.35)
    (draft,) = draft_attributions(find_spans(roles, one_piece_words(4), {0}), scores, one_piece_words(4), [0], decoding)
    assert draft.cue
    assert draft.cue.pieces == range(1)


@pytest.mark.parametrize(("other_cue_factor", "expected"), [(1.0, range(1)), (0.5, range(2, 3))])
def test_a_content_behind_another_cue(other_cue_factor: float, expected: range) -> None:
    """``said A, denied B``: of two cues that B points to almost alike, the one that no other is before."""
    roles = roles_of("B-cue", "B-content", "B-cue", "B-content")
    scores = scores_of(roles, {1: 0}, {0: -1, 2: -1})
    row = np.zeros(5, dtype=np.float32)
    row[[1, 3]] = 0.55, 0.45
    scores.cue_of.rows[3] = (0, row)
    decoding = Decoding(other_cue_factor=other_cue_factor)
    drafts = draft_attributions(find_spans(roles, one_piece_words(4), {0}), scores, one_piece_words(4), [0], decoding)
    (cue,) = {d.cue.pieces for d in drafts if d.cue and any(p.pieces.stop == 4 for p in d.content)}
    assert cue == expected


def test_one_source_serves_two_cues() -> None:
    """``He said A and denied B``: two attributions, one source."""
    tags = ("B-source", "B-cue", "B-content", "O", "B-cue", "B-content")
    scores = scores_of(roles_of(*tags), {2: 1, 5: 4}, {1: 0, 4: 0})
    spans = find_spans(scores.roles, one_piece_words(6), {0})
    drafts = draft_attributions(spans, scores, one_piece_words(6), [0], Decoding())
    assert [d.source.pieces for d in drafts if d.source] == [range(1), range(1)]


def test_a_cue_without_source_stays_without() -> None:
    """A cue that points nowhere (``it was announced that …``) is given no source, however near one stands."""
    tags = ("B-source", "B-cue", "B-content")
    scores = scores_of(roles_of(*tags), {2: 1}, {1: -1})
    (draft,) = draft_attributions(
        find_spans(scores.roles, one_piece_words(3), {0}), scores, one_piece_words(3), [0], Decoding()
    )
    assert draft.source is None


def test_a_content_finds_the_cue_that_was_almost_tagged() -> None:
    """Words that a content points to become its cue when they might be one; surely other words do not."""
    roles = roles_of("B-source", "O", "B-content")
    roles[1, TAG["B-cue"]] = np.log(0.3)
    words = one_piece_words(3)
    for min_untagged_cue, expected in ((0.2, range(1, 2)), (0.6, None)):
        scores = scores_of(roles, {2: 1}, {1: 0})
        decoding = Decoding(min_untagged_cue=min_untagged_cue)
        (draft,) = draft_attributions(find_spans(scores.roles, words, {0}), scores, words, [0], decoding)
        assert (draft.cue.pieces if draft.cue else None) == expected


def test_labels_stand_for_roles() -> None:
    """The constants of the module and the tag names agree."""
    assert [ROLE_TAGS[1 + 2 * label] for label in (CONTENT, SOURCE, CUE)] == ["B-content", "B-source", "B-cue"]


def test_columns_hold_the_tags() -> None:
    """The heads fill the output without gap or overlap, each as wide as its tag set."""
    columns = [i for place in TAGS.values() for i in range(place.start, place.stop)]
    assert columns == list(range(N_TAGS))
    assert [place.stop - place.start for place in TAGS.values()] == [len(ROLE_TAGS), len(ENTITY_TAGS), 2]


def test_a_biased_entity_keeps_a_probability() -> None:
    """A label that is favoured stays within 0 and 1 for the most certain of entities."""
    decoding = Decoding(entity_bias=(2.0,) * len(ENTITIES))
    certain = np.log(np.full((1, 1 + 2 * len(ENTITIES)), 1e-6))
    certain[0, 1] = np.log(0.999)
    (span,) = find_spans(decoding.biased_entities(certain), [range(1)], {0})
    assert 0.9 < span.score <= 1.0
