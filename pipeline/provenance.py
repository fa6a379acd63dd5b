"""What rows were made by: the code, the model and the options that decide them, as one hash."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onrecord.pipeline.options import Options

PACKAGE = Path(__file__).parents[1]
#: The rooms whose code or data decides what stands in a row.
DECIDING = ("transforms", "pipeline/sources", "pipeline/store/rows.py", "pipeline/store/schema.py")
DIGITS = 16


def made_by(options: Options) -> str:
    """Two runs with the same answer make the same rows of the same records, on one kind of processor."""
    deciding = asdict(options.annotator), asdict(options.fields), asdict(options.limits), options.id_rule
    return sha256(f"{_code_and_model()}\0{deciding!r}".encode()).hexdigest()[:DIGITS]


@cache
def _code_and_model() -> str:
    digest = sha256()
    for path in sorted(_files()):
        digest.update(f"{path.relative_to(PACKAGE).as_posix()}\0{sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def _files() -> Iterator[Path]:
    for name in DECIDING:
        room = PACKAGE / name
        yield from (path for path in room.rglob("*") if _decides(path)) if room.is_dir() else (room,)


def _decides(path: Path) -> bool:
    return path.is_file() and path.suffix in (".py", ".onnx", ".json")
