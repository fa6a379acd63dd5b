"""Dates of records: the surest field decides, what the user knows reaches it, and what is open is flagged."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import onrecord
from onrecord.pipeline.cli import app
from onrecord.pipeline.errors import UsageError
from onrecord.pipeline.options import Fields, Options
from onrecord.pipeline.provenance import made_by
from onrecord.pipeline.sources.formats.fields import extract_fields
from onrecord.pipeline.sources.formats.parquet import entries
from onrecord.pipeline.sources.references import Slice
from onrecord.transforms.dates import DateRules
from onrecord.transforms.records import Annotation, RawArticle

ZONE = ("date_zone_guessed",)


def dates(record: dict[str, Any], fields: Fields | None = None) -> tuple[Any, ...]:
    extracted = extract_fields({"text": "It rains."} | record, fields or Fields(), lambda markup, url: None)  # type: ignore[arg-type, return-value]
    moments = (moment and moment.isoformat()[:16] for moment in (extracted.published, extracted.modified))
    return *moments, extracted.published_precision, extracted.flags


@pytest.mark.parametrize(
    ("record", "found"),
    [
        ({"publishedAt": {"$date": "2021-05-06T07:08:09Z"}}, ("2021-05-06T07:08", None, "second", ())),
        ({"date": "6 May 2021", "edit_date": "2021-05-07"}, ("2021-05-06T00:00", "2021-05-07T00:00", "day", ())),
        ({"date_publish": "2021-05-06 07:08:00"}, ("2021-05-06T07:08", None, "second", ZONE)),
        ({"date": "2021-05-06T09:08:00", "date_gmt": "2021-05-06T07:08:00"}, ("2021-05-06T07:08", None, "second", ())),
        ({"published": True, "date": "2021-05-06"}, ("2021-05-06T00:00", None, "day", ())),
        ({"published": "yes", "date": "2021-05-06"}, ("2021-05-06T00:00", None, "day", ())),
        ({"published": "3/4/2021", "timestamp": "2021-05-06"}, (None, None, None, ("date_unread",))),
        ({"published": {"$foo": "2021"}}, (None, None, None, ("date_unread",))),
        ({"date": "yesterday"}, (None, None, None, ("date_unread",))),
        ({"modified": "2021-05-06T07:08Z"}, (None, "2021-05-06T07:08", None, ())),
        ({"modified": "soon"}, (None, None, None, ())),
        ({"date": ""}, (None, None, None, ())),
        ({}, (None, None, None, ())),
    ],
)
def test_fields_with_dates(record: dict[str, Any], found: tuple[Any, ...]) -> None:
    assert dates(record) == found


def test_a_field_that_is_named() -> None:
    record = {"when": {"day": "2021-05-06"}, "date": "2020-01-01"}
    assert dates(record, Fields(published="when.day"))[0] == "2021-05-06T00:00"
    assert dates(record, Fields(published="nowhere"))[0] is None


def test_a_page_in_a_record_gives_the_date_that_the_record_lacks() -> None:
    """A date of the record is surer; what was guessed about the page's is then of no matter."""
    html = "<!doctype html><p>Rain fell on the town all night.</p>"

    def read_page(markup: str, url: str | None) -> Any:
        from onrecord.pipeline.sources.entries import ExtractedText

        moment, flags = datetime(2021, 5, 6, tzinfo=UTC), ("html_fallback", *ZONE)
        return ExtractedText(text=markup, published=moment, published_precision="minute", flags=flags)

    page = extract_fields({"html": html, "date": "3/4/2021"}, Fields(), read_page)
    assert (page.published, page.published_precision) == (datetime(2021, 5, 6, tzinfo=UTC), "minute")
    assert page.flags == ("html_fallback", *ZONE)
    own = extract_fields({"html": html, "date": "2021-05-07"}, Fields(), read_page)
    assert (own.published, own.published_precision) == (datetime(2021, 5, 7, tzinfo=UTC), "day")
    assert own.flags == ("html_fallback",)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize(("zone", "flags"), [("UTC", ()), (None, ZONE)])
def test_timestamps_of_parquet(tmp_path: Path, unit: str, zone: str | None, flags: tuple[str, ...]) -> None:
    moments = pa.array([1620284889, None]).cast(pa.timestamp("s", zone)).cast(pa.timestamp(unit, zone))
    pq.write_table(pa.table({"text": ["It rains."] * 2, "date": moments}), tmp_path / "a.parquet")
    with (tmp_path / "a.parquet").open("rb") as stream:
        first, second = (entry.read() for entry in entries(stream, Options(), Slice(0, None, 1)))
    assert (first.published, first.flags) == (datetime(2021, 5, 6, 7, 8, 9, tzinfo=UTC), flags)
    assert (second.published, second.flags) == (None, ())


def test_order_and_zone_from_python() -> None:
    """``read`` and ``read_all`` take them, as a run does."""
    record, given = {"text": "It rains.", "date": "3/4/2021 19:08"}, {"date_order": "DMY", "time_zone": "Europe/London"}
    annotations = [onrecord.read(record, **given), *onrecord.read_all([record], **given)]  # type: ignore[arg-type]
    for annotation in annotations:
        assert isinstance(annotation, Annotation)
        assert isinstance(annotation.article.raw, RawArticle)
        assert annotation.article.published == datetime(2021, 4, 3, 18, 8, tzinfo=UTC)
        assert annotation.article.flags == ()


@pytest.mark.parametrize(
    ("flag", "value"), [("--date-order", "YDM"), ("--time-zone", "Londn"), ("--time-zone", "../zone")]
)
@pytest.mark.parametrize("command", ["run", "watch", "explain"])
def test_values_that_cannot_be(command: str, flag: str, value: str, tmp_path: Path) -> None:
    """One clear line, and no zero."""
    result = CliRunner().invoke(app, [command, str(tmp_path), flag, value])
    assert isinstance(result.exception, UsageError) or result.exit_code == UsageError.exit_code
    assert value in f"{result.exception} {result.output}"


def test_they_decide_rows() -> None:
    """Rows made with another order or zone were made by something else."""
    options = (Options(), Options(date_order="DMY"), Options(date_order="MDY"), Options(time_zone="Europe/London"))
    assert len({made_by(each) for each in options}) == len(options)
    assert Options(time_zone="Europe/London").dates == DateRules(time_zone="Europe/London")
