"""The reader: one pass of a small transformer that finds entities, sentence starts and attributions."""

from onrecord.transforms.reader.component import ReaderComponent, load_reader, make_reader, reading
from onrecord.transforms.reader.model import Model

__all__ = ["Model", "ReaderComponent", "load_reader", "make_reader", "reading"]
