"""What rows were made by: the code, the model and the options that decide them, as one hash."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from functools import cache
from hashlib import file_digest, sha256
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onrecord.pipeline.options import Options
    from onrecord.transforms.options import AnnotatorOptions

PACKAGE = Path(__file__).parents[1]
#: The rooms whose code or data decides what stands in a row.
DECIDING = ("transforms", "pipeline/sources", "pipeline/store/rows.py", "pipeline/store/schema.py")
DIGITS = 16


def made_by(options: Options, annotator: AnnotatorOptions | None = None) -> str:
    """Two runs with the same answer make the same rows of the same records, on one kind of processor.

    ``annotator`` decides in place of the options' own where it is given.
    """
    decisive = asdict(annotator or options.annotator)
    if decisive["spacy_config"]:
        decisive["spacy_config"] = content_hash(Path(decisive["spacy_config"]))
    deciding = decisive, asdict(options.fields), asdict(options.limits), asdict(options.dates), options.id_rule
    return sha256(f"{_code_and_model()}\0{deciding!r}".encode()).hexdigest()[:DIGITS]


@cache
def _code_and_model() -> str:
    return _hash_files(_files(), PACKAGE)


def content_hash(path: Path) -> str:
    """The hash of a file's bytes, or of all files in a folder with their names in it; the same wherever they lie."""
    if path.is_dir():
        return _hash_files((each for each in path.rglob("*") if each.is_file()), path)
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _hash_files(paths: Iterable[Path], folder: Path) -> str:
    digest = sha256()
    for path in sorted(paths):
        digest.update(b"%s\0%s\n" % (bytes(path.relative_to(folder)), content_hash(path).encode()))
    return digest.hexdigest()


def _files() -> Iterator[Path]:
    for name in DECIDING:
        room = PACKAGE / name
        yield from (path for path in room.rglob("*") if _decides(path)) if room.is_dir() else (room,)


def _decides(path: Path) -> bool:
    return path.is_file() and path.suffix in (".py", ".onnx", ".json")
