"""Bytes to text: nothing is translated, nothing left out in silence; what had to be guessed or lost is flagged."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace

from charset_normalizer import from_bytes

from onrecord.pipeline.sources.entries import Refused

#: Marks at the head of a text, the longer first. The mark is kept: it is the text's first character.
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: What web pages call Latin-1 or ASCII is read by every browser as its superset. Source: WHATWG, Encoding, 4.2.
SUPERSETS = {"ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030"}
#: What English and its neighbours write in Windows-1252: quotation marks, dashes, signs of money, letters with accents.
WESTERN = re.compile(
    rb"[\x00-\x7f\x80\x82\x84\x85\x8b\x91-\x97\x99\x9b\xa0-\xa3\xa7\xa9\xab\xad\xae\xb0\xb4\xb7\xbb-\xff]*+"
)
#: Quotation marks of Mac Roman where no other Western encoding has a letter.
MACINTOSH = re.compile(rb"(?i:[a-z])\xd5[a-z]|(?:^|[\s(])\xd2(?i:[a-z])|[a-z.,!?]\xd3(?=\s|$)")
HIGH = re.compile(rb"[\x80-\xff]")
#: Sequences of several bytes that are UTF-8. Source: RFC 3629, 4.
UTF8_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
#: Bytes that a guess looks at.
SAMPLE = 2**18
#: Control characters that no text holds, but files that are none do.
FEW_CONTROLS = 8
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
LONE_SURROGATES = re.compile(r"[\ud800-\udfff]")
GUESSED, UNDECODABLE = "encoding_guessed", "undecodable"
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, the encoding that gave it, and flags: ``encoding_guessed``, ``undecodable`` (holds U+FFFD for bytes)."""

    text: str
    encoding: str
    flags: tuple[str, ...] = ()


def decode(data: bytes, declared: str | None = None) -> Decoded:
    r"""The text that the bytes spell: by their mark, as declared, as UTF-8, or as they look.

    >>> decode(b"\xef\xbb\xbfOne.\r\n").text
    '\ufeffOne.\r\n'
    >>> decode(b"a caf\xe9 called \x93Rain\x94")
    Decoded(text='a café called “Rain”', encoding='cp1252', flags=('encoding_guessed',))
    >>> decode("Größe".encode() + b"\xff")
    Decoded(text='Größe�', encoding='utf-8', flags=('undecodable',))
    """
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return _with_losses(data, encoding)
    for encoding in filter(None, (known(declared), _wide(data[:SAMPLE]) or "utf-8")):
        try:
            return Decoded(_without_surrogates(data.decode(encoding)), encoding)
        except UnicodeDecodeError:
            continue
    guessed = guess(data)
    decoded = _with_losses(data, guessed)
    return decoded if guessed == "utf-8" else replace(decoded, flags=(GUESSED, *decoded.flags))


def text_of(data: bytes, declared: str | None = None) -> Decoded:
    r"""The same for a whole record. Raises Refused for what holds no text, or is none.

    >>> text_of(b" \r\n")
    Traceback (most recent call last):
    ...
    onrecord.pipeline.sources.entries.Refused: ('empty', 'nothing but white space')
    """
    decoded = decode(data, declared)
    check(decoded.text, len(data))
    return decoded


def check(text: str, n_bytes: int) -> None:
    """Raise Refused for a text that is none."""
    if not text.strip("\N{ZERO WIDTH NO-BREAK SPACE}\0 \t\r\n\f\v"):
        raise Refused("empty", "nothing but white space" if n_bytes else "no bytes")
    controls = len(CONTROLS.findall(text))
    if controls > FEW_CONTROLS and controls * 20 > len(text):
        raise Refused("binary", f"{controls:,} of {len(text):,} characters are control characters")


def known(label: str | None) -> str | None:
    """Python's name for a declared charset, None for one that nobody knows.

    >>> known("ISO-8859-1"), known("utf8"), known("x-klingon"), known("base64")
    ('cp1252', 'utf-8', None, None)
    """
    try:
        "".encode((label or "").strip())  # raises for codecs that are no text encodings
        name = codecs.lookup((label or "").strip()).name
    except (LookupError, ValueError):
        return None
    return SUPERSETS.get(name, name)


def guess(data: bytes) -> str:
    """The encoding that bytes which are no UTF-8 look like; UTF-8 when most of them are.

    Western text is told by rule: on the few high bytes of an English article, statistics go astray.
    """
    sample = data[:SAMPLE]
    high = len(HIGH.findall(sample))
    in_sequences = sum(map(len, UTF8_SEQUENCE.findall(sample)))
    if in_sequences * 2 > high:
        return "utf-8"
    if high * 4 <= len(sample):
        if MACINTOSH.search(sample):
            return "mac-roman"
        if WESTERN.fullmatch(data):
            return "cp1252"
    best = None if 0 in sample else from_bytes(sample).best()
    return (known(best.encoding) if best else None) or "utf-8"


def mended(text: str) -> tuple[str, tuple[str, ...]]:
    r"""A text out of JSON or another parser without lone surrogates, which no table can hold, and the flag for them.

    >>> mended("It \ud83d rains")
    ('It � rains', ('undecodable',))
    """
    if LONE_SURROGATES.search(text) is None:
        return text, ()
    return LONE_SURROGATES.sub(REPLACEMENT, text), (UNDECODABLE,)


def _wide(sample: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of Western text is zero."""
    if len(sample) < 4 or sample.count(0) * 4 < len(sample):
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if min(even, odd) * 4 > max(even, odd):
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _with_losses(data: bytes, encoding: str) -> Decoded:
    text = data.decode(encoding, "replace")
    lost = text.count(REPLACEMENT) > data.count(REPLACEMENT.encode(encoding, "ignore") or b"\0\0\0")
    return Decoded(text, encoding, (UNDECODABLE,) if lost else ())


def _without_surrogates(text: str) -> str:
    """UTF-7 and the like can spell lone surrogates."""
    return mended(text)[0]
