"""Articles, speakers and what a search has found, as people read them on a terminal; colours only where there are some.

Whatever stands in an article is text here: nothing of it steers the terminal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from onrecord.pipeline.ask.looking import Choice, Row, ShownArticle, ShownSpeaker
from onrecord.pipeline.ask.search import WORD, Found, Term, fold
from onrecord.pipeline.console import visible

STYLES = {"content": "green", "cue": "underline", "source": "bold red"}
#: Lines are no longer than people like to read.
MAX_WIDTH = 100
MATCH = "reverse"


def show_article(shown: ShownArticle, console: Console) -> None:
    """The text with content, cue and source of each quotation marked and numbered, and below it who said what."""
    article, width = shown.article, min(console.width, MAX_WIDTH)
    console.print(Text(visible(article["title"] or "(no title)"), style="bold"), width=width)
    for line in _article_lines(article):
        console.print(Text(visible(line), style="dim"), soft_wrap=True)
    console.print()
    marks = list(_marks(shown.quotes))
    for segment in shown.segments:
        if segment["kind"] in ("paragraph", "heading"):
            console.print(_paragraph(segment, marks), width=width)
            console.print()
    console.print(_who_said_what(shown.quotes) if shown.quotes else Text("no quotations"))


def show_speaker(shown: ShownSpeaker, console: Console, *, first: int = 1) -> None:
    """Who it is, and what they said: where, when, and how we know."""
    speaker = shown.speaker
    console.print(Text.assemble((visible(speaker["name"]), "bold"), f"   {speaker['label']}"), soft_wrap=True)
    oldest, newest = (day(speaker[name]) for name in ("first_published", "last_published"))
    lines = [
        *_listed("also", speaker["aliases"]),
        *_listed("called", speaker["roles"]),
        f"{_count(speaker['n_quotes'], 'quotation')} in {_count(speaker['n_articles'], 'article')}"
        + (f", {oldest}" if oldest else "")
        + (f" to {newest}" if newest != oldest else ""),
        f"speaker {speaker['speaker_id']}",
        *_listed("others of such a name:", [f"{name} ({n:,}, {identity})" for identity, name, n in shown.others[:10]]),
    ]
    for line in lines:
        console.print(Text(visible(line), style="dim"), soft_wrap=True)
    console.print()
    for number, quote in enumerate(shown.quotes, first):
        _quotation(quote, f"{number}.", console, ())
    if len(shown.quotes) < shown.total:
        console.print(f"{len(shown.quotes):,} of {shown.total:,} quotations; --page and --limit show others")


def show_found(found: Found, console: Console, *, first: int = 1) -> None:
    """The hits of a search with their words marked, the best first."""
    for number, hit in enumerate(found.hits, first):
        _quotation(hit, f"{number}.", console, found.terms, speaker=True)
    shown = f"{first:,} to {first + len(found.hits) - 1:,} of " if len(found.hits) < found.total else ""
    shown = shown if found.hits or not found.total else "none on this page of "
    console.print(f"{shown}{_count(found.total, 'quotation')}")


def show_choice(choice: Choice, console: Console) -> None:
    """Whom or what the words may mean, with the id by which each is shown."""
    console.print(f"{len(choice.candidates):,} {choice.kind}s are meant; give the id of one:")
    table = Table(box=None, show_header=False, pad_edge=False)
    for identity, name, more in choice.candidates[:50]:
        quotations = f"{more:,} quotations" if choice.kind == "speaker" else str(more or "")
        table.add_row(Text(identity), Text(visible(name)), Text(quotations))
    console.print(table)


def day(moment: Any) -> str:
    """A day in numbers; nothing of none."""
    return f"{moment:%Y-%m-%d}" if moment else ""


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def place_of(row: Row) -> str:
    """Where a quotation can be looked up: its article's address, or its file and the character where it begins."""
    if row["url"]:
        return str(row["url"])
    record = f":{row['record']}" if row["record"] else ""
    return f"{row['uri']}{record}"


def _article_lines(article: Row) -> Iterator[str]:
    about = [article["byline"], article["publisher"], day(article["published"]), article["language"]]
    yield " · ".join(filter(None, about))
    if article["url"]:
        yield article["url"]
    yield f"{place_of({**article, 'url': None})}   article {article['article_id']}"
    if article["flags"]:
        yield f"flags: {', '.join(article['flags'])}"


def _file_name(quote: Row) -> str:
    return str(quote["record"] or quote["uri"].rpartition("/")[2])


def _listed(name: str, values: Sequence[str]) -> list[str]:
    return [f"{name} {'; '.join(values)}"] if values else []


def _marks(quotes: Iterable[Row]) -> Iterator[tuple[int, int, str, str]]:
    """Start, end and role of each marked range, and the number that stands behind the last of a content."""
    for number, quote in enumerate(quotes, 1):
        for role in STYLES:
            spans = quote[f"{role}_spans"]
            for span in spans:
                tag = f"[{number}]" if role == "content" and span is spans[-1] else ""
                yield span["start"], span["end"], role, tag


def _paragraph(segment: Row, marks: Sequence[tuple[int, int, str, str]]) -> Text:
    if segment["kind"] == "heading":
        return Text(visible(segment["text"]), style="italic")
    start, end = segment["span"]["start"], segment["span"]["end"]
    text = Text(visible(segment["text"]))

    def shown(at: int) -> int:
        """Where a character of the article stands in what is shown of it, which may be longer."""
        return len(visible(segment["text"][: max(at - start, 0)]))

    tags: dict[int, str] = {}
    for first, last, role, tag in marks:
        if first < end and last > start:
            text.stylize(STYLES[role], shown(first), shown(last))
            if tag and last <= end:
                tags[shown(last)] = tags.get(shown(last), "") + tag
    ends = sorted(tags)
    pieces = zip(text.divide(ends), [*(tags[at] for at in ends), ""], strict=True)
    return Text.assemble(*(part for piece in pieces for part in piece))


def _who_said_what(quotes: Sequence[Row]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name, justify in (("", "right"), ("speaker", "left"), ("sure", "right"), ("kind", "left"), ("content", "left")):
        table.add_column(name, justify=justify, overflow="fold")  # type: ignore[arg-type]
    for number, quote in enumerate(quotes, 1):
        sure = quote["speaker_score"] if quote["speaker"] else quote["confidence"]
        who = Text(visible(_who(quote)), style="" if quote["speaker"] else "dim")
        table.add_row(
            str(number), who, f"{sure:.2f}" if sure is not None else "", quote["kind"], _brief(quote["content"])
        )
    return table


def _who(quote: Mapping[str, Any]) -> str:
    """The speaker with their role, else the source as written in brackets."""
    if not quote["speaker"]:
        return f"({quote['source']})" if quote["source"] else "(nobody named)"
    role = quote.get("role") or quote.get("speaker_role")
    return f"{quote['speaker']}, {role}" if role else str(quote["speaker"])


def _brief(text: str) -> Text:
    return Text(visible(text if len(text) <= 90 else f"{text[:89]}…"))


def _quotation(quote: Row, number: str, console: Console, terms: Sequence[Term], *, speaker: bool = False) -> None:
    width = min(console.width, MAX_WIDTH)
    head = [_who(quote)] if speaker else []
    head += filter(None, (day(quote["published"]), quote["outlet"], quote["title"] or _file_name(quote)))
    console.print(Text(f"{number:<3} {visible(' · '.join(head))}", style="bold"), width=width)
    content = Text(visible(quote["content"]), style=STYLES["content"])
    _highlight(content, terms)
    how = f"  {quote['kind']}{', ' + quote['cue'] if quote['cue'] else ''}, {quote['confidence']:.2f}"
    for line in Text.assemble(content, (visible(how), "dim")).wrap(console, width - 4):
        line.rstrip()
        console.print(Text.assemble("    ", line), soft_wrap=True)
    console.print(Text(f"    {visible(place_of(quote))}   article {quote['article_id']}", style="dim"), soft_wrap=True)
    console.print()


def _highlight(content: Text, terms: Sequence[Term]) -> None:
    """Mark the words of the terms, which may stand in the text with accents and capitals."""
    for match in WORD.finditer(content.plain):
        word = fold(match[0])
        if any(word in term.words or (term.is_prefix and word.startswith(term.words[-1])) for term in terms):
            content.stylize(MATCH, match.start(), match.end())
