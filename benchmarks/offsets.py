"""Do the offsets of real tables hold? Every span of every row, against its text and against the raw file.

    python -m benchmarks.offsets TEXTS [--output DIR]

TEXTS is a folder of text files. For each span: ``text[start:end]`` is the row's text, and replaying the article's edits
on ``raw[raw_start:raw_end]`` gives it back. Also: inputs = articles + rejects. Exits with 1 when anything fails.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.command import run_onrecord
from benchmarks.scoring import output_folder
from onrecord.pipeline.ask.query import ask
from onrecord.pipeline.sources import find
from onrecord.transforms.alignment import AlignedText
from onrecord.transforms.edits import Edit

#: Each row's text and its spans; a part in several spans is joined by blanks.
SPANS = """
    SELECT article_id, 'mention' AS what, text, [span] AS spans FROM mentions
    UNION ALL SELECT article_id, 'content', content, content_spans FROM quotes
    UNION ALL SELECT article_id, 'cue', cue, cue_spans FROM quotes
    UNION ALL SELECT article_id, 'source', source, source_spans FROM quotes
    UNION ALL SELECT article_id, 'segment', text, [span] FROM segments WHERE kind = 'paragraph'
"""
CUT = "SELECT article_id, text, span FROM segments WHERE kind <> 'paragraph'"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", type=Path)
    parser.add_argument("--output", type=Path, help="keep the tables here")
    given = parser.parse_args()
    with output_folder(given.output) as output:
        run_onrecord("run", given.texts, "--output", output)
        counts = Counter(check(given.texts, output))
    for name, n in sorted(counts.items()):
        print(f"{name:<24}{n:>9,}")
    return 1 if any(name.startswith("WRONG") for name in counts) else 0


def check(texts: Path, output: Path) -> Iterator[str]:
    """A label for each span: what it is, or WRONG with what it is and the check that fails."""
    bodies = {}
    for article_id, uri, text, edits in ask("SELECT article_id, uri, text, edits FROM articles", output).rows:
        raw = Path(uri).read_bytes().decode("utf-8")
        body = AlignedText(raw, tuple(Edit(e["raw_start"], e["raw_end"], e["text"]) for e in edits))
        bodies[article_id] = body
        yield "article" if body.text == text else "WRONG article: replay"
    for article_id, what, text, spans in ask(SPANS, output).rows:
        yield _judge(bodies[article_id], what, text, spans)
    for article_id, text, span in ask(CUT, output).rows:
        body = bodies[article_id]
        inside = span["start"] == span["end"] <= len(body.text)
        raw_text = body.raw[span["raw_start"] : span["raw_end"]]
        yield "cut" if inside and raw_text == text else "cut, fixed before" if inside else "WRONG cut: place"
    ((rejects,),) = ask("SELECT count(*) FROM rejects", output).rows
    inputs = len(list(find([str(texts)])))
    yield "inputs = articles + rejects" if inputs == len(bodies) + rejects else "WRONG inputs"


def _judge(body: AlignedText, what: str, text: str, spans: list[dict[str, Any]]) -> str:
    if " ".join(body.text[s["start"] : s["end"]] for s in spans) != text:
        return f"WRONG {what}: text"
    if any(body.raw_range(s["start"], s["end"]) != (s["raw_start"], s["raw_end"]) for s in spans):
        return f"WRONG {what}: raw range"
    if not all(body.explains(s["start"], s["end"]) for s in spans):
        return f"WRONG {what}: replay"
    return what


if __name__ == "__main__":
    sys.exit(main())
