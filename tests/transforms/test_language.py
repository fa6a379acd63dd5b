"""The language of a text: identified for articles, flagged for scraps; other languages are refused with the reason."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from onrecord.transforms.annotate import Annotator
from onrecord.transforms.language import MAX_SAMPLE_CHARS, identify, languages, sample
from onrecord.transforms.language_model import load_identifier
from onrecord.transforms.options import AnnotatorOptions
from onrecord.transforms.records import Article, RawArticle, Rejected

ENGLISH = "The council met on Monday to talk about the new budget for the schools in town."
GERMAN = "Der Kanzler sagte, dass die Regierung am Montag neue Maßnahmen beschließen werde."
TEXT_IN = {
    "de": GERMAN,
    "fr": "Le président a dit qu'il ne viendrait pas à la réunion prévue lundi à Paris.",
    "es": "El presidente dijo que no asistirá a la reunión prevista para el lunes en Madrid.",
    "ru": "Президент заявил, что не приедет на встречу, назначенную на понедельник.",
    "zh": "总统表示,他不会出席定于星期一举行的会议。",
    "ar": "وقال الرئيس إنه لن يحضر الاجتماع المقرر يوم الاثنين في العاصمة.",
}


def cleaned(text: str, *languages: str) -> Article | Rejected:
    return Annotator(AnnotatorOptions(languages=languages)).clean(RawArticle.of(text, "a.txt"))


@pytest.mark.parametrize("language", TEXT_IN)
def test_an_article_in_another_language_is_refused(language: str) -> None:
    """Its record goes to the rejects with the step, the reason and what it was taken for."""
    kept, refused = (cleaned(text, "en") for text in (ENGLISH, TEXT_IN[language]))
    assert isinstance(kept, Article)
    assert isinstance(refused, Rejected)
    assert (kept.language, kept.flags) == ("en", ())
    assert (kept.language_score or 0) > 0.9
    assert (refused.step, refused.reason, refused.uri) == ("language", "language", "a.txt")
    assert refused.raw_sha256 == RawArticle.of(TEXT_IN[language]).raw_sha256
    assert re.fullmatch(rf"{language} with probability (0\.9\d+|1\.0000)", refused.detail)


def test_wanted_languages_are_kept() -> None:
    """With its code among the wanted ones, or with none named, an article stays, without a flag."""
    for wanted in (("de", "en"), ()):
        article = cleaned(GERMAN, *wanted)
        assert isinstance(article, Article)
        assert (article.language, article.flags) == ("de", ())


@pytest.mark.parametrize("scrap", ["OK", "London Paris", "2 : 1", "Met on Monday", "“…”"])
def test_a_scrap_is_kept_with_a_flag_or_identified(scrap: str) -> None:
    """What is too short to identify is never refused."""
    article = cleaned(scrap, "en")
    assert isinstance(article, Article)
    assert article.language == "en" or article.flags == ("language_unsure",)


def test_a_long_text_is_sampled() -> None:
    """An English banner over a long German article does not make it English; long texts cost no more."""
    assert identify(ENGLISH + GERMAN * 200)[0] == "de"
    assert len(sample("x" * 10**6)) == MAX_SAMPLE_CHARS + 1


def test_scores_are_rounded() -> None:
    language, score = identify(ENGLISH)
    assert language in languages()
    assert round(score, 4) == score


@pytest.mark.parametrize("cache", ["kept", "no folder", "damaged"])
def test_the_unpacked_model_judges_as_the_packed_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: str
) -> None:
    """Where it is kept, where nothing can be kept, and where what was kept is damaged."""
    packed = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    if cache == "no folder":
        (tmp_path / "cache").write_text("a file")
    else:
        load_identifier()
    if cache == "damaged":
        for path in (tmp_path / "cache").rglob("nextmove.npy"):
            path.write_bytes(path.read_bytes()[:1000])
    loaded = load_identifier()
    assert [loaded.rank(text) for text in TEXT_IN.values()] == [packed.rank(text) for text in TEXT_IN.values()]
    assert any((tmp_path / "cache").rglob("*.npy")) == (cache != "no folder")
