"""Questions about a data set, by SQL; knows the tables on disk and nothing else of the product."""

from onrecord.pipeline.ask.query import Answer, ask, ask_all

__all__ = ["Answer", "ask", "ask_all"]
