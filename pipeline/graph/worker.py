"""The process on the other side of ``workers``: python -P -m onrecord.pipeline.graph.worker PARENT."""

from __future__ import annotations

import sys
from typing import Any

from onrecord.pipeline.graph.annotating import annotate_shard
from onrecord.pipeline.options import Options
from onrecord.pipeline.processes import open_answers, receive, send, serve_parent
from onrecord.transforms.annotate import thread_annotator


def serve(parent: int) -> None:
    """Do what the parent sends, one thing after the other, until it sends no more."""
    serve_parent(parent)
    answers = open_answers()
    while True:
        try:
            job = receive(0)
        except EOFError:
            return
        if isinstance(job, Options):
            _ = thread_annotator(job.annotator).nlp
            continue
        try:
            shard, options, target, poison = job
            answer: Any = annotate_shard(
                shard, options, target, poison=poison, tell=lambda position: send(answers, position)
            )
        except Exception as error:
            answer = error
        _answer(answers, answer)


def _answer(descriptor: int, answer: Any) -> None:
    try:
        send(descriptor, answer)
    except Exception:  # an error that cannot be pickled
        send(descriptor, RuntimeError(f"{type(answer).__name__}: {answer}"))


if __name__ == "__main__":
    serve(int(sys.argv[1]))
