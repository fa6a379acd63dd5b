"""Entities of the worldwide newswire set through the product, scored by label.

    python -m benchmarks.entities TSV SCORERS [--output DIR] [--min-f1 0.82]

TSV is a file of tokens and BIO labels, plain or gzipped; SCORERS the folder with ``score_ner.py``. Exits with 1 below
``--min-f1``.
"""

from __future__ import annotations

import argparse
import gzip
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.command import run_onrecord
from benchmarks.scoring import output_folder


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tsv", type=Path)
    parser.add_argument("scorers", type=Path)
    parser.add_argument("--output", type=Path, help="keep the tables here")
    parser.add_argument("--min-f1", type=float, default=0.82)
    given = parser.parse_args()
    scorer = [sys.executable, str(given.scorers / "score_ner.py")]
    with tempfile.TemporaryDirectory() as folder, output_folder(given.output) as output:
        plain, texts = Path(folder) / "set.tsv", Path(folder) / "text"
        data = given.tsv.read_bytes()
        plain.write_bytes(gzip.decompress(data) if given.tsv.suffix == ".gz" else data)
        subprocess.run([*scorer, "lay", str(plain), str(texts)], check=True)
        run_onrecord("run", texts, "--output", output)
        return subprocess.run([*scorer, "score", str(plain), str(output), str(given.min_f1)]).returncode


if __name__ == "__main__":
    sys.exit(main())
