"""The Gender Gap Tracker's articles through the product, scored.

    python -m benchmarks.ggt GOLD SCORERS [--output DIR] [--half first|second]

GOLD is the file of JSON lines (id, text, quotes …), SCORERS the folder with ``predictions.py`` and ``score_ggt.py``.
``--half``: only the half of the articles with the smaller ids (on which thresholds may be chosen), or only the other.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from benchmarks.command import run_onrecord
from benchmarks.scoring import output_folder, predictions, score


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("scorers", type=Path)
    parser.add_argument("--output", type=Path, help="keep the tables here")
    parser.add_argument("--half", choices=["first", "second"])
    given = parser.parse_args()
    lines = _half(given.gold.read_text(encoding="utf-8").splitlines(), given.half)
    with tempfile.TemporaryDirectory() as folder, output_folder(given.output) as output:
        gold, texts = Path(folder) / "gold.jsonl", Path(folder) / "text"
        gold.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        texts.mkdir()
        for article in map(json.loads, lines):
            (texts / f"{article['id']}.txt").write_bytes(article["text"].encode())
        run_onrecord("run", texts, "--output", output)
        return score(given.scorers / "score_ggt.py", gold, predictions(given.scorers, output, "ggt"))


def _half(lines: list[str], half: str | None) -> list[str]:
    ordered = sorted(lines, key=lambda line: str(json.loads(line)["id"]))
    middle = len(ordered) // 2
    return {"first": ordered[:middle], "second": ordered[middle:]}.get(half or "", lines)


if __name__ == "__main__":
    sys.exit(main())
