"""PolNeAR dev through the product, scored.

    python -m benchmarks.polnear GOLD SCORERS [--output DIR]

GOLD is the folder with ``text`` and ``attributions``, SCORERS the one with ``predictions.py`` and
``score_attribution.py``. Prints the scorer's figures.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.command import run_onrecord
from benchmarks.scoring import output_folder, predictions, score


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("scorers", type=Path)
    parser.add_argument("--output", type=Path, help="keep the tables here")
    given = parser.parse_args()
    with output_folder(given.output) as output:
        run_onrecord("run", given.gold / "text", "--output", output)
        return score(given.scorers / "score_attribution.py", given.gold, predictions(given.scorers, output, "polnear"))


if __name__ == "__main__":
    sys.exit(main())
