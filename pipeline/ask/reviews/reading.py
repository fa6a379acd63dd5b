"""The files of a review: what each article was when it was exported, and what it is now."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from onrecord.pipeline.ask.exports.markup import QuoteMarkup, check_quote, from_json
from onrecord.pipeline.ask.exports.writing import BASIS
from onrecord.pipeline.ask.reviews import brat, span_lines
from onrecord.pipeline.ask.reviews.differences import Review
from onrecord.pipeline.errors import UsageError

#: What is not read: an .ann file, or an article in a line of JSON, of more bytes.
MAX_BYTES = 2**26


def read_reviews(path: Path) -> Iterator[Review]:
    """The articles of a folder that brat has worked in, of one of its .ann files, or of a file of lines of JSON.

    Raises UsageError for what is none of these, and for an article that is not as it was exported.
    """
    if path.is_dir():
        return _read_folder(path, None)
    if path.suffix == ".ann":
        return _read_folder(path.parent, path.stem)
    if not path.is_file():
        raise UsageError(f"{path}: there is no such file")
    return _read_lines(path)


def _read_folder(folder: Path, stem: str | None) -> Iterator[Review]:
    if not (folder / BASIS).is_file():
        raise UsageError(f"{folder}: {BASIS} is missing, which onrecord export has put there")
    found = False
    for number, noted in _json_lines(folder / BASIS):
        name = noted.get("article_id")
        if not isinstance(name, str) or not name.isalnum():  # it is a part of a path
            raise UsageError(f"{folder / BASIS}, line {number}: no article_id")
        if stem in (None, name):
            found = True
            where = folder / f"{name}.ann"
            text, ann = (_read(folder / f"{name}{ending}") for ending in (".txt", ".ann"))
            yield _review(str(where), text, noted, lambda text=text, ann=ann: brat.read_ann(ann, text))
    if not found:
        raise UsageError(f"{folder}: {BASIS} knows no article {stem or ''}")


def _read_lines(path: Path) -> Iterator[Review]:
    for number, line in _json_lines(path):
        text, noted = line.get("text"), line.get("onrecord")
        if not isinstance(text, str) or not isinstance(noted, dict):
            raise UsageError(f"{path}, line {number}: no text, or no onrecord, which onrecord export has put there")
        yield _review(f"{path}, line {number}", text, noted, lambda line=line: span_lines.read_line(line))


def _review(where: str, text: str, noted: dict[str, Any], read: Any) -> Review:
    if sha256(text.encode("utf-8", "surrogatepass")).hexdigest() != noted.get("text_sha256"):
        raise UsageError(f"{where}: its text is not the one that was exported; only marks are reviewed")
    try:
        exported = tuple(from_json(quote, len(text)) for quote in noted["quotes"])
        quotes: Iterable[QuoteMarkup] = read()
        checked = tuple(check_quote(quote, len(text)) for quote in quotes)
        return Review(
            where=where, article_id=str(noted["article_id"]), text_sha256=str(noted["text_sha256"]), text=text,
            exported=exported, quotes=checked,
        )  # fmt: skip
    except (ValueError, LookupError, TypeError) as error:
        raise UsageError(f"{where}: {error}") from error


def _json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        with path.open("rb") as file:
            for number, line in enumerate(iter(lambda: file.readline(MAX_BYTES + 1), b""), 1):
                if len(line) > MAX_BYTES:
                    raise UsageError(f"{path}, line {number}: it is longer than {MAX_BYTES:,} bytes")
                if line.strip():
                    value = json.loads(line)
                    if not isinstance(value, dict):
                        raise ValueError("no object")
                    yield number, value
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{path}: these are no lines of JSON: {error}") from error


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UsageError(f"{path}: it has more than {MAX_BYTES:,} bytes")
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {getattr(error, 'strerror', None) or 'no text in UTF-8'}") from error
