"""What is installed is the one package ``onrecord``; it works beside anybody's own ``pipeline`` and ``transforms``."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "--wheel-dir", str(folder), str(ROOT)], check=True)
    (wheel,) = folder.glob("onrecord-*.whl")
    ZipFile(wheel).extractall(folder / "installed")
    return folder / "installed"


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    """A working folder whose own packages have our folders' names, and break whoever imports them."""
    for name in ("pipeline", "transforms", "corpora"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise RuntimeError('this is not On Record')\n")
    return tmp_path


def run(unpacked: Path, folder: Path, *command: object) -> subprocess.CompletedProcess[str]:
    """Python in the folder, as a user has it: the folder first on the path, our wheel behind it."""
    return subprocess.run(
        [sys.executable, *map(str, command)],
        capture_output=True,
        text=True,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(unpacked)},
        timeout=120,
    )


def test_it_holds_the_product_alone(unpacked: Path) -> None:
    """All code is there, which a checkout without symbolic links would leave out, and the weights."""
    assert {path.name for path in unpacked.iterdir() if "dist-info" not in path.name} == {"onrecord"}
    (licence,) = unpacked.glob("*.dist-info/licenses/LICENSE")
    assert "Apache License" in licence.read_text()
    shipped = {path.relative_to(unpacked / "onrecord") for path in (unpacked / "onrecord").rglob("*.py")}
    for room in ("pipeline", "transforms"):
        assert {path.relative_to(ROOT) for path in (ROOT / room).rglob("*.py")} <= shipped
    assert {"py.typed", "pipeline", "transforms"} <= {path.name for path in (unpacked / "onrecord").iterdir()}
    assert (unpacked / "onrecord/transforms/reader/weights/reader.onnx").stat().st_size > 2**20


@pytest.mark.parametrize("workers", [1, 2])
def test_it_reads_articles_beside_foreign_packages(unpacked: Path, articles: Path, foreign: Path, workers: int) -> None:
    """From its own files; two workers are processes of their own, started in that folder."""
    for n in range(40):
        (articles / f"more-{n:02}.txt").write_text(f"Case {n}. “It is {n},” said Ada Brook.\n", encoding="utf-8")
    result = run(unpacked, foreign, "-m", "onrecord", "run", articles, "--output", "out", "--workers", workers)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.splitlines()[0] == "articles  44"


def test_spacy_finds_the_reader_beside_foreign_packages(unpacked: Path, foreign: Path) -> None:
    """By its entry point, also in the processes that ``nlp.pipe`` starts, and from a pipeline on disk."""
    (foreign / "script.py").write_text(
        """
import spacy
if __name__ == "__main__":
    nlp = spacy.blank("en")
    nlp.add_pipe("onrecord_reader")
    import onrecord
    print(onrecord.__file__)
    texts = ["“It rains,” Ada Brook said.", "He left, Tom Roe said."]
    print([len(doc._.attributions) for doc in nlp.pipe(texts, n_process=2)])
    nlp.to_disk("saved")
    print([len(doc._.attributions) for doc in spacy.load("saved").pipe(texts)])
"""
    )
    result = run(unpacked, foreign, "script.py")
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines() == [f"{unpacked}/onrecord/__init__.py", "[1, 1]", "[1, 1]"]


@pytest.mark.parametrize("name", ["pipeline", "transforms"])
def test_the_folders_are_no_packages_of_their_own(name: str) -> None:
    """A second import by another name would make a second copy of every class."""
    result = subprocess.run([sys.executable, "-c", f"import {name}"], capture_output=True, text=True, cwd=ROOT)
    assert result.returncode != 0
    assert f"import onrecord.{name} instead" in result.stderr


SCRIPT = """
import onrecord

annotation = onrecord.read("“It rains,” Ada Brook said.")
for quote in annotation.quotes:
    speaker: str | None = quote.speaker
    print(speaker, quote.content, quote.content_spans[0].start)
for result in onrecord.read_all(["One.", {"text": "Two."}], workers=1):
    if isinstance(result, onrecord.Rejected):
        print(result.reason)
print(onrecord.open("output").sql("SELECT 1").fetchall(), annotation.to_dict()["article"])
"""


def test_a_script_of_ten_lines_has_types(unpacked: Path, tmp_path: Path) -> None:
    """What people write against the installed package passes ``mypy --strict``; a wrong type does not."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "env")], check=True)
    (packages,) = (tmp_path / "env").glob("lib/python*/site-packages")
    (packages / "installed.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    (packages / "onrecord").symlink_to(unpacked / "onrecord")
    for name, script in (("good.py", SCRIPT), ("bad.py", SCRIPT.replace("str | None", "int"))):
        (tmp_path / name).write_text(script)
        mypy = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache")]
        python = str(tmp_path / "env" / "bin" / "python")
        result = subprocess.run(
            [*mypy, "--python-executable", python, name], capture_output=True, text=True, cwd=tmp_path
        )
        assert result.stdout.startswith("Success") == (name == "good.py"), result.stdout
