"""py3langid's model, kept unpacked: it is 68 MB that take most of a second to unpack, and that all processes can share.

    ~/.cache/onrecord/py3langid-0.4.0/*.npy       mapped, so that only what is looked at is in memory, once for all

Where nothing can be kept, the model is unpacked for the process alone.
"""

from __future__ import annotations

import os
import shutil
from importlib.metadata import version
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

ARRAYS = ("ptc", "pc", "classes", "nextmove", "row", "output")


def load_identifier() -> LanguageIdentifier:
    """The identifier with its probabilities normalized; py3langid's own instance could be changed by other code."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    try:
        folder = cache_folder() / f"py3langid-{version('py3langid')}"
        if not folder.exists():
            _unpack(folder)
        return _mapped(folder)
    except (OSError, ValueError, RuntimeError):  # no room, what is there is damaged, nobody's home
        return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def cache_folder() -> Path:
    """Where this user's caches are, by the XDG base directory specification."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "onrecord"


def _unpack(folder: Path) -> None:
    """Write the arrays of the model into a folder that is there whole or not at all."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    model = LanguageIdentifier.from_model_file(MODEL_FILE)
    values = (model.nb_ptc, model.nb_pc, model.nb_classes, model.tk_nextmove, model.tk_row, model.tk_output)
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
    for name, array in zip(ARRAYS, values, strict=True):
        with (unfinished / f"{name}.npy").open("wb") as file:
            np.save(file, np.asarray(array))
            file.flush()
            os.fsync(file.fileno())  # or a power cut could leave zeros in its place
    try:
        unfinished.rename(folder)
    except OSError:  # another process was first
        shutil.rmtree(unfinished)


def _mapped(folder: Path) -> LanguageIdentifier:
    from py3langid.langid import LanguageIdentifier

    arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in ARRAYS}
    return LanguageIdentifier(
        np.asarray(arrays["ptc"]),
        np.array(arrays["pc"]),
        arrays["classes"].tolist(),
        memoryview(arrays["nextmove"]),  # its items are ints: walking through an array would make objects of numpy's
        arrays["output"].tolist(),
        norm_probs=True,
        tk_row=arrays["row"].tolist(),
    )
