"""The examples of docs/inputs.md give what the page says: each is read as a run reads it, and cleaned."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from onrecord.pipeline.commands.flags import input_options
from onrecord.pipeline.commands.run import OWN_FLAGS, run_command
from onrecord.pipeline.graph.annotating import load
from onrecord.pipeline.graph.shards import cut_shards
from onrecord.pipeline.options import Options
from onrecord.pipeline.sources import find
from onrecord.pipeline.store.rows import article_row, reject_row
from onrecord.transforms.annotate import Annotator
from onrecord.transforms.records import Annotation, RawArticle, Rejected

PAGE = (Path(__file__).parents[1] / "docs" / "inputs.md").read_text(encoding="utf-8")
#: A fenced block; its fence may be longer than that of a block in it.
BLOCK = re.compile(r"^(?P<fence>`{3,})(?P<info>[^`\n]*)\n(?P<body>.*?)^(?P=fence)$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^(#{2,3}) (.+)$", re.MULTILINE)
NO_EXAMPLE = re.compile(r"\b(?:unproven|no example)\b")


@dataclass(frozen=True, kw_only=True)
class Example:
    """A file, the flags of the command that it needs, and what each of its records is to become."""

    file: str
    content: bytes
    arguments: tuple[str, ...]
    expected: list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A ``###`` of the page: what it is called, its words outside of blocks, its examples."""

    name: str
    words: str
    examples: tuple[Example, ...]


def shapes(page: str) -> Iterator[Shape]:
    """The shapes of a page, in order; a heading inside a block is none."""
    hidden = BLOCK.sub(lambda m: re.sub(r"[^\n]", "`", m.group()), page)
    headings = [*HEADING.finditer(hidden)]
    section = ""
    for heading, end in zip(headings, [*(m.start() for m in headings[1:]), len(page)], strict=True):
        if heading[1] == "##":
            section = heading[2]
            continue
        text = page[heading.end() : end]
        yield Shape(name=f"{section}: {heading[2]}", words=BLOCK.sub("", text), examples=tuple(examples(text)))


def examples(text: str) -> Iterator[Example]:
    """The files in a text, each with the block after it."""
    blocks = [*BLOCK.finditer(text)]
    for block, after in zip(blocks[::2], blocks[1::2], strict=True):
        settings = dict(word.split("=", 1) for word in shlex.split(block["info"])[1:])
        assert after["info"] == "json expect"
        yield Example(
            file=settings["file"],
            content=block["body"].encode(settings.get("encoding", "utf-8")),
            arguments=tuple(shlex.split(settings.get("options", ""))),
            expected=json.loads(after["body"]),
        )


def options_of(arguments: tuple[str, ...]) -> Options:
    """The options of a run with these arguments, as the command makes them."""
    flags = dict(run_command.make_context("run", ["input", *arguments]).params)
    own = {name: flags.pop(name) for name in OWN_FLAGS}
    for name in ("inputs", "output", "dry_run"):
        del flags[name]
    return Options(**own, **input_options(**flags))


def records(path: Path, options: Options) -> Iterator[RawArticle | Rejected]:
    for shard in cut_shards(find([str(path)])):
        for batch in load(shard, options):
            yield from batch.results


def row(record: RawArticle | Rejected, annotator: Annotator) -> dict[str, Any]:
    """The row of ``articles`` that a record becomes, or that of ``rejects``."""
    result = record if isinstance(record, Rejected) else annotator.clean(record)
    return reject_row(result) if isinstance(result, Rejected) else article_row(Annotation(article=result))


def plain(name: str, value: Any) -> Any:
    """A value of a row as JSON has it."""
    if name == "extra":
        return value and dict(value)
    return value.isoformat() if isinstance(value, datetime) else json.loads(json.dumps(value))


SHAPES = list(shapes(PAGE))


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_every_shape_has_an_example(shape: Shape) -> None:
    """Or says that it has none."""
    assert shape.examples or NO_EXAMPLE.search(" ".join(shape.words.split()))


@pytest.mark.parametrize(
    "example",
    [
        pytest.param(example, id=f"{shape.name}: {example.file} {number}")
        for shape in SHAPES
        for number, example in enumerate(shape.examples)
    ],
)
def test_each_example_gives_what_the_page_says(example: Example, tmp_path: Path) -> None:
    """A row for each of its records, in order, with the columns that are named."""
    path = tmp_path / example.file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(example.content)
    options = options_of(example.arguments)
    annotator = Annotator(options.annotator)
    rows = [row(record, annotator) for record in records(path, options)]
    assert len(rows) == len(example.expected)
    for made, expected in zip(rows, example.expected, strict=True):
        assert {name: plain(name, made[name]) for name in expected} == expected


def test_a_heading_or_a_fence_in_a_file_is_none_of_the_page() -> None:
    """Markdown in an example stays the content of its file."""
    page = (
        '## A\n\n### B\n\n````md file=a.md\n### C\n```\nx\n```\n````\n\n```json expect\n[{"text": "x"}]\n```\n### D\n'
    )
    named, bare = shapes(page)
    assert (named.name, bare.name, bare.examples) == ("A: B", "A: D", ())
    assert named.examples[0].content == b"### C\n```\nx\n```\n"
