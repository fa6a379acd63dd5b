"""How well the cue lists part statements from thoughts, beside cues judged by hand.

    python -m benchmarks.act POLNEAR_DEV_FOLDER [benchmarks/act_judgements.csv]

The folder holds ``text/*.txt`` and brat's ``attributions/*.ann``; of several annotators of a text the first counts.
A row of the judgements points at one attribution by document, cue offsets and the first offset of its content. The 200
rows are a seeded random sample of the development set, judged in context before the lists existed. Another 120,
``act_judgements_unlisted.csv``, are drawn only from cues without marks that the first lists did not know.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from corpora.polnear import read_polnear
from onrecord.transforms.lexicon.cues import act_of
from onrecord.transforms.quotation import find_quotations
from onrecord.transforms.records import Act

Key = tuple[str, int, int, int]  # document, start and end of the cue, start of the content
#: PolNeAR writes some outlets' double marks as two apostrophes; of one length, so that offsets stay.
TWO_APOSTROPHES = re.compile(r"''")


def predictions(folder: Path) -> dict[Key, Act]:
    """What :func:`act_of` says of each attribution of a folder that has a cue."""
    predicted: dict[Key, Act] = {}
    for name, (document, *_) in read_polnear(folder).items():
        text = document.text
        quotations = find_quotations(TWO_APOSTROPHES.sub('" ', text))
        for relation in document.relations or ():
            if relation.cue:
                quoted = any(q.start < end and q.end > start for start, end in relation.content for q in quotations)
                words = " ".join(text[start:end] for start, end in relation.cue)
                key = name, relation.cue[0][0], relation.cue[-1][1], relation.content[0][0]
                predicted[key] = act_of(words, quoted)
    return predicted


def read_judgements(path: Path) -> dict[Key, str]:
    with path.open(encoding="utf-8", newline="") as lines:
        return {
            (row["doc"], int(row["cue_start"]), int(row["cue_end"]), int(row["content_start"])): row["act"]
            for row in csv.DictReader(lines)
        }


def compare(judged: Mapping[Key, str], predicted: Mapping[Key, str]) -> dict[str, float]:
    """Agreement, and precision and recall by act. KeyError when a judged row is not in the data."""
    table = Counter((act, predicted[key]) for key, act in judged.items())
    figures = {"n": float(len(judged)), "agreement": sum(table[a, a] for a in ("statement", "thought")) / len(judged)}
    for act in ("statement", "thought"):
        n_predicted = sum(n for (_, p), n in table.items() if p == act)
        n_judged = sum(n for (j, _), n in table.items() if j == act)
        figures[f"{act}_precision"] = table[act, act] / n_predicted if n_predicted else 0.0
        figures[f"{act}_recall"] = table[act, act] / n_judged if n_judged else 0.0
    return {name: round(value, 4) for name, value in figures.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("polnear", type=Path, help="a PolNeAR folder with text/ and attributions/")
    parser.add_argument("judgements", type=Path, nargs="?", default=Path(__file__).with_name("act_judgements.csv"))
    parser.add_argument("--show", action="store_true", help="list the rows that differ (offsets only)")
    options = parser.parse_args()
    judged, predicted = read_judgements(options.judgements), predictions(options.polnear)
    for name, value in compare(judged, predicted).items():
        print(f"{name:22}{value:g}")
    if options.show:
        for key, act in judged.items():
            if predicted[key] != act:
                print(*key, f"judged {act}, predicted {predicted[key]}", sep="\t")


if __name__ == "__main__":
    main()
