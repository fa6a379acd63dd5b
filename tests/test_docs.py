"""What README and docs say is so: commands, exit codes, tables, reasons, links, code."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from onrecord.pipeline import errors
from onrecord.pipeline.cli import app
from onrecord.pipeline.store.schema import SCHEMAS
from onrecord.transforms.reasons import REASONS

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
#: Flags of Beam's, or of an engine that it asks, in commands of the docs.
BEAM_FLAGS = {"--job_endpoint", "--environment_type", "--environment_config", "--parallelism"}
BEAM_FLAGS |= {"--checkpointing_interval", "--dask_client_address", "--project", "--region", "--temp_location"}
BEAM_FLAGS |= {"--sdk_location", "--sdk_container_image", "--number_of_worker_harness_threads"}
BEAM_FLAGS |= {"--enable_streaming_engine"}
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands() -> Iterator[str]:
    for page in PAGES:
        for command in re.findall(r"^\$ ((?:.+\\\n)*.+)$", page.read_text(encoding="utf-8"), re.MULTILINE):
            yield command.replace("\\\n", "")


def rows(text: str, heading: str) -> list[list[str]]:
    """The cells of the first table under a heading."""
    table = re.search(r"(?:^\|.*\n)+", text[text.index(heading) :], re.MULTILINE)
    assert table
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.group().splitlines()[2:]]


@pytest.mark.parametrize("command", sorted(set(commands())))
def test_commands_exist(command: str) -> None:
    """``make`` targets stand in the Makefile, flags of ``onrecord`` are known, or go on to Beam."""
    program, *arguments = shlex.split(command)
    if program == "make":
        assert re.search(rf"^{arguments[0]}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
    elif program == "onrecord":
        name, *rest = arguments
        subcommand = app.commands[name]
        context = subcommand.make_context(name, rest, resilient_parsing=True)
        left = [word for word in context.params.get("inputs", ()) if word.startswith("-")]
        assert set(left) <= BEAM_FLAGS
    else:
        assert program == "python"


def test_first_output_is_that_of_the_command(onrecord_on_seeds: dict[str, str]) -> None:
    """The README's first output, but for the time; counts may differ a little between processors."""
    block = README[README.index("$ make run\n") : README.index("```\n\nThat read")]
    shown = dict(line.split(maxsplit=1) for line in block.splitlines()[1:])
    assert shown.keys() == onrecord_on_seeds.keys()
    for name in ("articles", "rejects", "tables"):
        assert shown[name] == onrecord_on_seeds[name]
    assert shown["try"] == f".venv/bin/onrecord query{onrecord_on_seeds['try'].partition(' query')[2]}"
    for name in ("quotes", "mentions"):
        printed, real = (int(text.split()[0].replace(",", "")) for text in (shown[name], onrecord_on_seeds[name]))
        assert real == pytest.approx(printed, rel=0.05), f"README shows {printed} {name}; now there are {real}"


def test_the_code_of_the_readme(
    capsys: pytest.CaptureFixture[str], tables_of_seeds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its lines run one after the other, beside the tables of the seeds, and print what they should."""
    monkeypatch.chdir(tables_of_seeds.parent)
    names: dict[str, object] = {}
    for code in re.findall(r"```python\n(.+?)```", README, re.DOTALL):
        exec(code, names)
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "Ines Okafor | said | “We will rebuild the harbour,”"
    rest = [line for line in printed if " | " not in line]  # "gave it two years" may be read as a quotation or not
    assert rest[:3] == ["Annotation", "Annotation", "Rejected"]
    assert sorted(rest[3:6]) == ["Annotation", "Annotation", "Rejected"]
    assert rest[6] == "['Ada Brook']"
    assert rest[7].startswith("(Attribution(")
    assert "Ada Brook" in rest[7]


def test_exit_codes() -> None:
    """README and the docstring of ``errors`` tell those of the classes."""
    told = {int(code): meaning for code, meaning in rows(README, "### Exit codes")}
    classes = [errors.OnRecordError, *_below(errors.OnRecordError)]
    assert set(told) == {0, 130} | {error.exit_code for error in classes}
    for error in classes:
        assert re.search(rf"{error.__name__}\s+{error.exit_code}\s", errors.__doc__ or "")
    assert click.UsageError.exit_code == errors.UsageError.exit_code


def test_tables() -> None:
    assert [name.strip("`") for name, _ in rows(README, "## The tables")] == list(SCHEMAS)


def test_reasons() -> None:
    """Every reason that the code gives is in the list, and every one of the list is given somewhere."""
    files = [*(ROOT / "pipeline").rglob("*.py"), *(ROOT / "transforms").rglob("*.py")]
    source = "".join(path.read_text(encoding="utf-8") for path in files if path.name != "reasons.py")
    given = set(re.findall(r"""(?:Refused|InputLimitExceeded)\(\s*"(\w+)\"""", source))
    given |= set(re.findall(r"""Entry\.refused\(\s*\w+(?:\([^)]*\))?,\s*"(\w+)\"""", source))
    assert given <= REASONS.keys()
    for reason in REASONS:
        assert f'"{reason}"' in source, reason


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!http)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def _below(error: type[errors.OnRecordError]) -> Iterator[type[errors.OnRecordError]]:
    for child in error.__subclasses__():
        yield child
        yield from _below(child)
