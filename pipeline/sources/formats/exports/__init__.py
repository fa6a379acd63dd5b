"""Exports of news databases as text: one file, many articles, each with headers that are no words of it."""

from onrecord.pipeline.sources.formats.exports.entries import HEAD_SIZE, entries, find_export

__all__ = ["HEAD_SIZE", "entries", "find_export"]
