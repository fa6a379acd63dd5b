"""An image built without Docker: the steps of a Dockerfile, in a folder that stands for its root.

FROM an image of Python is an environment that shares the requirements of ``cluster``, but not its ``onrecord``; what is
copied FROM Beam's image is the boot program that ``make engines`` has built. No network is there but the loopback.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from engine_processes import ENGINES, HERE, python_of

#: Folders of the image that its steps name.
FOLDERS = ("/opt/onrecord", "/opt/apache/beam")
LOOPBACK = ("unshare", "--map-root-user", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")
NOWHERE = {"https_proxy": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9", "no_proxy": "localhost,127.0.0.1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """``root`` stands for the image's root, ``work`` is the folder that its steps are in."""

    root: Path
    work: Path
    environment: dict[str, str]
    entry_point: tuple[str, ...] = ()

    @property
    def python(self) -> Path:
        return self.root / "env" / "bin" / "python"

    def path(self, text: str) -> str:
        """A text with the folders of the image where they are.

        >>> Image(root=Path("/tmp/root"), work=Path("/"), environment={}).path("XDG_CACHE_HOME=/opt/onrecord/cache")
        'XDG_CACHE_HOME=/tmp/root/opt/onrecord/cache'
        """
        return re.sub("|".join(FOLDERS), lambda match: f"{self.root}{match[0]}", text)


def instructions(dockerfile: str) -> Iterator[tuple[str, str]]:
    """Each instruction with its arguments, on one line.

    >>> list(instructions("# how\\nFROM a\\nRUN b \\\\\\n    && c\\n"))
    [('FROM', 'a'), ('RUN', 'b && c')]
    """
    without_comments = re.sub(r"^\s*#.*\n", "", dockerfile, flags=re.MULTILINE)
    for line in re.sub(r"\s*\\\n\s*", " ", without_comments).splitlines():
        if line.strip():
            name, _, arguments = line.strip().partition(" ")
            yield name, arguments


def build(dockerfile: Path, context: Path, root: Path) -> Image:
    """The image; AssertionError for a step that fails, KeyError for an instruction that is not known here."""
    image = Image(root=root, work=root, environment={"PATH": f"{root / 'env' / 'bin'}:{os.environ['PATH']}"})
    for name, arguments in instructions(dockerfile.read_text(encoding="utf-8")):
        image = STEPS[name](image, arguments, context)
    return image


def start_from(image: Image, arguments: str, context: Path) -> Image:
    assert re.fullmatch(r"python:3\.\d+-slim", arguments), arguments
    subprocess.run([HERE, "-m", "venv", "--without-pip", image.root / "env"], check=True)
    shared = next(python_of("cluster").parents[1].glob("lib/python*/site-packages"))
    (here,) = (image.root / "env").glob("lib/python*/site-packages")
    for path in shared.iterdir():
        if not path.name.startswith(("onrecord", "__pycache__")):
            (here / path.name).symlink_to(path)
    return image


def define(image: Image, arguments: str, context: Path) -> Image:
    values = dict(each.split("=", 1) for each in shlex.split(image.path(arguments)))
    return replace(image, environment=image.environment | values)


def copy(image: Image, arguments: str, context: Path) -> Image:
    *sources, target = arguments.split()
    if sources[0].startswith("--from=apache/beam"):
        beam = Path(image.path(target))
        beam.mkdir(parents=True)
        shutil.copy2(ENGINES / "bin" / "boot", beam)
        return image
    for path in (path for source in sources for path in context.glob(source)):
        shutil.copy2(path, image.work / target)
    return image


def run(image: Image, arguments: str, context: Path) -> Image:
    done = run_in(image, ["sh", "-c", image.path(arguments)])
    assert done.returncode == 0, done.stderr[-4000:] + done.stdout[-4000:]
    return image


def enter(image: Image, arguments: str, context: Path) -> Image:
    work = Path(image.path(arguments))
    work.mkdir(parents=True, exist_ok=True)
    return replace(image, work=work)


def end_with(image: Image, arguments: str, context: Path) -> Image:
    return replace(image, entry_point=tuple(re.findall(r'"([^"]+)"', image.path(arguments))))


def pass_over(image: Image, arguments: str, context: Path) -> Image:
    return image


STEPS = {
    "FROM": start_from,
    "ARG": define,
    "ENV": define,
    "COPY": copy,
    "WORKDIR": enter,
    "RUN": run,
    "USER": pass_over,
    "ENTRYPOINT": end_with,
}


def run_in(image: Image, command: Sequence[object]) -> subprocess.CompletedProcess[str]:
    """A command in the image: with its environment alone, and without a network, or with proxies that lead nowhere."""
    prefix, environment = (LOOPBACK, {}) if has_namespaces() else ((), NOWHERE)
    return subprocess.run(
        [*prefix, *map(str, command)],
        cwd=image.work,
        env=environment | image.environment,
        capture_output=True,
        text=True,
        timeout=300,
    )


def has_namespaces() -> bool:
    """Whether a process may have a network of its own here."""
    return bool(shutil.which("unshare")) and subprocess.run([*LOOPBACK, "true"], capture_output=True).returncode == 0
