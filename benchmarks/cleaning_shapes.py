"""Does cleaning cost about the same whatever a text is made of? Odd shapes of text beside plain prose, in one run.

    python -m benchmarks.cleaning_shapes [--megabytes 1] [--limit 4] [--only NAME]...

Each shape is made here, of so many characters, and cleaned as one article. Prints one JSON object: processor seconds
for plain prose, and for each shape its time as a ratio to that, the worst first; a ratio above the limit is measured
again beside plain prose, as another program may have taken the processor's caches meanwhile. Exits 1 when one is still
above the limit, but for those in EXEMPT, which says why no rule of ours could be cheaper.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from random import Random
from statistics import median

from onrecord.transforms.cleaning import clean
from onrecord.transforms.records import RawArticle

WORDS = """the a of harbour council said rain vote north mayor plan road after budget water school old new town river
    bridge quickly over under farmers report people week year they it was were has had close open money without winter
    against women men house market price story law court judge fire train station city night morning""".split()
NAMES = "Ada Brook Ines Okafor Pavel Lind Dana Whitlock Mara Quill Lise Moran Otto Brandt".split()
Unit = Callable[[Random], str]


def words(rng: Random, n: int = 12) -> str:
    return " ".join(rng.choices(WORDS, k=n))


def sentence(rng: Random, n: int = 14) -> str:
    return f"{words(rng, n).capitalize()} {rng.randrange(10_000)}."


def name(rng: Random) -> str:
    return " ".join(rng.choices(NAMES, k=2))


def paragraph(rng: Random) -> str:
    return " ".join(sentence(rng) for _ in range(4)) + "\n\n"


def quoted(opens: str, closes: str) -> Unit:
    """Quotations in the given marks, one a sentence."""
    return lambda rng: f"{opens}{words(rng, 8).capitalize()},{closes} said {name(rng)}. {sentence(rng)}\n\n"


def strewn(marks: str, every: int = 3) -> Unit:
    """Prose with one of the marks between every few words, on either side of the blank."""

    def unit(rng: Random) -> str:
        return "".join(words(rng, every) + rng.choice((f" {m}", f"{m} ")) for m in rng.choices(marks, k=5)) + "\n\n"

    return unit


def between(mark: str, n: int = 8) -> Unit:
    """Words with the mark between them and no blank."""
    return lambda rng: mark.join(rng.choices(WORDS, k=n)) + " "


def lines(end: str, n: int = 8) -> Unit:
    """Short lines, each with the given end."""
    return lambda rng: words(rng, n) + end


def repeated(text: str) -> Unit:
    return lambda _: text


def mojibake(rng: Random) -> str:
    return f"“It’s a café,” said {name(rng)} – {words(rng)}.\n\n".encode().decode("cp1252", "replace")


def markup(rng: Random) -> str:
    return f'<p class="a">{words(rng)} <a href="/x?a=1&amp;b=2">{name(rng)}</a> {words(rng, 4)}.</p>\n'


def markdown(rng: Random) -> str:
    return f"## {words(rng, 4)}\n\n* **{name(rng)}**: [{words(rng, 3)}](https://n.example/a_b)\n> _{words(rng)}_\n\n"


def mixed_ends(rng: Random) -> str:
    return words(rng, 8) + rng.choice(["\r\n", "\r", "\n", "\x0b", "\x85", "\u2028", "\n\r", "\r\n\r\n"])


PLAIN = "plain prose"
SHAPES: Mapping[str, Unit] = {
    PLAIN: paragraph,
    # marks
    "curly quotations": quoted("“", "”"),
    "straight quotations": quoted('"', '"'),
    "single quotations": quoted("‘", "’"),
    "guillemets": quoted("«", "»"),
    "doubled marks": quoted("``", "''"),
    "half-doubled marks": quoted("“", "’’"),
    "angles": quoted("<<", ">>"),
    "low marks": quoted("„", "“"),
    "corner marks": quoted("「", "」"),
    "backticks": quoted("`", "'"),
    "escaped quotations": quoted('\\"', '\\"'),
    "slipped marks": quoted("“ ", " ”"),
    "wrong closing marks": quoted("“", '"'),
    "opened, never closed": quoted("“", ""),
    "closed, never opened": quoted("", "”"),
    "quotations torn over paragraphs": lambda rng: f"“{sentence(rng)}\n\n{sentence(rng)}” said {name(rng)}.\n\n",
    "double marks strewn": strewn('“”"„«»'),
    "single marks strewn": strewn("‘’'`‚‹›"),
    "rare marks strewn": strewn("「」『』〝〞″ʺ＂"),
    "guillemets strewn": strewn("«»"),
    "apostrophes between words": between("'"),
    "curly apostrophes between words": between("’"),
    "accents for apostrophes": between("´"),
    "apostrophes only": repeated("'"),
    "straight marks only": repeated('"'),
    "opening marks only": repeated("“"),
    "backticks only": repeated("`"),
    "commas only": repeated(","),
    "nested brackets": repeated("((((("),
    "brackets": lambda rng: f"{words(rng, 4)} ({words(rng, 3)} -\n\n), [{words(rng, 2)}] ",
    # words and lines
    "hyphens at line ends": lambda rng: f"{words(rng, 8)}-\n",
    "broken words": lambda rng: f"{words(rng, 7)} govern-\nment ",
    "soft hyphens": lambda rng: f"{words(rng, 7)} govern\u00ad\nment ",
    "hyphens between words": between("-"),
    "dashes": between(" — "),
    "short lines": lines("\n", 2),
    "wrapped lines": lines("\n", 11),
    "torn lines": lines("\n\n", 9),
    "lines in mid-sentence": lambda rng: f"{words(rng, 12).capitalize()}\n\nand {words(rng, 12)}.\n\n",
    "empty lines": lines("\n" * 40, 3),
    "mixed line ends": mixed_ends,
    "one endless line": lambda rng: sentence(rng) + " ",
    "one endless word": repeated("a"),
    "blanks only between words": between(" " * 60),
    "tabs": between("\t"),
    "non-breaking blanks": between("\u00a0"),
    "blanks at line ends": lines(" \t \n"),
    "blanks before punctuation": lambda rng: f"{words(rng)}, {words(rng)} .{words(rng).title()} ,so. ",
    "missing blanks": lambda rng: f"{words(rng, 5)},{words(rng, 5)}.{words(rng, 5).capitalize()} ",
    "zero-width characters": between("\u200b "),
    "zero-width in words": lambda rng: "\u200b".join(words(rng, 6)) + " ",
    "control characters": between("\x07"),
    # characters
    "capitals": lambda rng: words(rng).upper() + ". ",
    "digits": lambda rng: f"{rng.random()} {rng.randrange(10**9):,} ",
    "dots": repeated(". "),
    "dots only": repeated("."),
    "initials": lambda rng: "A. B. C. " + name(rng) + " ",
    "backslashes": repeated("\\"),
    "literal escapes": lambda rng: f"{words(rng, 6)}\\n\\n\\u201c{words(rng, 4)}\\u201d\\t",
    "entities": between("&quot; &amp; "),
    "ampersands": repeated("&"),
    "entities never closed": between("&amp"),
    "mojibake": mojibake,
    "mojibake that means nothing": lambda rng: f"{words(rng, 5)} â€ Ã©Ã {words(rng, 3)}â€\n",
    "combining marks": repeated("e\u0301\u0323"),
    "accented words": between("é à "),
    "emoji": repeated("👩\u200d🚀😀 "),
    "chinese": repeated("港口将于五月关闭，市长周二表示。\n\n"),
    "arabic": repeated("قال رئيس البلدية إن الميناء سيغلق. "),
    # pages
    "addresses": lambda rng: f"https://n.example/{'-'.join(rng.choices(WORDS, k=6))}?a=1 ",
    "mail addresses": lambda rng: f"{rng.choice(WORDS)}.{rng.choice(WORDS)}@n.example\n",
    "markup": markup,
    "angle brackets only": repeated("<"),
    "markdown": markdown,
    "lists": lambda rng: f"• {words(rng, 5)}\n{rng.randrange(99)}. {words(rng, 5)}\n- {words(rng, 5)}\n",
    "json": lambda rng: f'{{"a": "{words(rng, 5)}", "b": [1, 2, "\\u00e9"]}},\n',
    "menus": lambda rng: rng.choice(["Home", "News", "Sport", "Contact us", words(rng, 2).title()]) + "\n",
    "notices": lambda rng: f"Sign up for our {words(rng, 3)} newsletter\n{sentence(rng)}\n",
    "captions": lambda rng: f"{words(rng, 8).capitalize()} ({name(rng)}/Reuters)\n\n{paragraph(rng)}",
    "bylines": lambda rng: f"By {name(rng)}\n",
    "datelines": lambda rng: f"{words(rng, 2).upper()} (AP) — {sentence(rng)}\n\n",
    "dates": lambda rng: f"Published on March {rng.randrange(1, 29)}, 2024 at 10:0{rng.randrange(9)} am\n",
    "headings": lambda rng: f"{words(rng, 4).capitalize()}\n\n{sentence(rng, 20)}\n\n",
    "transcript": lambda rng: f"{name(rng).upper()}: {sentence(rng)}\n",
    "table": lambda rng: " | ".join(str(rng.randrange(999)) for _ in range(8)) + "\n",
    "rulers": repeated("-----=====*****_____\n"),
    "one ruler": repeated("-"),
    "one letter a line": repeated("a\n"),
    "the same line again": repeated("The council met on Monday\n"),
}


#: Shapes that cannot keep the limit, and why; they are measured and shown, and do not count.
EXEMPT: Mapping[str, str] = {
    "mojibake": "each line is decoded by ftfy, in several ways: half of the time is its own",
    "mojibake that means nothing": "the same, but no way is the right one: all are tried, in each round",
    "one letter a line": "500,000 lines in a megabyte, each of which is cut and becomes a row",
    "zero-width in words": "480,000 edits in a megabyte, each of which is kept",
}


def make(unit: Unit, size: int) -> str:
    """``size`` characters of the shape; the same each time."""
    rng = Random(0)

    def units() -> Iterator[str]:
        while True:
            yield unit(rng)

    at_least = max(1, len(unit(Random(0))))
    parts: list[str] = []
    length = 0
    for part in islice(units(), 2 * size // at_least + size):
        parts.append(part)
        length += len(part)
        if length >= size:
            break
    return "".join(parts)[:size]


def seconds(text: str) -> float:
    raw = RawArticle.of(text)
    started = time.process_time()
    clean(raw)
    return time.process_time() - started


def ratio_to(plain: float, prose: str, text: str, limit: float, tries: int = 3) -> float:
    """How many times longer a text takes than prose, the least of some tries when it is above the limit."""
    ratio = seconds(text) / plain
    for _ in range(tries if ratio > limit else 0):
        ratio = min(ratio, seconds(text) / seconds(prose))
    return ratio


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=float, default=1.0, help="size of each shape")
    parser.add_argument("--limit", type=float, default=4.0, help="the highest ratio to plain prose that is right")
    parser.add_argument("--only", action="append", choices=[*SHAPES], metavar="NAME", help="this shape; repeatable")
    args = parser.parse_args()
    size = int(args.megabytes * 10**6)
    clean(RawArticle.of("The first call compiles what it needs."))
    prose = make(SHAPES[PLAIN], size)
    plain = median(seconds(prose) for _ in range(3))
    ratios = {
        shape: ratio_to(plain, prose, make(SHAPES[shape], size), args.limit)
        for shape in args.only or SHAPES
        if shape != PLAIN
    }
    worst = sorted(ratios.items(), key=lambda item: -item[1])
    shown = {"plain_seconds": round(plain, 2), "ratios": {k: round(v, 2) for k, v in worst}, "exempt": dict(EXEMPT)}
    print(json.dumps(shown, indent=1))
    sys.exit(any(ratio > args.limit for shape, ratio in ratios.items() if shape not in EXEMPT))


if __name__ == "__main__":
    main()
