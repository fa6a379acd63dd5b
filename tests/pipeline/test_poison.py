"""A record that breaks, kills or hangs its process costs exactly one reject, with any number of workers."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from run_helpers import Run

from onrecord.pipeline.ask import ask

#: Put before our code in every process that is started: three texts do to it what real ones did to a library.
POISON = """
import os, signal, sys, time

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name != "onrecord.transforms.annotate":
            return None
        sys.meta_path.remove(self)
        import onrecord.transforms.cleaning as cleaning
        clean = cleaning.clean
        def poisoned(raw):
            if "raises" in raw.text:
                raise RecursionError("a pattern that never ends")
            if "crashes" in raw.text:
                os.kill(os.getpid(), signal.SIGSEGV)
            if "hangs" in raw.text:
                time.sleep(3600)
            return clean(raw)
        cleaning.clean = poisoned
        return None

sys.meta_path.insert(0, Finder())
"""
N = 60


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.long)])
def test_three_poisoned_records_are_three_rejects(
    onrecord: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    """An exception, a segmentation fault and a hang, among others and in one file with others."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(POISON)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "site"), os.environ.get("PYTHONPATH", "")]))
    texts = [f"Case {n}: “It is {n},” said Ada Brook." for n in range(N)]
    for n, what in ((10, "raises"), (55, "crashes"), (56, "hangs")):
        texts[n] += f" This one {what}."
    news = tmp_path / "news"
    news.mkdir()
    for n, text in enumerate(texts[:50]):
        (news / f"{n:03}.txt").write_text(text)
    (news / "rest.jsonl").write_text("\n".join(json.dumps({"text": text}) for text in texts[50:]))
    result = onrecord("run", news, "-o", tmp_path / "out", "-w", workers, "--max-hang", "4")
    assert result.returncode == 0, result.stderr
    rejects = ask("SELECT split_part(uri, '/', -1), record, step, reason FROM rejects ORDER BY 1", tmp_path / "out")
    assert rejects.rows == [
        ("010.txt", "", "clean", "error"),
        ("rest.jsonl", "6", "annotate", "crash"),
        ("rest.jsonl", "7", "annotate", "timeout"),
    ]
    assert ask("SELECT count(*) FROM articles", tmp_path / "out").rows == [(N - 3,)]
    assert onrecord("audit", "-d", tmp_path / "out").returncode == 0
