"""CSV and TSV as spreadsheets, databases and people write them: each row by itself, whatever its neighbour is."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from fixtures_formats import load_inputs, write
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.pipeline.options import Fields, Limits, Options
from onrecord.pipeline.sources.entries import Entry, Refused
from onrecord.pipeline.sources.formats import delimited
from onrecord.pipeline.sources.references import WHOLE, Slice

REFUSED = "refused"


def read(data: bytes, options: Options | None = None, part: Slice = WHOLE) -> list[tuple[str, str]]:
    """The number of each row, and its text or why it is refused."""
    return [(e.record_name, outcome(e)) for e in delimited.entries(io.BytesIO(data), options or Options(), part)]


def outcome(entry: Entry) -> str:
    try:
        extracted = entry.read()
    except Refused as refused:
        return f"{REFUSED}: {refused.reason}"
    return f"{extracted.title}|{extracted.text}" if extracted.title else extracted.text


SYNTAX, NO_TEXT = f"{REFUSED}: syntax", f"{REFUSED}: no_text"
TABLES = {
    # delimiters
    "told by a spreadsheet": (b"sep=;\r\ntitle;text\r\nA;One, two.\r\n", ["A|One, two."]),
    "told, in marks, behind a mark": (b'\xef\xbb\xbf"sep=|"\ntitle|text\nA|One; two.\n', ["A|One; two."]),
    "no sep line": (b"separate;text\nA;One.\n", ["One."]),
    "names with commas": (b"title;a, b;text\nA;x;One, two, three.\nB;y;Two.\n", ["A|One, two, three.", "B|Two."]),
    "bars": (b"title|text\nA|One; two, three.\n", ["A|One; two, three."]),
    "one column": (b"text\nOne, two; three.\nFour.\n", ["One, two; three.", "Four."]),
    "tabs around commas": (b"title\ttext\nA, B\tOne, two.\n", ["A, B|One, two."]),
    # line ends, encodings
    "carriage returns": (b'title,text\rA,One.\rB,"Two, three."\r', ["A|One.", "B|Two, three."]),
    "no last line end": (b"title,text\nA,One.", ["A|One."]),
    "blank lines": (b"\n\ntitle,text\n\nA,One.\n\n\nB,Two.\n", ["A|One.", "B|Two."]),
    "western": ("title,text\nA,Caf\xe9.\n".encode("cp1252"), ["A|Café."]),
    "japanese": ("title,text\n一,総統は月曜日に会議を開くと発表した。会議は東京で行われる\n".encode("shift-jis"), None),
    # marks
    "doubled": (b'title,text\nA,"One ""two"", three."\n', ['A|One "two", three.']),
    "escaped": (b'title,text\nA,"One \\"two\\", three."\nB,"Two"\n', ['A|One "two", three.', "B|Two"]),
    "backslash at an end": (b'title,text\nA,"C:\\"\nB,"Two, three."\n', ["A|C:\\", "B|Two, three."]),
    "stray pair": (b'title,text\nA,"One" or two.\nB,"Two, three."\n', ['A|"One" or two.', "B|Two, three."]),
    "pair in marks": (b'title,text\nA,"One "two" three, four."\nB,Two.\n', ['A|One "two" three, four.', "B|Two."]),
    "inches": (b'title,text\nA,A 6" nail.\nB,"Two, three."\n', ['A|A 6" nail.', "B|Two, three."]),
    "blank before marks": (b'title, text\nA, "One, two."\n', ["A|One, two."]),
    "marks are text": (
        b'title\ttext\nA\t"One," said Ann.\nB\tTwo. "Two," said Ben.\nC\t"Yes" and "no".\n',
        ['A|"One," said Ann.', 'B|Two. "Two," said Ben.', 'C|"Yes" and "no".'],
    ),
    "marks are text, and open": (
        b'title\ttext\nA\t"One," said Ann.\nB\t"Two\nC\t"Three," she said, "it is."\n',
        ['A|"One," said Ann.', 'B|"Two', 'C|"Three," she said, "it is."'],
    ),
    "marks are syntax with tabs": (b'title\ttext\nA\t"One\n\ttwo."\nB\t"Two."\n', ["A|One\n\ttwo.", "B|Two."]),
    # a broken row costs itself
    "never closed": (b'title,text\nA,"One.\nB,Two.\nC,"Three, four."\n', [SYNTAX, "B|Two.", "C|Three, four."]),
    "never closed, in lines": (
        b'title,text\nA,"One.\n\nMore, of one.\n\nB,Two.\nC,"Three, four."\n',
        [SYNTAX, "B|Two.", "C|Three, four."],
    ),
    "next row has lines": (
        b'id,title,text\n1,A,"One.\n2,B,"Two.\n\nMore, of two."\n3,C,Three.\n',
        [SYNTAX, "B|Two.\n\nMore, of two.", "C|Three."],
    ),
    "stray in lines": (
        b'title,text\nA,"Two "words", here.\n\nThen, more.\n\nAnd more."\nB,"Two, three."\n',
        [SYNTAX, "B|Two, three."],
    ),
    "ends in a cell": (b'title,text\nA,"One, two."\nB,"Two, and it is\n\ncut of', ["A|One, two.", SYNTAX]),
    "ragged": (b"title,text\nA\nB,Two.\nC,Three.,x\nD,Four.\n", [SYNTAX, "B|Two.", SYNTAX, "D|Four."]),
    "empty ends": (b"title,text,\nA,One.\nB,Two.,\nC,Three.,,,\n", ["A|One.", "B|Two.", "C|Three."]),
    # names and words for nothing
    "nothing": (b"title,text\nNaN,One.\nNULL,Two.\n\\N,Three.\nNone,Four.\nNan,Five.\nA,N/A\nB,nan\n",
                ["One.", "Two.", "Three.", "Four.", "Nan|Five.", NO_TEXT, NO_TEXT]),
    "names twice, or none": (b",text,title,text,\n0,One.,A,x,\n1,Two.,B,y,\n", ["A|One.", "B|Two."]),
    "no names": (b"First,https://a.example/1,One.\nSecond,https://a.example/2,Two.\n", [NO_TEXT, NO_TEXT]),
    "other names": (b"a,b\n1,One.\n", [NO_TEXT]),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_rows(name: str) -> None:
    """Each row is named by its number, and is what a person would read in it, or is refused alone."""
    data, expected = TABLES[name]
    rows = read(data)
    assert [number for number, _ in rows] == [str(n + 1) for n in range(len(rows))]
    if expected is None:
        assert not any(REFUSED in row for _, row in rows)
        assert "\N{REPLACEMENT CHARACTER}" not in "".join(row for _, row in rows)
    else:
        assert [row for _, row in rows] == expected


def test_a_file_without_names_says_so() -> None:
    (first, *_) = delimited.entries(io.BytesIO(TABLES["no names"][0]), Options(), WHOLE)
    with pytest.raises(Refused, match="no names of columns, but values: First"):
        first.read()
    named = Options(fields=Fields(text="First"))
    assert [number for number, _ in read(TABLES["no names"][0], named)] == ["1"]


def test_a_guessed_encoding_is_flagged() -> None:
    data = "title,text\nA,The café said “no”.\n".encode("cp1252")
    (entry,) = delimited.entries(io.BytesIO(data), Options(), WHOLE)
    assert entry.read().flags == ("encoding_guessed",)


@pytest.mark.parametrize("opening", [b'B,"', b'B,"He said "no", '])
def test_a_long_row_costs_itself(opening: bytes) -> None:
    """Longer than what is looked through, and than a record may be: the rows around it are read."""
    long_row = opening + (b"It rains. " * 20 + b"\n") * 7_000 + b'"\n'
    rows = read(b"title,text\nA,One.\n" + long_row + b'C,"Three, four."\n', Options(limits=Limits(record=2**20)))
    assert rows[0] == ("1", "A|One.")
    assert rows[-1][1] == "C|Three, four."
    assert {row for _, row in rows[1:-1]} <= {f"{REFUSED}: too_large", SYNTAX}


CELLS = st.text(st.sampled_from('ab", ;\t\n\\'), max_size=12)
ROWS = st.lists(st.tuples(CELLS, CELLS), max_size=20)


def as_table(rows: list[tuple[str, str]]) -> bytes:
    quoted = ("{},{}\n".format(*('"{}"'.format(cell.replace('"', '""')) for cell in row)) for row in rows)
    return ("title,text\n" + "".join(quoted)).encode()


@given(rows=ROWS)
@settings(max_examples=40, deadline=None)
def test_what_a_writer_quotes_is_read(rows: list[tuple[str, str]]) -> None:
    """Whatever is in the cells."""
    rows = [("Nobody, or", 'One\n\n"two"'), *rows]
    entries = delimited.entries(io.BytesIO(as_table(rows)), Options(fields=Fields(text="text")), WHOLE)
    texts = [outcome(entry) for entry in entries]
    expected = [text for _, text in rows]
    assert len(texts) == len(expected)
    assert all(text.strip() == "" or found.endswith(text) for found, text in zip(texts, expected, strict=True))


NOISE = st.text(st.sampled_from('ab",\n'), max_size=120).map(lambda lines: f"a,text\n{lines}".encode())


@given(data=st.one_of(ROWS.map(as_table), NOISE), size=st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_slices_hold_the_rows_of_the_whole(data: bytes, size: int) -> None:
    """The same rows by the same names, sound or broken, wherever a slice ends; and no byte twice."""
    parts = list(delimited.slices(io.BytesIO(data), len(data), size))
    assert [row for part in parts for row in read(data, part=part)] == read(data)
    assert [part.end for part in parts[:-1]] == [part.start for part in parts[1:]]


def test_a_large_file_is_shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Line ends in cells, a broken row among them: the records of all slices are those of the whole file."""
    rows = [f'{n},"Case {n}, and\n\nmore ""of"" it."\n' for n in range(2000)]
    rows[700] = '700,"Case 700.\n'
    path = write(tmp_path / "a.csv", "title,text\n" + "".join(rows))
    whole = load_inputs(path)
    monkeypatch.setattr("onrecord.pipeline.graph.shards.MIN_BYTES", 1000)
    shared = load_inputs(path)
    assert (set(shared.records), shared.rejected, shared.tally) == (set(whole.records), whole.rejected, whole.tally)
    assert [reject.record for reject in whole.rejected] == ["701"]
    assert len(whole.records) == 1999
