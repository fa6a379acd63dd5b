"""How far do the figures on the gold articles move from processor to processor?

    python -m benchmarks.processor_noise [--draws 6] [--noise 1e-6 1e-5 1e-4]     (needs onnx: the training environment)

Sums of floats differ in their last digits by kind of processor (AVX2, AVX-512, AMX), and each quantised product rounds
its input to 255 steps, so that a last digit now and then becomes a step. Here every such input is multiplied by
1 + noise, drawn anew, and all gold articles are read. Prints for each figure what it is without noise, the minimum, the
mean and the standard deviation of the draws, and the floor that follows: the minimum, less the standard deviation or
MARGIN.
"""

from __future__ import annotations

import argparse
import math
import shutil
import tempfile
from pathlib import Path
from statistics import fmean, pstdev

import onnx
import spacy
from onnx import helper

from onrecord.transforms.annotate import Annotator
from onrecord.transforms.reader.model import FILES, SHIPPED
from tests.gold.load import load
from tests.gold.read import read
from tests.gold.score import score

#: A floor is at least so far below the minimum.
MARGIN = 0.004


def add_noise(source: Path, target: Path, *, noise: float, seed: int) -> None:
    """Write the model with each input of a dynamic quantisation multiplied by a normal draw around 1."""
    model = onnx.load(str(source))
    nodes: list[onnx.NodeProto] = []
    for number, node in enumerate(model.graph.node):
        if node.op_type == "DynamicQuantizeLinear":
            values, factor, noisy = node.input[0], f"factor_{number}", f"noisy_{number}"
            draw = {"dtype": 1, "mean": 1.0, "scale": noise, "seed": float(seed * 1000 + number)}
            nodes.append(helper.make_node("RandomNormalLike", [values], [factor], **draw))
            nodes.append(helper.make_node("Mul", [values, factor], [noisy]))
            node.input[0] = noisy
        nodes.append(node)
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.save(model, str(target))


def figures(model: Path | None) -> dict[str, float]:
    """The figures on the gold articles, read with the model of a folder (None: the shipped one)."""
    nlp = spacy.blank("en")
    nlp.add_pipe("onrecord_reader", config={"model": str(model) if model else None})
    return score(read(load(), Annotator(nlp=nlp)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=6)
    parser.add_argument("--noise", type=float, nargs="+", default=[1e-6, 1e-5, 1e-4])
    options = parser.parse_args()
    plain = figures(None)
    draws: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in FILES:
            shutil.copy(SHIPPED / file, folder / file)
        for noise in options.noise:
            for seed in range(options.draws):
                add_noise(SHIPPED / "reader.onnx", folder / "reader.onnx", noise=noise, seed=seed + 1)
                draws.append(figures(folder))
    print(f"{'figure':<24}{'plain':>8}{'min':>8}{'mean':>8}{'deviation':>11}{'floor':>8}")
    for figure in plain:
        drawn = [draw[figure] for draw in draws]
        floor = math.floor(1000 * (min(*drawn, plain[figure]) - max(pstdev(drawn), MARGIN))) / 1000
        print(
            f"{figure:<24}{plain[figure]:>8.4f}{min(drawn):>8.4f}{fmean(drawn):>8.4f}{pstdev(drawn):>11.4f}{floor:>8}"
        )


if __name__ == "__main__":
    main()
