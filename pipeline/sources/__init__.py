"""Where articles come from: what the user names becomes references, references become raw records.

find ──► Reference ──split──► slices ──find_entries──► Entry ──read_entry──► RawArticle | Rejected
"""

from onrecord.pipeline.sources.contents import name_of_rest
from onrecord.pipeline.sources.entries import Entry, printable
from onrecord.pipeline.sources.finding import exists, find
from onrecord.pipeline.sources.loading import find_entries, read_entry, split
from onrecord.pipeline.sources.references import Reference, Slice

__all__ = [
    "Entry",
    "Reference",
    "Slice",
    "exists",
    "find",
    "find_entries",
    "name_of_rest",
    "printable",
    "read_entry",
    "split",
]
