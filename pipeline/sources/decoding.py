"""Bytes to text: nothing is translated, nothing left out in silence; what had to be guessed or lost is flagged."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace

from charset_normalizer import from_bytes

from onrecord.pipeline.sources.entries import Refused

#: Byte-order marks, the longer first. The mark is kept: it is the text's first character.
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: What web pages call Latin-1 or ASCII is read by every browser as its superset. Source: WHATWG, Encoding, 4.2.
CHARSET_SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
}
#: What English and its neighbours write in Windows-1252: quotation marks, dashes, signs of money, letters with accents.
WESTERN_BYTES = re.compile(
    rb"[\x00-\x7f\x80\x82\x84\x85\x8b\x91-\x97\x99\x9b\xa0-\xa3\xa7\xa9\xab\xad\xae\xb0\xb4\xb7\xbb-\xff]*+"
)
#: Bytes that are quotation marks in Mac Roman, where other Western encodings have a letter.
MAC_ROMAN_QUOTE = re.compile(rb"(?i:[a-z])\xd5[a-z]|(?:^|[\s(])\xd2(?i:[a-z])|[a-z.,!?]\xd3(?=\s|$)")
HIGH_BYTE = re.compile(rb"[\x80-\xff]")
#: UTF-8 sequences of several bytes. Source: RFC 3629, 4.
UTF8_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
#: An encoding is guessed from as many bytes.
SAMPLE_SIZE = 2**18
#: So many control characters may stand in a text of any length; binary files have more.
MAX_STRAY_CONTROLS = 8
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
LONE_SURROGATES = re.compile(r"[\ud800-\udfff]")
#: Flags of an article. CHARACTERS_LOST: reading put U+FFFD in; cleaning's ``undecoded``: some is in the body.
GUESSED, CHARACTERS_LOST = "encoding_guessed", "undecodable"
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, the encoding that gave it, and flags: ``encoding_guessed``, ``undecodable`` (holds U+FFFD for bytes)."""

    text: str
    encoding: str
    flags: tuple[str, ...] = ()


def decode(data: bytes, declared: str | None = None) -> Decoded:
    r"""The decoded bytes: by their byte-order mark, as declared, as UTF-8, or by a guess.

    >>> decode(b"\xef\xbb\xbfOne.\r\n").text
    '\ufeffOne.\r\n'
    >>> decode(b"a caf\xe9 called \x93Rain\x94")
    Decoded(text='a café called “Rain”', encoding='cp1252', flags=('encoding_guessed',))
    >>> decode("Größe".encode() + b"\xff")
    Decoded(text='Größe�', encoding='utf-8', flags=('undecodable',))
    """
    for bom, encoding in BYTE_ORDER_MARKS:
        if data.startswith(bom):
            return _decode_with_replacement(data, encoding)
    for encoding in filter(None, (codec_name(declared), _guess_utf16(data[:SAMPLE_SIZE]) or "utf-8")):
        try:
            return Decoded(_without_surrogates(data.decode(encoding)), encoding)
        except UnicodeDecodeError:
            continue
    guessed = guess_encoding(data)
    decoded = _decode_with_replacement(data, guessed)
    return decoded if guessed == "utf-8" else replace(decoded, flags=(GUESSED, *decoded.flags))


def decode_record(data: bytes, declared: str | None = None) -> Decoded:
    r"""The decoded bytes of a whole record. Raises Refused when it is empty or binary.

    >>> decode_record(b" \r\n")
    Traceback (most recent call last):
    ...
    onrecord.pipeline.sources.entries.Refused: ('empty', 'nothing but white space')
    """
    decoded = decode(data, declared)
    check_is_text(decoded.text, len(data))
    return decoded


def check_is_text(text: str, n_bytes: int) -> None:
    """Raise Refused for a text that is blank or full of control characters."""
    if not text.strip("\N{ZERO WIDTH NO-BREAK SPACE}\0 \t\r\n\f\v"):
        raise Refused("empty", "nothing but white space" if n_bytes else "no bytes")
    n_controls = len(CONTROLS.findall(text))
    if n_controls > MAX_STRAY_CONTROLS and n_controls * 20 > len(text):
        raise Refused("binary", f"{n_controls:,} of {len(text):,} characters are control characters")


def codec_name(label: str | None) -> str | None:
    """Python's name for a declared charset, None for one that is unknown.

    >>> codec_name("ISO-8859-1"), codec_name("utf8"), codec_name("x-klingon"), codec_name("base64")
    ('cp1252', 'utf-8', None, None)
    """
    try:
        "".encode((label or "").strip())  # raises for codecs that are no text encodings
        name = codecs.lookup((label or "").strip()).name
    except (LookupError, ValueError):
        return None
    return CHARSET_SUPERSETS.get(name, name)


def wide_encoding(head: bytes) -> str | None:
    """The encoding of a text in which a character has two bytes or four, by its first ones; None for any other.

    >>> wide_encoding("Rain fell.".encode("utf-16")), wide_encoding(b"Rain fell.")
    ('utf-16-le', None)
    """
    marked = (encoding for mark, encoding in BYTE_ORDER_MARKS if mark != codecs.BOM_UTF8 and head.startswith(mark))
    return next(marked, None) or _guess_utf16(head)


def guess_encoding(data: bytes) -> str:
    """The likely encoding of bytes that are not valid UTF-8; UTF-8 when most of them are.

    Western text is recognized by rule: on the few high bytes of an English article, statistics go astray.
    """
    sample = data[:SAMPLE_SIZE]
    n_high_bytes = len(HIGH_BYTE.findall(sample))
    n_sequence_bytes = sum(map(len, UTF8_SEQUENCE.findall(sample)))
    if n_sequence_bytes * 2 > n_high_bytes:
        return "utf-8"
    if n_high_bytes * 4 <= len(sample):
        if MAC_ROMAN_QUOTE.search(sample):
            return "mac-roman"
        if WESTERN_BYTES.fullmatch(data):
            return "cp1252"
    best = None if 0 in sample else from_bytes(sample).best()
    return (codec_name(best.encoding) if best else None) or "utf-8"


def replace_lone_surrogates(text: str) -> tuple[str, tuple[str, ...]]:
    r"""A parser's text without lone surrogates, which no table can hold, and the flag for them.

    >>> replace_lone_surrogates("It \ud83d rains")
    ('It � rains', ('undecodable',))
    """
    if LONE_SURROGATES.search(text) is None:
        return text, ()
    return LONE_SURROGATES.sub(REPLACEMENT, text), (CHARACTERS_LOST,)


def _guess_utf16(sample: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of Western text is zero."""
    if len(sample) < 4 or sample.count(0) * 4 < len(sample):
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if min(even, odd) * 4 > max(even, odd):
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _decode_with_replacement(data: bytes, encoding: str) -> Decoded:
    text = data.decode(encoding, "replace")
    lost = text.count(REPLACEMENT) > data.count(REPLACEMENT.encode(encoding, "ignore") or b"\0\0\0")
    return Decoded(text, encoding, (CHARACTERS_LOST,) if lost else ())


def _without_surrogates(text: str) -> str:
    """UTF-7 and the like can spell lone surrogates."""
    return replace_lone_surrogates(text)[0]
