"""The cue and pronoun lists: which act a cue is of, which form a source has."""

from __future__ import annotations

import pytest

from onrecord.transforms.lexicon import cues
from onrecord.transforms.lexicon.cues import act_of, candidates
from onrecord.transforms.lexicon.pronouns import form_of

# cue, act when nothing of the content is quoted; negatives are the cues that look like the other act
ACTS = [
    # belief, feeling, intention, in their inflections and behind auxiliaries and negation
    ("believes", "thought"),
    ("doesn't believe", "thought"),
    ("doesn\N{RIGHT SINGLE QUOTATION MARK}t believe", "thought"),
    ("does not think", "thought"),
    ("thought", "thought"),
    ("has long wanted", "thought"),
    ("hopes to", "thought"),
    ("had hoped", "thought"),
    ("was hoping for", "thought"),
    ("planned", "thought"),
    ("planning to", "thought"),
    ("intends", "thought"),
    ("would like", "thought"),
    ("'d like", "thought"),
    ("does not like", "thought"),
    ("likes", "thought"),
    ("feared", "thought"),
    ("worries", "thought"),
    ("is worried that", "thought"),
    ("was concerned", "thought"),
    ("is convinced that", "thought"),
    ("remains confident", "thought"),
    ("are widely expected", "thought"),
    ("is seen as", "thought"),
    ("understood", "thought"),
    ("regretted", "thought"),
    ("is determined", "thought"),
    ("'s determination", "thought"),
    ("belief", "thought"),
    ("support for", "thought"),
    ("is opposed to", "thought"),
    ("are against", "thought"),
    ("looking forward to", "thought"),
    ("longs for", "thought"),
    ("have always known", "thought"),
    ("aren't sure", "thought"),
    ("angered", "thought"),
    ("voted against", "thought"),
    ("agreed to", "thought"),
    ("refuses to", "thought"),
    ("backed", "thought"),
    ("would back", "thought"),
    ("seemed", "thought"),
    ("appears", "thought"),
    ("are poised to", "thought"),
    ("'s stance on", "thought"),
    # what is intended may itself be speech
    ("plans to announce", "thought"),
    ("wanted to say", "thought"),
    ("is reluctant to discuss", "thought"),
    # speech
    ("said", "statement"),
    ("according to", "statement"),
    (":", "statement"),
    ("", "statement"),
    ("has repeatedly said", "statement"),
    ("wrote", "statement"),
    ("declined to say", "statement"),
    ("refused to comment", "statement"),
    ("asked whether", "statement"),
    ("promised", "statement"),
    ("found", "statement"),
    ("recalled", "statement"),
    # words of speech win over those of thought
    ("expressed hope", "statement"),
    ("voiced concern", "statement"),
    ("raised doubts", "statement"),
    ("told reporters of his fear", "statement"),
    ("hopes were expressed", "statement"),
    ("wondered aloud", "statement"),
    ("declared her support for", "statement"),
    # groups that mislead word by word
    ("made clear his opposition", "statement"),
    ("let it be known", "statement"),
    ("weighed in", "statement"),
    ("is known as", "statement"),
    ("like", "statement"),
    ("for so long", "statement"),
    ("pushed back against", "statement"),
    ("appeared on", "statement"),
    ("determined", "statement"),
    ("reminded", "statement"),
    ("sure", "statement"),
    ("is sure to", "statement"),
]


@pytest.mark.parametrize(("cue", "act"), ACTS)
def test_act_of_a_cue(cue: str, act: str) -> None:
    """A cue's act follows its words of belief, feeling, intention or speech, whatever their inflection."""
    assert act_of(cue, False) == act
    assert act_of(cue.upper(), False) == act


@pytest.mark.parametrize("cue", [cue for cue, _ in ACTS])
def test_what_is_quoted_is_a_statement(cue: str) -> None:
    """Words in quotation marks were said or written, whatever the cue."""
    assert act_of(cue, True) == "statement"


def test_lists_do_not_overlap() -> None:
    """No lemma is of speech and of thought at once, so that the order of the groups decides nothing."""
    assert not cues.SPEECH_LEMMAS & cues.THOUGHT_LEMMAS
    assert not cues.SPEECH_LEMMAS & cues.THOUGHT_FORMS


@pytest.mark.parametrize("lemma", sorted(cues.THOUGHT_LEMMAS - {"long"}))
def test_every_lemma_is_found(lemma: str) -> None:
    """Each listed lemma is reached from the cue that is just it."""
    assert act_of(lemma, False) == "thought"


@pytest.mark.parametrize(
    ("word", "lemma"),
    [
        ("worried", "worry"),
        ("wishes", "wish"),
        ("opposes", "oppose"),
        ("preferred", "prefer"),
        ("seeking", "seek"),
        ("hoping", "hope"),
        ("seeing", "see"),
        ("sought", "seek"),
        ("expressing", "express"),
        ("confesses", "confess"),
    ],
)
def test_inflections_lead_to_lemmas(word: str, lemma: str) -> None:
    """Regular endings and the listed irregular forms lead back to the lemma."""
    assert lemma in candidates(word)


@pytest.mark.parametrize(
    ("source", "has_name", "form"),
    [
        ("he", False, "pronoun"),
        ("She", False, "pronoun"),
        ("his", False, "pronoun"),
        ("who", False, "pronoun"),
        ("They both", False, "pronoun"),
        ("he himself", False, "pronoun"),
        ("Others", False, "pronoun"),
        ("the minister", False, "nominal"),
        ("those close to him", False, "nominal"),
        ("both men", False, "nominal"),
        ("his lawyer", False, "nominal"),
        ("one official", False, "nominal"),
        ("experts", False, "nominal"),
        ("Orla Quent, the mayor", True, "name"),
        ("its chairman, Orla Quent", True, "name"),
        ("", False, "none"),
        (" , ", False, "none"),
    ],
)
def test_form_of_a_source(source: str, has_name: bool, form: str) -> None:
    """A source is a name where it holds one, a pronoun where it is nothing else, and a description otherwise."""
    assert form_of(source, has_name) == form
