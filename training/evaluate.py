"""Score a reader on what it was not trained on, without the pipeline; texts with attributions are cleaned as in it.

    python -m training.evaluate MODEL DATA SCORERS [--float32 FILE] [--sets polnear ggt entities sentences]

MODEL is a folder with reader.onnx, tokenizer.json, config.json; DATA the folder of the data sets; SCORERS the folder
with score_attribution.py and score_ggt.py. ``--float32`` takes another ONNX file in place of reader.onnx, to see what
quantisation costs. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from corpora.conllu import read_treebank
from corpora.documents import Document, clean_text
from corpora.newswire import lay_out, read_newswire
from onrecord.transforms.reader.labels import ROLES
from onrecord.transforms.reader.model import Model
from onrecord.transforms.records import Article, Attribution


def load_scorer(folder: Path, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, folder / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def f1(right: int, predicted: int, gold: int) -> float:
    return round(2 * right / (predicted + gold), 4) if predicted + gold else 0.0


def as_row(attribution: Attribution, article: Article) -> dict[str, Any]:
    """Offsets into the text before cleaning."""
    return {role: [article.body.raw_range(*r) for r in getattr(attribution, role)] for role in ROLES}


def as_ggt_rows(attributions: Iterable[Attribution], article: Article) -> list[dict[str, Any]]:
    """Statements only, each contiguous part of a content a row; offsets into the text before cleaning."""
    return [
        {
            "content": [article.body.raw_range(*part)],
            "source": [article.body.raw_range(*r) for r in a.source],
            "speaker": None,
        }
        for a in attributions
        if a.act == "statement"
        for part in a.content
    ]


def score_polnear(model: Model, data: Path, scorers: Path) -> dict[str, Any]:
    scorer = load_scorer(scorers, "score_attribution")
    gold = scorer.read_gold(data / "polnear/dev")
    cleaned = {name: clean_text(text) for name, (text, _) in gold.items()}
    rows = {d: [as_row(a, article) for a in model.read(article.text).attributions] for d, article in cleaned.items()}
    return scorer.score(gold, rows)


def score_ggt(model: Model, data: Path, scorers: Path) -> dict[str, Any]:
    """On all articles, cleaned as the product does, and on the two halves by id."""
    scorer = load_scorer(scorers, "score_ggt")
    gold = [json.loads(line) for line in (data / "ggt/visible.jsonl").read_text(encoding="utf-8").splitlines()]
    gold.sort(key=lambda article: article["id"])
    cleaned = {article["id"]: clean_text(article["text"]) for article in gold}
    rows = {name: as_ggt_rows(model.read(article.text).attributions, article) for name, article in cleaned.items()}
    half = len(gold) // 2
    return {
        name: scorer.score(part, rows)
        for name, part in (("all", gold), ("smallest ids", gold[:half]), ("other", gold[half:]))
    }


def newswire_dev(data: Path) -> Iterator[Document]:
    for name, sentences in read_newswire(data / "ner/worldwide-dev.tsv.gz"):
        yield lay_out(name, sentences, as_tokens=True, rng=random.Random(0))


def score_entities(model: Model, data: Path) -> dict[str, float]:
    """Exact F1 by label and over all, on texts laid out as the set gives them: tokens and blanks."""
    right, predicted, gold = Counter(), Counter(), Counter()
    for document in newswire_dev(data):
        predicted_entities = {(e.start, e.end, e.label) for e in model.read(document.text).entities}
        gold_entities = set(document.entities or ())
        for counter, entities in (
            (right, predicted_entities & gold_entities),
            (predicted, predicted_entities),
            (gold, gold_entities),
        ):
            counter.update(label for _, _, label in entities)
    by_label = {label: f1(right[label], predicted[label], gold[label]) for label in sorted(gold)}
    return by_label | {"micro": f1(right.total(), predicted.total(), gold.total())}


def score_sentences(model: Model, data: Path) -> dict[str, float]:
    """F1 of sentence starts on GUM dev and EWT dev."""
    out = {}
    for name, path in (("gum", "gum/gum-dev.conllu.gz"), ("ewt", "ewt/ewt-dev.conllu.gz")):
        right = predicted = gold = 0
        for document in read_treebank(data / path, with_chains=False):
            starts, gold_starts = set(model.read(document.text).sentence_starts), set(document.sentences or ())
            right += len(starts & gold_starts)
            predicted, gold = predicted + len(starts), gold + len(gold_starts)
        out[name] = f1(right, predicted, gold)
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("scorers", type=Path)
    parser.add_argument("--float32", type=Path)
    parser.add_argument("--sets", nargs="+", default=["polnear", "ggt", "entities", "sentences"])
    given = parser.parse_args()
    model = Model.load(given.model)
    if given.float32:
        model = Model(model.files | {"reader.onnx": given.float32.read_bytes()})
    measures = {
        "polnear": lambda: score_polnear(model, given.data, given.scorers),
        "ggt": lambda: score_ggt(model, given.data, given.scorers),
        "entities": lambda: score_entities(model, given.data),
        "sentences": lambda: score_sentences(model, given.data),
    }
    print(json.dumps({name: measures[name]() for name in given.sets}, indent=1))


if __name__ == "__main__":
    main()
