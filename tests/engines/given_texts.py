"""Texts to read: short ones of our own, or those of a folder that ``$ONRECORD_ARTICLES`` names."""

from __future__ import annotations

import os
from pathlib import Path

TEXTS = (
    "The harbour will close in {n} weeks, Mayor Ines Okafor said on Tuesday.\n\n“We cannot keep dredging,” Okafor told "
    "the council. She added that {n} ships had come all year.\n",
    "MOSTAR (Reuters) - According to the growers’ union, losses may pass ${n} million. “It was one night,” said Pavel "
    "Lind, who heads the union.\n",
    "Drivers plan to walk out on Friday.\n\n“They have not called us for {n} weeks,” a driver said.\n",
)


def texts(count: int) -> dict[str, str]:
    """So many texts by their names, or as many as there are in the folder."""
    if "ONRECORD_ARTICLES" not in os.environ:
        return {f"{n:03}.txt": TEXTS[n % len(TEXTS)].format(n=n + 2) for n in range(count)}
    paths = sorted(Path(os.environ["ONRECORD_ARTICLES"]).rglob("*.txt"))[:count]
    return {path.name: path.read_text(errors="replace") for path in paths}
