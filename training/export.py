"""A trained network -> ONNX in float32 and in int8.

    python -m training.export ENCODER OUT RUN/network-7.pt [MORE…]     ->  OUT/reader.float32.onnx, reader.onnx,
                                                                             tokenizer.json, config.json

Weights are quantised with reduced range (7 bits), a scale a column, so that processors without 8-bit dot products do
not saturate. Products of two activations (attention, pointers) stay in float32, and so does UNQUANTISED.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from onrecord.transforms.reader.model import Config
from onrecord.transforms.reader.pieces import load_tokenizer
from training.model import ReaderNetwork, load_mean

#: What stands behind the activation function of the first layers has outliers, which one scale for all cannot hold: in
#: float32 these three products halve what int8 costs, for 5 MB and a tenth of the speed.
UNQUANTISED = tuple(f"/encoder/encoder/layer.{layer}/output/dense/MatMul" for layer in range(3))


def export(network: ReaderNetwork, path: Path) -> None:
    example = torch.randint(1000, 2000, (1, 32)), torch.randint(0, 40, (1, 32))
    torch.onnx.export(
        network,
        example,
        str(path),
        input_names=["ids", "features"],
        output_names=["tags", "pointers"],
        dynamic_axes={"ids": {1: "n"}, "features": {1: "n"}, "tags": {1: "n"}, "pointers": {2: "n", 3: "n"}},
        opset_version=17,
        dynamo=False,
    )


def quantise(source: Path, target: Path) -> None:
    quantize_dynamic(
        source,
        target,
        weight_type=QuantType.QInt8,
        per_channel=True,
        reduce_range=True,
        op_types_to_quantize=["MatMul", "Gemm", "Gather"],
        nodes_to_exclude=list(UNQUANTISED),
        extra_options={"MatMulConstBOnly": True},
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("encoder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("checkpoints", type=Path, nargs="+", help="their mean is exported")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    float32 = given.out / "reader.float32.onnx"
    export(load_mean(ReaderNetwork(given.encoder), given.checkpoints).eval(), float32)
    quantise(float32, given.out / "reader.onnx")
    tokenizer = load_tokenizer((given.encoder / "tokenizer.json").read_bytes())
    tokenizer.save(str(given.out / "tokenizer.json"), pretty=False)
    (given.out / "config.json").write_bytes(Config().to_bytes())  # what training.calibrate fills


if __name__ == "__main__":
    main()
