"""Documents of other programs, which are not read: they are recognized, so that the refusal can say what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from onrecord.pipeline.options import Options
from onrecord.pipeline.sources.entries import Entry, Refused
from onrecord.pipeline.sources.references import Slice
from onrecord.pipeline.sources.streams import peek

PANDOC, SOFFICE = "pandoc -t plain --wrap=none FILE", "soffice --headless --convert-to txt:Text FILE"
#: The member that a program writes first into its zipped documents.
ZIPPED = rb"PK\x03\x04.{26}(?:%b)"
OFFICE_MEMBERS = rb"\[Content_Types\]\.xml|_rels/\.rels|docProps/[a-z]{3,6}\.xml|(?:word|xl|ppt)/[\w/]+\.xml"
#: How each kind begins, and what turns it into text.
DOCUMENTS: Mapping[str, tuple[re.Pattern[bytes], str]] = {
    "a PDF": (re.compile(rb"\s{0,64}%PDF-"), "pdftotext FILE (without -layout, so that columns stay apart)"),
    "an EPUB": (re.compile(ZIPPED % rb"mimetypeapplication/epub\+zip", re.DOTALL), PANDOC),
    "an OpenDocument": (re.compile(ZIPPED % rb"mimetypeapplication/vnd\.oasis", re.DOTALL), SOFFICE),
    "a document of Word, Excel or PowerPoint": (re.compile(ZIPPED % OFFICE_MEMBERS, re.DOTALL), SOFFICE),
    "an RTF document": (re.compile(rb"\s{0,64}\{\\rtf"), SOFFICE),
    "a document of an old Office program": (re.compile(rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), SOFFICE),
}
#: RTF is text: in a file that is called so it is read, damaged as it is (flag ``markup``).
READ_AS_TEXT = "an RTF document"
MAGIC = re.compile(
    b"|".join(b"(?:%b)" % pattern.pattern for name, (pattern, _) in DOCUMENTS.items() if name != READ_AS_TEXT),
    re.DOTALL,
)
#: Only where the first bytes may tell of something else: a zip archive, or nothing that is known.
SUFFIXES = tuple(".pdf .epub .docx .xlsx .pptx .odt .ods .odp .rtf".split())


def entries(stream: BinaryIO, options: Options, _: Slice) -> Iterator[Entry]:
    """Raises Refused, which tells the program that makes a text of such a document."""
    head, _stream = peek(stream)
    if not head:
        raise Refused("empty", "no bytes")
    for name, (pattern, command) in DOCUMENTS.items():
        if pattern.match(head):
            raise Refused("format", f"{name}: turn it into text first, by: {command}")
    raise Refused("format", "its name is that of a document of another program: save it as text first")
