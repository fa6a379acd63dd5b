"""Why a record does not become an article: every reason of the table ``rejects``, each with what it means."""

from __future__ import annotations

from collections.abc import Mapping

REASONS: Mapping[str, str] = {
    # the input
    "missing": "there is no such file",
    "no_articles": "a folder without files, or a pattern that matches nothing",
    "unreadable": "the system refused it",
    "special": "a pipe, socket or device: it is not opened",
    "link": "a symbolic link inside a folder or an archive, or a hard link in one: it is not followed",
    # its containers
    "damaged": "it ends too early or is broken in itself; what could not be read counts as one record",
    "format": "its name and its first bytes tell of no format that is read here",
    "encrypted": "it needs a password",
    "nesting": "archives in archives, or values in values, deeper than the limit",
    "members": "more members than the limit; the rest of the archive counts as one record",
    "expansion": "it grows when unpacked beyond the limit, as a bomb does",
    # the record
    "empty": "no bytes, or nothing but white space",
    "too_large": "larger than the limit for one record",
    "binary": "bytes that are no text",
    "syntax": "a line, row or value that its format does not allow",
    "no_text": "no field that holds a text; --text-field names one",
    "no_id": "nothing in the field that --id-field names",
    "http_status": "a page that the server did not give (not found, moved, …)",
    "media_type": "an image, a script or another thing that is no page",
    "no_body": "a page, or a document of a news database, in which no article text is found",
    "timeout": "reading it took too long and was stopped",
    "crash": "the process that read it died on it",
    # its text
    "empty_text": "nothing is left after cleaning",
    "language": "surely in none of the languages asked for",
    "error": "a step failed on it; the detail tells how",
}
