"""Exports as files: each is written beside its place and gets it when it is whole."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree

from onrecord.pipeline.ask.exports import brat
from onrecord.pipeline.ask.exports.markup import CONTENT, CUE, SOURCE, basis, links_of, marks_of
from onrecord.pipeline.ask.exports.selection import Document

#: Beside brat's files: what each article was when it was exported.
BASIS = "onrecord.jsonl"


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """A path that becomes the target when all went well, and is nothing else."""
    path = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield path
        if path.is_dir() and target.is_dir():
            target.rmdir()  # it is empty, or this fails
        path.replace(target)
    finally:
        rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def write_lines(lines: Iterable[str], target: Path) -> int:
    """How many lines were written."""
    count = 0
    with beside(target) as path, path.open("w", encoding="utf-8", newline="") as file:
        for line in lines:
            file.write(line)
            count += 1
        file.close()
    return count


def write_brat(documents: Iterable[Document], target: Path) -> int:
    """How many articles were written to the folder."""
    count, labels = 0, set()
    with beside(target) as folder:
        folder.mkdir()
        with (folder / BASIS).open("w", encoding="utf-8", newline="") as noted:
            for document in documents:
                marks = list(marks_of(document))
                labels |= {mark.label for mark in marks} - {CONTENT, CUE, SOURCE}
                text, name = document.article["text"], document.article["article_id"]
                ann = "".join(brat.ann_lines(text, marks, links_of(marks)))
                (folder / f"{name}.txt").write_bytes(text.encode())
                (folder / f"{name}.ann").write_bytes(ann.encode())
                noted.write(json.dumps(basis(document)) + "\n")
                count += 1
        (folder / "annotation.conf").write_text(brat.annotation_conf(labels), encoding="utf-8")
        (folder / "visual.conf").write_text(brat.visual_conf(), encoding="utf-8")
    return count
