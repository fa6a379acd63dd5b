"""Flags that several commands share: one for each field of the options about inputs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import click

from onrecord.pipeline.addresses import absolute_address, canonical_address
from onrecord.pipeline.errors import UsageError
from onrecord.pipeline.options import Fields, Limits

if TYPE_CHECKING:
    from onrecord.transforms.annotate import Annotator

HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
Command = Callable[..., None]

LANGUAGES = click.option(
    "--languages", default="en", show_default=True, help="Codes of the languages to keep, as en,de; or all."
)


def _use_endpoint(context: click.Context, option: click.Parameter, url: str | None) -> None:
    from onrecord.pipeline.places import use_endpoint

    if url is None:
        return
    if not url.startswith(("http://", "https://")):
        raise UsageError(f"--s3-endpoint {url}: give an address like http://localhost:9000")
    use_endpoint(url)


S3_ENDPOINT = click.option(
    "--s3-endpoint",
    metavar="URL",
    expose_value=False,
    is_eager=True,
    callback=_use_endpoint,
    help="The server of s3:// when it is not Amazon's; the same as AWS_ENDPOINT_URL.",
)

DATA = click.option(
    "-d", "--data", default="output", show_default=True, help="The data set: a folder, or s3://…, gs://…, az://…."
)
ALIASES = click.option(
    "--aliases", metavar="FILE", help="CSV or Parquet with name, alias, id: who is who, over our guesses."
)
AS_OF = click.option(
    "--as-of", type=int, metavar="VERSION", help="An older version; onrecord history shows which there are."
)

BASE = click.option(
    "--base",
    default="",
    metavar="DIR",
    help="Folder or address below which all inputs lie; ids depend only on the path below it.",
)

SPACY_CONFIG = click.option(
    "--spacy-config",
    default="",
    metavar="FILE_OR_FOLDER",
    help="A spaCy config, or the folder of a pipeline: your own components, run after the reader. What they leave"
    " in doc.cats and doc._.extra comes to the column extra of articles.",
)


KEEP_FIELDS = click.option(
    "--keep-fields",
    "keep_field",
    default="",
    metavar="NAMES",
    help="Fields of a record to keep in the column extra of articles, as section,tags.name; or all.",
)
DATE_ORDER = click.option(
    "--date-order", default="", metavar="ORDER", help="Order of days in digits, as 3/4/2024: DMY, MDY or YMD."
)
TIME_ZONE = click.option(
    "--time-zone", default="", metavar="ZONE", help="Zone of clocks without one, as Europe/London; by default UTC."
)


def input_flags(command: Command) -> Command:
    """Flags for fields of a record, limits, languages, dates, people's components; ``input_options`` takes them."""
    limits = _flag_for_each(Limits, "--max-{}", None, "Limit: {}.")
    names = _flag_for_each(Fields, "--{}-field", "NAME", "The field of a record that holds {}.")
    return BASE(LANGUAGES(SPACY_CONFIG(DATE_ORDER(TIME_ZONE(names(KEEP_FIELDS(limits(command))))))))


def input_options(
    languages: str, base: str, spacy_config: str, date_order: str, time_zone: str, **values: Any
) -> dict[str, Any]:
    """What the flags say, as arguments of ``Options``. Raises UsageError for values that cannot be."""
    return {
        "base": canonical_address(base) if base else "",
        "languages": parse_languages(languages),
        "spacy_config": absolute_address(spacy_config) if spacy_config else "",
        "date_order": date_order.upper(),
        "time_zone": time_zone,
        "fields": Fields(**{field.name: values[f"{field.name}_field"] for field in fields(Fields)}),
        "limits": Limits(**{field.name: values[f"max_{field.name}"] for field in fields(Limits)}),
    }


def parse_languages(languages: str) -> tuple[str, ...]:
    """The codes of a list; none for all.

    >>> parse_languages("de, en"), parse_languages("all")
    (('de', 'en'), ())
    """
    return () if languages.strip() == "all" else tuple(code.strip() for code in languages.split(","))


def load_components(annotator: Annotator) -> None:
    """Load a spaCy config that was named, with the model; takes seconds. Raises UsageError for one that cannot work."""
    if not annotator.options.spacy_config:
        return
    try:
        _ = annotator.nlp
    except ValueError as error:
        raise UsageError(str(error)) from error


def _flag_for_each(record: type[Any], name: str, metavar: str | None, help_text: str) -> Callable[[Command], Command]:
    """A flag for each field of a record, with the field's default and meaning."""

    def with_flags(command: Command) -> Command:
        for field in reversed([field for field in fields(record) if field.metadata["help"]]):
            option = click.option(
                name.format(field.name),
                default=field.default,
                show_default=bool(field.default),
                metavar=metavar,
                help=help_text.format(field.metadata["help"]),
            )
            command = option(command)
        return command

    return with_flags
