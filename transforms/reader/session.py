"""The network as onnxruntime runs it: one thread, one unpadded window a call.

One window a call because dynamic quantisation scales over the whole tensor: padding or a neighbour in the batch would
change the scores of a window.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime

from onrecord.transforms.reader.pieces import CLS, SEP


class Network:
    """An ONNX session over a model: its path, so that the file is never held in Python, or its bytes."""

    def __init__(self, model: Path | bytes) -> None:
        self._session = _open_session(model)

    def run(self, ids: list[int], features: list[int]) -> tuple[np.ndarray, np.ndarray]:
        """Log-odds for a window of n pieces: tags ``[n + 2, tags]`` and pointers ``[3, n + 2, n + 2]``.

        The two extra rows are the special pieces around the window; pointing to row 0 means pointing nowhere.
        """
        feed = {
            "ids": np.array([[CLS, *ids, SEP]], dtype=np.int64),
            "features": np.array([[0, *features, 0]], dtype=np.int64),
        }
        tags, pointers = self._session.run(("tags", "pointers"), feed)
        return tags[0], pointers[0]


def _open_session(model: Path | bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.enable_mem_pattern = False  # windows differ in size, and each size would keep a plan of its own
    options.log_severity_level = 3
    source = model if isinstance(model, bytes) else str(model)
    return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
