"""Which engines can be used from here: a program on this machine, a Python package, a flag that names a job server.

Nothing is downloaded, started or imported to find out.
"""

from __future__ import annotations

import mmap
import os
import re
import shutil
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from onrecord.pipeline.engines.catalogue import ENGINES, Engine

#: Where Beam itself keeps the binary that it has downloaded or built.
BEAM_CACHE = Path("~/.apache_beam/cache/prism/bin")
#: What the Go linker writes into a program about the module that it was built of.
GO_MODULE = re.compile(rb"\tgithub\.com/apache/beam/sdks/v2\t(v[\w.+-]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """Whether an engine can be used: ``missing`` says why not. ``version`` is that of the program or package."""

    engine: Engine
    version: str = ""
    missing: str = ""


def presences() -> list[Presence]:
    """How it is with all engines, in the order of the catalogue."""
    return [presence(engine) for engine in ENGINES]


def presence(engine: Engine) -> Presence:
    """How it is with one engine. Flags that it needs are the run's to give."""
    if engine.program:
        if not (binary := find_prism()):
            return Presence(engine=engine, missing="no program prism on the PATH, in Go's bin or in Beam's cache")
        return Presence(engine=engine, version=f"Prism {binary_version(binary)}")
    if engine.package:
        try:
            return Presence(engine=engine, version=f"{engine.package} {version(engine.package)}")
        except PackageNotFoundError:
            return Presence(engine=engine, missing=f"no Python package {engine.package}")
    return Presence(engine=engine, version=f"Beam {beam_version()}")


def bring(engine: Engine) -> str:
    """The command that brings what an engine needs, for the Beam that is installed."""
    return engine.bring.format(beam=beam_version())


def beam_version() -> str:
    return version("apache-beam")


def find_prism() -> str:
    """Prism's binary: on the PATH, where ``go install`` puts it, or in Beam's own cache; "" where there is none."""
    folders = [os.environ.get("PATH", ""), *map(str, _go_folders())]
    if found := shutil.which("prism", path=os.pathsep.join(folders)):
        return found
    names = ("prism", f"apache_beam-v{beam_version()}-prism-*")
    found_there = [path for name in names for path in sorted(BEAM_CACHE.expanduser().glob(name))]
    return next((str(path) for path in found_there if path.suffix != ".zip" and path.is_file()), "")


def _go_folders() -> list[Path]:
    if own := os.environ.get("GOBIN"):
        return [Path(own)]
    paths = os.environ.get("GOPATH") or str(Path("~/go").expanduser())
    return [Path(path) / "bin" for path in paths.split(os.pathsep)]


def binary_version(binary: str) -> str:
    """The version of Beam that a binary was built of, from its build information: Prism has no flag for it."""
    path = Path(binary)
    if not path.stat().st_size:
        return "unknown"
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        match = GO_MODULE.search(content)
        return match[1].decode() if match else "unknown"
